import { type OpenAPIHono, z } from "@hono/zod-openapi";
import type { JsonValue } from "@portkey-tracing/core";
import { toLogRecord } from "@portkey-tracing/core/wire";
import type { Context } from "hono";
import { fail } from "../http/failure.ts";
import type { RequestLimits } from "../http/limits.ts";
import { fromLogId, toLogId } from "../http/log-id.ts";
import { LogSchema } from "../http/log-schema.ts";
import { ONLY_TRACES } from "../http/missing.ts";
import { withJson } from "../http/read-json.ts";
import { describeRejection, type LogsReading, readLogs } from "../http/read-logs.ts";
import { createRejectionNotice } from "../http/rejection-notice.ts";
import { createRoutesApp } from "../http/routes-app.ts";
import { BODY_FAILURES, failureOf, jsonOf } from "../http/schemas.ts";
import { memberOf } from "../json.ts";
import type { Metrics } from "../metrics.ts";
import { isProtobuf } from "../otlp/status.ts";
import type { Store } from "../store/store.ts";

/** What the logs endpoint needs. */
export interface LogRoutesOptions {
  readonly store: Store;
  readonly limits: RequestLimits;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly metrics: Pick<Metrics, "spans">;
  /** Told about refused logs: one line, never with trace content in it. */
  readonly onDiagnostic?: ((line: string) => void) | undefined;
}

const MAX_LOGS = 10_000;
const MAX_REPORTED = 100;

/** Exporters that were told of nothing but the collector's address send their logs here. */
const NOT_OTLP = `body: expected logs as Portkey has them; ${ONLY_TRACES}`;

const Inserted = z
  .object({
    status: z.literal("success"),
    accepted: z.int(),
    rejected: z.array(z.object({ index: z.int(), path: z.string(), reason: z.string() })).optional(),
    rejectedTotal: z.int().optional(),
  })
  .openapi("Inserted");

/** `POST /v1/logs`, as Portkey has it: one log or an array of them. */
export function createLogRoutes(options: LogRoutesOptions): OpenAPIHono {
  const app = createRoutesApp();
  const notice = createRejectionNotice({ now: options.now, say: (line) => options.onDiagnostic?.(line) });
  app.openAPIRegistry.registerPath({
    method: "post",
    path: "/v1/logs",
    operationId: "insertLogs",
    summary: "Insert one log or many",
    request: {
      body: { required: true, content: { "application/json": { schema: z.union([LogSchema, z.array(LogSchema)]) } } },
    },
    responses: {
      200: jsonOf("What was valid is stored", Inserted),
      400: failureOf("Nothing was valid"),
      ...BODY_FAILURES,
    },
  });
  // Not `app.openapi`: Portkey's clients may leave the content type out, and each log is judged for itself.
  app.post("/v1/logs", (context) => {
    if (isProtobuf(context)) return fail(context, 415, NOT_OTLP);
    // Tells clients that requests may be compressed (RFC 9110, 12.5.3).
    context.header("accept-encoding", "gzip");
    return withJson(context, options.limits, (value) => insertLogs(context, value, options, notice));
  });
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/v1/logs/{id}",
    operationId: "getLog",
    summary: "One log; its id is its trace id and its span id, each URI-encoded, with a colon between them",
    request: { params: z.object({ id: z.string() }) },
    responses: {
      200: jsonOf("The log, as it would be inserted", LogSchema),
      404: failureOf("There is none with that id"),
    },
  });
  app.get("/v1/logs/:id", async (context) => {
    const ids = fromLogId(context.req.param("id"));
    const span = ids === undefined ? undefined : await options.store.getSpan(ids.traceId, ids.spanId);
    if (span === undefined) return fail(context, 404, "there is no log with that id");
    return context.json({ id: toLogId(span.traceId, span.spanId), ...toLogRecord(span) });
  });
  return app;
}

async function insertLogs(
  context: Context,
  value: JsonValue,
  { store, now, metrics }: LogRoutesOptions,
  notice: (logs: LogsReading) => void,
): Promise<Response> {
  if (Array.isArray(value) && value.length > MAX_LOGS) {
    return fail(context, 413, `body: expected at most ${MAX_LOGS} logs`);
  }
  if (memberOf(value, "resourceLogs") !== undefined) return fail(context, 400, NOT_OTLP);
  const logs = readLogs(value, now());
  const [first] = logs.rejected;
  metrics.spans("rejected", logs.rejected.length);
  if (logs.spans.length === 0 && first !== undefined) {
    return context.json({ ...report(logs), status: "failure", message: describeRejection(first, logs.isArray) }, 400);
  }
  if (logs.spans.length > 0) await store.insert(logs.spans);
  metrics.spans("accepted", logs.spans.length);
  notice(logs);
  return context.json({ status: "success", ...report(logs) });
}

function report({ spans, rejected }: LogsReading): object {
  if (rejected.length === 0) return { accepted: spans.length };
  return { accepted: spans.length, rejected: rejected.slice(0, MAX_REPORTED), rejectedTotal: rejected.length };
}
