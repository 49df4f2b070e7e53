import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { buildTree, walk } from "@portkey-tracing/core/tree";
import type { Context } from "hono";
import type { PriceFile } from "../cost/price-file.ts";
import { costOfTrace } from "../cost/span-cost.ts";
import { createRoutesApp } from "../http/routes-app.ts";
import { FeedbackSchema, failureOf, jsonOf, SpanSchema, SummarySchema } from "../http/schemas.ts";
import type { Store } from "../store/store.ts";
import { answerIfChanged } from "./if-changed.ts";
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

async function getTrace(context: Context, traceId: string, store: Store, prices?: PriceFile): Promise<Response> {
  return answerIfChanged(context, store, traceId, async (feedback) => {
    const nodes = [...walk(buildTree(await store.getSpans(traceId)))];
    const trace = await store.getSummary(traceId);
    return context.json({
      trace: trace && { ...trace, cost: costOfTrace(trace, prices) },
      spans: nodes.map(({ node }) => node.span),
      outline: nodes.map(({ node, depth }) => ({ spanId: node.span.spanId, depth, orphan: node.orphan === true })),
      feedback,
    });
  });
}
