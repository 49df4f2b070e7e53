import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Span } from "@portkey-tracing/core";
import type { PriceFile } from "../cost/price-file.ts";
import { costOfSpan, costOfTrace } from "../cost/span-cost.ts";
import { fail } from "../http/failure.ts";
import { answerInPieces } from "../http/in-pieces.ts";
import { encodeMembers, encodeText, withCommas } from "../http/json-pieces.ts";
import { createRoutesApp } from "../http/routes-app.ts";
import { failureOf, jsonOf, PathId } from "../http/schemas.ts";
import { MatchesSchema, OneSpanSchema, OutlineSchema } from "../http/view-schemas.ts";
import type { Feedback, Store, TraceSummary, TreeLine } from "../store/store.ts";
import { toOutlineRow } from "../view/outline.ts";
import { answerIfChanged, noSuchTrace } from "./if-changed.ts";

const MAX_TEXT_CHARACTERS = 1_000;

const OfTrace = z.object({ traceId: PathId });
const unknownTrace = { 404: failureOf("No span of it has arrived") };

const outlineRoute = createRoute({
  method: "get",
  path: "/api/traces/{traceId}/outline",
  operationId: "getOutline",
  summary: "The spans of a trace without their content, in the order of its tree, and its feedback",
  request: { params: OfTrace },
  responses: {
    200: jsonOf("The rows; their ETag changes with the trace", OutlineSchema),
    304: { description: "Nothing of it has changed since" },
    ...unknownTrace,
  },
});

const spanRoute = createRoute({
  method: "get",
  path: "/api/traces/{traceId}/spans/{spanId}",
  operationId: "getSpan",
  summary: "One span, and how its cost comes about",
  request: { params: OfTrace.extend({ spanId: PathId }) },
  responses: { 200: jsonOf("The span", OneSpanSchema), 404: failureOf("It has not arrived") },
});

const headRoute = createRoute({
  method: "get",
  path: "/api/traces/{traceId}/head",
  operationId: "getHead",
  summary: "The span that a trace has its name from: its root; until that has arrived, its earliest span",
  request: { params: OfTrace },
  responses: { 200: jsonOf("The span", OneSpanSchema), ...unknownTrace },
});

const matchesRoute = createRoute({
  method: "get",
  path: "/api/traces/{traceId}/matches",
  operationId: "findSpans",
  summary: "The spans of a trace that have all of some words, by their beginnings",
  request: {
    params: OfTrace,
    query: z.strictObject({ text: z.string().max(MAX_TEXT_CHARACTERS).default("") }),
  },
  responses: {
    200: jsonOf("Their ids, in no particular order", MatchesSchema),
    400: failureOf("A question that is not understood"),
  },
});

/**
 * What the page asks of one trace: its rows without content, its root, the span that is picked, and which spans have
 * some words. A trace of 30,000 spans has hundreds of megabytes of content, of which one span is read at a time. `onFailure`
 * is told why an answer broke off.
 */
export function createViewRoutes(
  store: Store,
  prices: PriceFile | undefined,
  onFailure: (error: unknown) => void,
): OpenAPIHono {
  const app = createRoutesApp();
  const describe = (span: Span): object => ({ span, cost: costOfSpan(span, prices) });
  app.openapi(outlineRoute, (context) => {
    const { traceId } = context.req.valid("param");
    return answerIfChanged(context, store, traceId, async (feedback) => {
      const [lines, trace] = await Promise.all([store.getTree(traceId), store.getSummary(traceId)]);
      if (trace === undefined) return noSuchTrace(context);
      const summary = { ...trace, cost: costOfTrace(trace, prices) };
      return answerInPieces(context, toJson(summary, inRows(store, traceId, lines, prices), feedback), onFailure);
    });
  });
  app.openapi(spanRoute, async (context) => {
    const { traceId, spanId } = context.req.valid("param");
    const span = await store.getSpan(traceId, spanId);
    if (span === undefined) return fail(context, 404, "this span has not arrived") as never;
    return context.json(describe(span), 200);
  });
  app.openapi(headRoute, async (context) => {
    const span = await store.getHead(context.req.valid("param").traceId);
    return span === undefined ? (noSuchTrace(context) as never) : context.json(describe(span), 200);
  });
  app.openapi(matchesRoute, async (context) => {
    const { traceId } = context.req.valid("param");
    return context.json({ spanIds: await store.findSpans(traceId, context.req.valid("query").text) }, 200);
  });
  return app;
}

async function* toJson(
  trace: TraceSummary,
  rows: AsyncIterable<Uint8Array>,
  feedback: readonly Feedback[],
): AsyncGenerator<Uint8Array> {
  yield encodeText(`{"trace":${JSON.stringify(trace)},"rows":[`);
  yield* withCommas(rows);
  yield encodeText(`],"feedback":${JSON.stringify(feedback)}}`);
}

/** Some at a time: others are answered in between. */
async function* inRows(
  store: Store,
  traceId: string,
  lines: readonly TreeLine[],
  prices: PriceFile | undefined,
): AsyncGenerator<Uint8Array> {
  const ids = lines.map((line) => line.spanId);
  let at = 0;
  for await (const spans of store.readRows(traceId, ids)) {
    const first = at;
    yield encodeMembers(
      spans.flatMap((span, index) => {
        const line = lines[first + index];
        return line === undefined ? [] : [toOutlineRow(span, line, prices)];
      }),
    );
    at += spans.length;
  }
}
