import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import packageJson from "../../package.json" with { type: "json" };
import { createRoutesApp } from "../http/routes-app.ts";
import { jsonOf } from "../http/schemas.ts";
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

/** `GET /healthz`, which stands before all that guards the others: whoever keeps the collector alive has no key. */
export function createHealthRoutes(): OpenAPIHono {
  const app = createRoutesApp();
  app.openapi(healthRoute, (context) => context.json({ status: "ok" } as const, 200));
  return app;
}

const HEALTH = "/healthz";

const healthRoute = createRoute({
  method: "get",
  path: HEALTH,
  summary: "Whether the collector answers; to anyone, under any name",
  security: [],
  responses: { 200: jsonOf("It does", z.object({ status: z.literal("ok") })) },
});

/** `GET /openapi.json`, made of the schemas that validate. All other routes must be there already. */
export function addOpenApi(app: OpenAPIHono): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "apiKey", {
    type: "apiKey",
    in: "header",
    name: "x-portkey-api-key",
    description:
      "Where the collector was given one; also as a bearer token, or as the password of basic authentication",
  });
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/openapi.json",
    summary: "This document",
    responses: { 200: jsonOf("OpenAPI 3.1", z.looseObject({})) },
  });
  const describe = (): object => {
    const document = app.getOpenAPI31Document({
      openapi: "3.1.0",
      info: {
        title: "Portkey traces collector",
        version: packageJson.version,
        description: "Portkey's logs and feedback API, and what the Traces page reads",
        license: { name: packageJson.license },
      },
      security: [{}, { apiKey: [] }],
    });
    for (const [path, methods] of Object.entries(document.paths ?? {})) {
      const refusals = path === HEALTH ? RATE : GUARDS;
      for (const operation of Object.values(methods)) operation.responses = { ...refusals, ...operation.responses };
    }
    return document;
  };
  let document: object | undefined;
  app.get("/openapi.json", (context) => context.json((document ??= describe())));
}

/** What stands before addresses may answer, too: the rate limit to any, the others to all but one. */
const RATE = { 429: refusal("Too many requests") };
const GUARDS = {
  ...RATE,
  401: refusal("The API key is missing or wrong"),
  403: refusal("Not by a name of this collector, or from the page of another site"),
  500: refusal("The collector failed"),
  503: refusal("Too much at once, or the store cannot be used: try again"),
};

function refusal(description: string): object {
  return { description, content: { "application/json": { schema: { $ref: "#/components/schemas/Failure" } } } };
}
