import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import type { Mark, Span, SpanStatus, SpanType } from "../span.ts";
import { isModelType, type LogBodies, readModel, readSource, readTags, readType, readValue } from "./log-content.ts";
import { type LogProblem, parseObject, readNumber, readObject, textOf } from "./log-fields.ts";
import { idKeysIn, readIds } from "./log-ids.ts";
import { readOwnStatus, readStatus } from "./log-status.ts";
import { isTime, readTimes, tracingOf } from "./log-times.ts";

/** What the log itself does not say. */
export interface LogContext {
  /** When the log arrived, milliseconds since the Unix epoch. */
  readonly receivedAtMs: number;
  /** Ids for logs that have none. */
  readonly createTraceId: () => string;
  readonly createSpanId: () => string;
}

/** The span of a log, or the first field that is not what it should be. */
export type LogReading = { readonly ok: true; readonly span: Span } | ({ readonly ok: false } & LogProblem);

/** A log, unpacked: objects where it had objects or their JSON text. */
interface Log extends LogBodies {
  readonly record: JsonObject;
  readonly request: JsonObject;
  readonly response: JsonObject;
  readonly metadata: JsonObject;
  readonly headers: ReadonlyMap<string, JsonValue>;
  readonly tracing: JsonObject | undefined;
  readonly source: JsonObject;
}

/**
 * Converts a record of Portkey's logs endpoint into a span: the records of `toLogRecord`, and every form that Portkey's
 * own clients send. Pure.
 *
 * `fromLogRecord(toLogRecord(span))` is the span again, as far as it keeps to this: times are whole microseconds; names
 * and ids are not empty; `streamed` is true or absent; the bodies of a model call are objects that are not empty and
 * have no member `tracing` and, when it failed, no member `error` of their own.
 *
 * @param value what `JSON.parse` gave
 */
export function fromLogRecord(value: JsonValue, context: LogContext): LogReading {
  const problems: LogProblem[] = [];
  const log = unpack(value, problems);
  if (log === undefined || problems.length > 0) return refuse(problems);
  const span = toSpan(log, context, problems);
  return problems.length > 0 ? refuse(problems) : { ok: true, span };
}

function refuse([first]: readonly LogProblem[]): LogReading {
  return { ok: false, ...(first ?? { path: "", reason: "expected log" }) };
}

function unpack(value: JsonValue, problems: LogProblem[]): Log | undefined {
  if (!isJsonObject(value)) {
    problems.push({ path: "", reason: "expected object" });
    return undefined;
  }
  const request = readObject(value["request"], "request", problems);
  const response = readObject(value["response"], "response", problems);
  const own = readObject(value["metadata"], "metadata", problems) ?? {};
  if (request === undefined && response === undefined) problems.push({ path: "request", reason: "expected object" });
  const headers = toHeaders(readObject(request?.["headers"], "request.headers", problems));
  const inherited = parseObject(textOf(headers.get("x-portkey-metadata")) ?? "") ?? {};
  const metadata = { ...inherited, ...own };
  const responseBody = readObject(response?.["body"], "response.body", problems) ?? {};
  return {
    record: value,
    request: request ?? {},
    response: response ?? {},
    metadata,
    headers,
    url: textOf(request?.["url"]),
    requestBody: readObject(request?.["body"], "request.body", problems) ?? {},
    responseBody,
    tracing: tracingOf(responseBody),
    source: parseObject(textOf(metadata["source_metadata"]) ?? "") ?? {},
  };
}

function toHeaders(headers: JsonObject | undefined): ReadonlyMap<string, JsonValue> {
  return new Map(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
}

function toSpan(log: Log, context: LogContext, problems: LogProblem[]): Span {
  const { tracing, metadata } = log;
  const ids = readIds({ ...log, isOurs: tracing !== undefined }, problems);
  const times = readTimes({ ...log, receivedAtMs: context.receivedAtMs }, problems);
  const type = readType(log.source["type"], log);
  const source = readSource(metadata["_source"]) ?? "Portkey";
  const isModel = isModelCall(type, tracing);
  const input = readValue(log.requestBody, "input", isModel);
  const status = readSpanStatus(log, problems);
  const output = readOutput(log, status, isModel);
  const url = log.url === `${source.toLowerCase()}/${type}` ? undefined : log.url;
  return {
    traceId: ids.traceId ?? context.createTraceId(),
    spanId: ids.spanId ?? context.createSpanId(),
    ...(ids.parentSpanId === undefined ? {} : { parentSpanId: ids.parentSpanId }),
    name: ids.name ?? textOf(log.requestBody["model"]) ?? log.url ?? type,
    type,
    source,
    ...times,
    status,
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    ...(isModel ? { model: readModel(url, log.request, log.response, tracing) } : {}),
    marks: readMarks(tracing?.["marks"], problems),
    tags: readTags(tracing === undefined ? log.source["tags"] : tracing["tags"], "tags", problems),
    metadata: readMetadata(log),
  };
}

function isModelCall(type: SpanType, tracing: JsonObject | undefined): boolean {
  const said = tracing?.["model_call"];
  return typeof said === "boolean" ? said : isModelType(type);
}

function readSpanStatus(log: Log, problems: LogProblem[]): SpanStatus {
  const httpStatus = readNumber(log.response["status"], "response.status", problems) ?? 200;
  if (log.tracing !== undefined) return readOwnStatus(log.tracing["status"], problems);
  return readStatus(httpStatus, log.responseBody, log.source["status"]);
}

/** The response body without what `toLogRecord` puts beside the output: the status's error, and the extension. */
function readOutput({ responseBody, tracing }: Log, status: SpanStatus, isModel: boolean): JsonValue | undefined {
  if (tracing === undefined) return readValue(responseBody, "output", isModel);
  const { tracing: _extension, ...body } = responseBody;
  if ("error" in status) delete body["error"];
  return readValue(body, "output", isModel);
}

function readMarks(value: JsonValue | undefined, problems: LogProblem[]): Mark[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((mark, index): Mark[] => {
    const fields = isJsonObject(mark) ? mark : {};
    const { name, time_ms: timeMs, attributes } = fields;
    if (typeof name === "string" && isTime(timeMs)) {
      return [{ name, timeMs, ...(attributes === undefined ? {} : { attributes }) }];
    }
    problems.push({ path: `response.body.tracing.marks[${index}]`, reason: "expected name and time_ms" });
    return [];
  });
}

/** The user's metadata: all of it, without the keys that the wire format itself uses. */
function readMetadata({ metadata, tracing, source }: Log): JsonObject {
  const whole = tracing?.["metadata"];
  if (isJsonObject(whole)) return whole;
  const own = new Set(idKeysIn(metadata, tracing !== undefined));
  if (readSource(metadata["_source"]) !== undefined) own.add("_source").add("_source_type");
  if (typeof source["type"] === "string") own.add("source_metadata");
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !own.has(key)));
}
