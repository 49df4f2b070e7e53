import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { TrieRouter } from "hono/router/trie-router";
import { type Failure, fail } from "./failure.ts";

/** An address that the collector has. */
interface Address {
  /** `/v1/logs/:id`. */
  readonly pattern: string;
  readonly methods: readonly string[];
}

type Find = (path: string) => Address | undefined;

/**
 * Answers what no route has answered: an address that has other methods with 405 and `Allow`, and OPTIONS with those alone
 * (RFC 9110, 9.3.7 and 15.5.6); any other address with 404, and with the address that was probably meant. All other routes
 * must be there already.
 */
export function answerMissing(app: OpenAPIHono): (context: Context) => Response {
  const find = createFind(app);
  return (context) => {
    const { method, path } = context.req;
    const here = find(path);
    if (here === undefined && MODEL_CALL.test(path)) return context.json({ ...NO_GATEWAY, error: NO_GATEWAY }, 404);
    if (here === undefined) return fail(context, 404, `no such address${hint(path, find)}`);
    if (here.methods.includes(method)) return fail(context, 404, "no such address");
    context.header("allow", [...here.methods, "OPTIONS"].join(", "));
    if (method === "OPTIONS") return context.body(null, 204);
    return fail(context, 405, `method: expected ${here.methods.filter((known) => known !== "HEAD").join(" or ")}`);
  };
}

function createFind({ routes }: OpenAPIHono): Find {
  const addresses = new Map<string, Set<string>>();
  for (const { method, path } of routes) {
    // What stands before several addresses is for all methods.
    if (method === "ALL") continue;
    const methods = addresses.get(path) ?? new Set();
    addresses.set(path, methods.add(method));
    // Hono answers HEAD as GET without the body.
    if (method === "GET") methods.add("HEAD");
  }
  const router = new TrieRouter<Address>();
  for (const [pattern, methods] of addresses) router.add("ALL", pattern, { pattern, methods: [...methods] });
  return (path) => router.match("ALL", path)[0][0]?.[0];
}

/** What clients ask for whose base address is not what it should be, or that send what is not taken. */
function hint(path: string, find: Find): string {
  if (OTHER_SIGNAL.test(path)) return `: ${ONLY_TRACES}`;
  const whole = path.replaceAll(/\/{2,}/g, "/").replace(/(?<=.)\/$/, "");
  const meant = [whole, `/v1${whole}`, whole.replace(/^\/v1(?=\/v1\/)/, ""), `${whole}/v1/traces`]
    .map(find)
    .find((address) => address !== undefined);
  return meant === undefined ? "" : `: is it ${meant.pattern}?`;
}

/** What to say to exporters of all else. */
export const ONLY_TRACES: string =
  "of OpenTelemetry only traces are taken (OTEL_METRICS_EXPORTER=none and OTEL_LOGS_EXPORTER=none)";

const OTHER_SIGNAL = /^\/+v1\/+(metrics|profiles|otel\/+v1\/+(metrics|logs|profiles))\/*$/;

/** What clients of models ask for who took the collector for a gateway. */
const MODEL_CALL = /^\/+(v1\/+)?(chat\/completions|completions|embeddings|messages|responses|models)\/*$/;

/** They show the message of `error`, and of nothing else. */
const NO_GATEWAY: Failure = {
  status: "failure",
  message: "no such address: this collector is no gateway, it keeps the traces of calls that are made elsewhere",
};
