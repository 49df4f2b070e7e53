import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { buildTree, walk } from "@portkey-tracing/core/tree";
import type { Context } from "hono";
import { fromCursor, toCursor } from "../http/cursor.ts";
import { fail } from "../http/failure.ts";
import type { Store } from "../store/store.ts";

const MAX_LIMIT = 500;
const DEFAULT_LIMIT = 50;

const Summary = z
  .object({
    traceId: z.string(),
    name: z.string(),
    startTimeMs: z.number(),
    durationMs: z.number(),
    status: z.enum(["ok", "error", "cancelled", "interrupted", "unfinished", "open"]),
    spans: z.int(),
    errors: z.int(),
    tokens: z.object({ prompt: z.int(), completion: z.int(), total: z.int() }),
    models: z.array(z.string()).readonly(),
  })
  .openapi("TraceSummary");

const Cursor = z.string().transform((text, context) => {
  const position = fromCursor(text);
  if (position !== undefined) return position;
  context.addIssue("expected the nextCursor of an earlier answer");
  return z.NEVER;
});

const listRoute = createRoute({
  method: "get",
  path: "/api/traces",
  summary: "Traces, newest first",
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
      cursor: Cursor.optional(),
    }),
  },
  responses: {
    200: {
      description: "A part of the list; `nextCursor` is there when more follows",
      content: {
        "application/json": {
          schema: z.object({ traces: z.array(Summary).readonly(), nextCursor: z.string().optional() }),
        },
      },
    },
  },
});

const traceRoute = createRoute({
  method: "get",
  path: "/api/traces/{traceId}",
  summary: "All spans of a trace, in the order of its tree",
  request: { params: z.object({ traceId: z.string() }) },
  responses: { 200: { description: "The trace" }, 304: { description: "Nothing of it has changed since" } },
});

/** `GET /api/traces` and `GET /api/traces/:traceId`. */
export function createTraceRoutes(store: Store): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, context) => {
      if (result.success) return undefined;
      const [issue] = result.error.issues;
      return fail(context, 400, `${issue?.path.join(".") ?? "query"}: ${issue?.message ?? "not valid"}`);
    },
  });
  app.openapi(listRoute, async (context) => {
    const { limit, cursor } = context.req.valid("query");
    const { traces, next } = await store.listTraces({ limit, after: cursor });
    return context.json({ traces: [...traces], ...(next === undefined ? {} : { nextCursor: toCursor(next) }) }, 200);
  });
  app.openapi(traceRoute, (context) => getTrace(context, store, context.req.valid("param").traceId));
  return app;
}

/** The revision is read first: what comes while the trace is read costs one more answer, and none is missed. */
async function getTrace(context: Context, store: Store, traceId: string): Promise<Response> {
  const revision = await store.getRevision(traceId);
  if (revision === undefined) return fail(context, 404, "no span of this trace has arrived");
  const version = `"${revision}"`;
  context.header("etag", version);
  if (context.req.header("if-none-match") === version) return context.body(null, 304);
  const nodes = [...walk(buildTree(await store.getSpans(traceId)))];
  return context.json({
    trace: await store.getSummary(traceId),
    spans: nodes.map(({ node }) => node.span),
    outline: nodes.map(({ node, depth }) => ({ spanId: node.span.spanId, depth, orphan: node.orphan === true })),
  });
}
