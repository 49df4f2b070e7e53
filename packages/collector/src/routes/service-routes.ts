import type { OpenAPIHono } from "@hono/zod-openapi";
import packageJson from "../../package.json" with { type: "json" };
import { createRoutesApp } from "../http/routes-app.ts";
import type { Metrics } from "../metrics.ts";

/** `GET /metrics`. */
export function createMetricsRoutes(metrics: Metrics): OpenAPIHono {
  const app = createRoutesApp();
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/metrics",
    summary: "Counters for Prometheus",
    responses: { 200: { description: "The text format", content: { "text/plain": { schema: { type: "string" } } } } },
  });
  app.get("/metrics", async (context) => {
    const { text, type } = await metrics.expose();
    return context.body(text, 200, { "content-type": type });
  });
  return app;
}

/** `GET /openapi.json`, made of the schemas that validate. All other routes must be there already. */
export function addOpenApi(app: OpenAPIHono): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "apiKey", {
    type: "apiKey",
    in: "header",
    name: "x-portkey-api-key",
    description:
      "Where the collector was given one; also as a bearer token, or as the password of basic authentication",
  });
  const describe = (): object =>
    app.getOpenAPI31Document({
      openapi: "3.1.0",
      info: {
        title: "Portkey traces collector",
        version: packageJson.version,
        description: "Portkey's logs and feedback API, and what the Traces page reads",
        license: { name: packageJson.license },
      },
      security: [{}, { apiKey: [] }],
    });
  let document: object | undefined;
  app.get("/openapi.json", (context) => context.json((document ??= describe())));
}
