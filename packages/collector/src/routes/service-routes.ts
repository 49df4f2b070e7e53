import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { createRoutesApp } from "../http/routes-app.ts";
import { jsonOf } from "../http/schemas.ts";
import type { Metrics } from "../metrics.ts";

/** `GET /metrics`. */
export function createMetricsRoutes(metrics: Metrics): OpenAPIHono {
  const app = createRoutesApp();
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/metrics",
    operationId: "getMetrics",
    summary: "Counters for Prometheus",
    responses: { 200: { description: "The text format", content: { "text/plain": { schema: { type: "string" } } } } },
  });
  app.get("/metrics", async (context) => {
    const { text, type } = await metrics.expose();
    return context.body(text, 200, { "content-type": type });
  });
  return app;
}

/** `GET /healthz`, which stands before all that guards the others: whoever keeps the collector alive has no key. */
export function createHealthRoutes(): OpenAPIHono {
  const app = createRoutesApp();
  app.openapi(healthRoute, (context) => context.json({ status: "ok" } as const, 200));
  return app;
}

const healthRoute = createRoute({
  method: "get",
  path: "/healthz",
  operationId: "getHealth",
  summary: "Whether the collector answers; to anyone, under any name",
  security: [],
  responses: { 200: jsonOf("It does", z.object({ status: z.literal("ok") })) },
});
