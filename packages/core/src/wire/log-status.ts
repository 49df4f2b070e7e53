import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { type SpanError, type SpanStatus, STATUS_CODES, type StatusCode, UNFINISHED_REASONS } from "../span.ts";
import { type LogProblem, textOf } from "./log-fields.ts";

/** The status as the tracing extension tells it; absent means `ok`. */
export function readOwnStatus(value: JsonValue | undefined, problems: LogProblem[]): SpanStatus {
  if (value === undefined) return { code: "ok" };
  const status = isJsonObject(value) ? toStatus(value) : undefined;
  if (status !== undefined) return status;
  problems.push({ path: "response.body.tracing.status", reason: "expected status" });
  return { code: "ok" };
}

/** The status of somebody else's log: what `source_metadata` says, else what the HTTP status means. */
export function readStatus(httpStatus: number, body: JsonObject, named: JsonValue | undefined): SpanStatus {
  const code = toStatusCode(named) ?? fromHttpStatus(httpStatus);
  switch (code) {
    case "ok":
    case "interrupted":
      return { code };
    case "error":
      return { code, error: toForeignError(httpStatus, body["error"]) };
    case "cancelled":
      return body["error"] === undefined ? { code } : { code, error: toForeignError(httpStatus, body["error"]) };
    case "unfinished":
      return { code, reason: "idle" };
  }
}

function toStatusCode(value: JsonValue | undefined): StatusCode | undefined {
  return STATUS_CODES.find((code) => code === value);
}

function fromHttpStatus(httpStatus: number): StatusCode {
  if (httpStatus === 499) return "cancelled";
  return httpStatus >= 400 ? "error" : "ok";
}

function toForeignError(httpStatus: number, value: JsonValue | undefined): SpanError {
  const fields = isJsonObject(value) ? value : {};
  const { code } = fields;
  return {
    type: textOf(fields["type"]) ?? "Error",
    message: textOf(fields["message"]) ?? textOf(value) ?? `HTTP ${httpStatus}`,
    ...(typeof code === "string" || typeof code === "number" ? { code: String(code) } : {}),
    httpStatus,
  };
}

function toStatus(fields: JsonObject): SpanStatus | undefined {
  const code = toStatusCode(fields["code"]);
  const error = toSpanError(fields["error"]);
  switch (code) {
    case "error":
      return error === undefined ? undefined : { code, error };
    case "cancelled":
      return error === undefined ? { code } : { code, error };
    case "interrupted":
      return fields["value"] === undefined ? { code } : { code, value: fields["value"] };
    case "unfinished": {
      const reason = UNFINISHED_REASONS.find((known) => known === fields["reason"]);
      return reason === undefined ? undefined : { code, reason };
    }
    case "ok":
      return { code };
    case undefined:
      return undefined;
  }
}

function toSpanError(value: JsonValue | undefined): SpanError | undefined {
  if (!isJsonObject(value)) return undefined;
  const { type, message, code, httpStatus, stack } = value;
  if (typeof type !== "string" || typeof message !== "string") return undefined;
  const cause = toSpanError(value["cause"]);
  return {
    type,
    message,
    ...(typeof code === "string" ? { code } : {}),
    ...(typeof httpStatus === "number" ? { httpStatus } : {}),
    ...(typeof stack === "string" ? { stack } : {}),
    ...(cause === undefined ? {} : { cause }),
  };
}
