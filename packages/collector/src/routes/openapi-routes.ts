import { type OpenAPIHono, z } from "@hono/zod-openapi";
import packageJson from "../../package.json" with { type: "json" };
import { jsonOf } from "../http/schemas.ts";
import { PROTOBUF } from "../otlp/status.ts";

type Responses = Readonly<Record<string, { readonly content?: object }>>;

/** What is read of an operation of the document, and written. */
interface Operation {
  readonly requestBody?: { readonly content?: object };
  responses: Responses;
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
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/openapi.json",
    operationId: "getOpenApi",
    summary: "This document",
    responses: { 200: jsonOf("OpenAPI 3.1", z.looseObject({})) },
  });
  let document: object | undefined;
  app.get("/openapi.json", (context) => context.json((document ??= describe(app))));
}

function describe(app: OpenAPIHono): object {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Portkey traces collector",
      version: packageJson.version,
      description:
        "Portkey's logs and feedback API, and what the Traces page reads. A method that an address does not have is " +
        "answered 405 with `Allow`",
      license: { name: packageJson.license },
    },
    security: [{}, { apiKey: [] }],
  });
  for (const methods of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(methods) as Operation[]) describeRefusals(operation);
  }
  return document;
}

/** What stands before addresses may answer, too: the rate limit to any, the others to all but one. */
function describeRefusals(operation: Operation & { readonly security?: readonly object[] }): void {
  const isOpen = operation.security?.length === 0;
  const responses = { ...(isOpen ? RATE : GUARDS), ...operation.responses };
  const isInBoth = Object.hasOwn(operation.requestBody?.content ?? {}, PROTOBUF);
  operation.responses = isInBoth ? alsoInProtobuf(responses) : responses;
}

const RATE: Responses = { 429: refusal("Too many requests; `Retry-After` says when to come again") };
const GUARDS: Responses = {
  ...RATE,
  401: refusal("The API key is missing or wrong"),
  403: refusal("Not by a name of this collector, or from the page of another site"),
  500: refusal("The collector failed"),
  503: refusal("Too much at once, or the store cannot be used: `Retry-After` says when to try again"),
};

function refusal(description: string): { readonly description: string; readonly content: object } {
  return { description, content: { "application/json": { schema: { $ref: "#/components/schemas/Failure" } } } };
}

/** Answers are in the encoding of their request. */
function alsoInProtobuf(responses: Responses): Responses {
  const binary = { [PROTOBUF]: { schema: { type: "string", format: "binary" } } };
  return Object.fromEntries(
    Object.entries(responses).map(([status, answer]) => [
      status,
      { ...answer, content: { ...answer.content, ...binary } },
    ]),
  );
}
