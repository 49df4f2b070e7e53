import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { buildTree, walk } from "@portkey-tracing/core/tree";
import type { Context } from "hono";
import type { PriceFile } from "../cost/price-file.ts";
import { costOfTrace } from "../cost/span-cost.ts";
import { fail } from "../http/failure.ts";
import { createRoutesApp } from "../http/routes-app.ts";
import { FeedbackSchema, failureOf, jsonOf, SpanSchema, SummarySchema } from "../http/schemas.ts";
import type { Feedback, Store } from "../store/store.ts";
import { addTraceList } from "./trace-list.ts";

const traceRoute = createRoute({
  method: "get",
  path: "/api/traces/{traceId}",
  summary: "All spans of a trace, in the order of its tree, and its feedback",
  request: { params: z.object({ traceId: z.string() }) },
  responses: {
    200: jsonOf(
      "The trace; its ETag changes with it",
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

/** `GET /api/traces` and `GET /api/traces/:traceId`. */
export function createTraceRoutes(store: Store, prices?: PriceFile): OpenAPIHono {
  const app = createRoutesApp();
  addTraceList(app, store, prices);
  app.openAPIRegistry.registerPath(traceRoute);
  app.get("/api/traces/:traceId", (context) => getTrace(context, context.req.param("traceId"), store, prices));
  return app;
}

/** The revision is read first: what comes while the trace is read costs one more answer, and none is missed. */
async function getTrace(context: Context, traceId: string, store: Store, prices?: PriceFile): Promise<Response> {
  const revision = await store.getRevision(traceId);
  if (revision === undefined) return fail(context, 404, "no span of this trace has arrived");
  const feedback = await store.listFeedback(traceId);
  const version = versionOf(revision, feedback);
  context.header("etag", version);
  // An answer that is compressed on its way has a weak tag.
  if (context.req.header("if-none-match")?.replace(/^W\//, "") === version) return context.body(null, 304);
  const nodes = [...walk(buildTree(await store.getSpans(traceId)))];
  const trace = await store.getSummary(traceId);
  return context.json({
    trace: trace && { ...trace, cost: costOfTrace(trace, prices) },
    spans: nodes.map(({ node }) => node.span),
    outline: nodes.map(({ node, depth }) => ({ spanId: node.span.spanId, depth, orphan: node.orphan === true })),
    feedback,
  });
}

function versionOf(revision: string, feedback: readonly Feedback[]): string {
  const updatedMs = feedback.reduce((latest, one) => Math.max(latest, one.updatedMs), 0);
  return `"${revision}-${feedback.length}-${updatedMs}"`;
}
