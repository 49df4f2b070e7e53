import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { PriceFile } from "../cost/price-file.ts";
import { costOfTrace } from "../cost/span-cost.ts";
import { answerInPieces } from "../http/in-pieces.ts";
import { encodeMembers, encodeText, withCommas } from "../http/json-pieces.ts";
import { createRoutesApp } from "../http/routes-app.ts";
import { FeedbackSchema, failureOf, jsonOf, PathId, SpanSchema, SummarySchema } from "../http/schemas.ts";
import type { Feedback, Store, TraceSummary, TreeLine } from "../store/store.ts";
import { fromPathPart } from "../view/path-part.ts";
import { answerIfChanged, noSuchTrace } from "./if-changed.ts";
import { addTraceList } from "./trace-list.ts";
import { addTraceTotals } from "./trace-totals.ts";

/** Lines of the outline that are written at a time. */
const LINES_AT_ONCE = 2_000;

const traceRoute = createRoute({
  method: "get",
  path: "/api/traces/{traceId}",
  operationId: "getTrace",
  summary: "All spans of a trace, in the order of its tree, and its feedback",
  request: { params: z.object({ traceId: PathId }) },
  responses: {
    200: jsonOf(
      "The trace; its ETag changes with it. A large one is sent in pieces, without its length; what breaks off is no JSON",
      z.object({
        trace: SummarySchema,
        spans: z.array(SpanSchema),
        outline: z.array(z.object({ spanId: z.string(), depth: z.int(), orphan: z.boolean() })),
        feedback: z.array(FeedbackSchema),
      }),
    ),
    304: { description: "Nothing of it has changed since" },
    404: failureOf("No span of it has arrived"),
  },
});

/** `GET /api/traces` and `GET /api/traces/:traceId`. `onFailure` is told why an answer broke off. */
export function createTraceRoutes(
  store: Store,
  prices: PriceFile | undefined,
  onFailure: (error: unknown) => void,
): OpenAPIHono {
  const app = createRoutesApp();
  addTraceList(app, store, prices);
  addTraceTotals(app, store, prices);
  app.openAPIRegistry.registerPath(traceRoute);
  app.get("/api/traces/:traceId", (context) => {
    const traceId = fromPathPart(context.req.param("traceId"));
    return answerIfChanged(context, store, traceId, async (feedback) => {
      const [lines, trace] = await Promise.all([store.getTree(traceId), store.getSummary(traceId)]);
      if (trace === undefined) return noSuchTrace(context);
      const summary = { ...trace, cost: costOfTrace(trace, prices) };
      return answerInPieces(context, toJson(store, summary, lines, feedback), onFailure);
    });
  });
  return app;
}

/** The answer as text: what a trace holds may be larger than memory, so spans pass by as the store keeps them. */
async function* toJson(
  store: Store,
  trace: TraceSummary,
  lines: readonly TreeLine[],
  feedback: readonly Feedback[],
): AsyncGenerator<Uint8Array> {
  const ids = lines.map((line) => line.spanId);
  yield encodeText(`{"trace":${JSON.stringify(trace)},"spans":[`);
  yield* withCommas(store.readSpans(trace.traceId, ids));
  yield encodeText('],"outline":[');
  yield* withCommas(inSlices(lines));
  yield encodeText(`],"feedback":${JSON.stringify(feedback)}}`);
}

function* inSlices(lines: readonly TreeLine[]): Generator<Uint8Array> {
  for (let at = 0; at < lines.length; at += LINES_AT_ONCE) {
    yield encodeMembers(lines.slice(at, at + LINES_AT_ONCE));
  }
}
