import type { Span } from "@portkey-tracing/core";
import { buildTree } from "@portkey-tracing/core/tree";
import { type Context, Hono } from "hono";
import type { PriceFile } from "../cost/price-file.ts";
import { costOfSpan, costOfTrace } from "../cost/span-cost.ts";
import { fail } from "../http/failure.ts";
import { hasWords, searchTextOf, wordsOf } from "../store/search-text.ts";
import type { Feedback, Store } from "../store/store.ts";
import { toOutline } from "../view/outline.ts";

const MAX_TEXT_CHARACTERS = 1_000;

/**
 * What the page asks of one trace: its rows without content, its root, the span that is picked, and which spans have
 * some words.
 * A trace of 30,000 spans has hundreds of megabytes of content, of which one span is read at a time.
 */
export function createViewRoutes(store: Store, prices?: PriceFile): Hono {
  const app = new Hono();
  app.get("/api/traces/:traceId/outline", (context) =>
    getOutline(context, context.req.param("traceId"), store, prices),
  );
  app.get("/api/traces/:traceId/spans/:spanId", async (context) => {
    const { traceId, spanId } = context.req.param();
    const span = await store.getSpan(traceId, spanId);
    if (span === undefined) return fail(context, 404, "this span has not arrived");
    return context.json({ span, cost: costOfSpan(span, prices) });
  });
  app.get("/api/traces/:traceId/head", async (context) => {
    const [first] = toHeads(await store.getSpans(context.req.param("traceId")));
    if (first === undefined) return fail(context, 404, "no span of this trace has arrived");
    return context.json({ span: first, cost: costOfSpan(first, prices) });
  });
  app.get("/api/traces/:traceId/matches", async (context) => {
    const words = wordsOf((context.req.query("text") ?? "").slice(0, MAX_TEXT_CHARACTERS));
    const spans = words.length === 0 ? [] : await store.getSpans(context.req.param("traceId"));
    const matches = spans.filter((span) => hasWords(searchTextOf(span), words));
    return context.json({ spanIds: matches.map((span) => span.spanId) });
  });
  return app;
}

/** Spans that no span is above of: the root, until it has arrived the earliest of those that wait for it. */
function toHeads(spans: readonly Span[]): Span[] {
  const roots = buildTree(spans);
  return [...roots.filter((root) => root.orphan !== true), ...roots].map((root) => root.span);
}

/** The revision is read first: what comes while the trace is read costs one more answer, and none is missed. */
async function getOutline(context: Context, traceId: string, store: Store, prices?: PriceFile): Promise<Response> {
  const revision = await store.getRevision(traceId);
  if (revision === undefined) return fail(context, 404, "no span of this trace has arrived");
  const feedback = await store.listFeedback(traceId);
  const version = versionOf(revision, feedback);
  context.header("etag", version);
  // An answer that is compressed on its way has a weak tag.
  if (context.req.header("if-none-match")?.replace(/^W\//, "") === version) return context.body(null, 304);
  const [trace, spans] = await Promise.all([store.getSummary(traceId), store.getSpans(traceId)]);
  if (trace === undefined) return fail(context, 404, "no span of this trace has arrived");
  return context.json({
    trace: { ...trace, cost: costOfTrace(trace, prices) },
    rows: toOutline(spans, prices),
    feedback,
  });
}

function versionOf(revision: string, feedback: readonly Feedback[]): string {
  const updatedMs = feedback.reduce((latest, one) => Math.max(latest, one.updatedMs), 0);
  return `"${revision}-${feedback.length}-${updatedMs}"`;
}
