import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import type { Mark, Span, SpanError, SpanStatus } from "../span.ts";
import { isModelType } from "./log-content.ts";
import type { LogRecord, TracingExtension, WireMetadata } from "./log-record.ts";

/** Portkey keeps at most this many characters of a metadata value. */
export const MAX_METADATA_CHARACTERS = 128;

/** Metadata keys that the wire format itself uses; a user's metadata cannot overwrite them. */
export const RESERVED_METADATA_KEYS: ReadonlySet<string> = new Set([
  "traceId",
  "spanId",
  "parentSpanId",
  "spanName",
  "_source",
  "_source_type",
  "source_metadata",
]);

/** Converts a finished span into the record that Portkey's logs endpoint takes. Pure. */
export function toLogRecord(span: Span): LogRecord {
  // A member that is `undefined` is none in JSON; objects of one shape are cheaper than spread ones.
  return {
    request: {
      url: span.model?.url ?? `${span.source.toLowerCase()}/${span.type}`,
      method: "POST",
      provider: span.model?.provider,
      headers: NO_HEADERS,
      body: toRequestBody(span),
    },
    response: {
      status: toHttpStatus(span.status),
      headers: NO_HEADERS,
      response_time: Math.round(span.durationMs),
      streamingMode: span.model?.streamed ?? false,
      body: toResponseBody(span),
    },
    metadata: toWireMetadata(span),
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId,
    span_name: span.name,
    createdAt: new Date(span.startTimeMs).toISOString(),
  };
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

function toRequestBody(span: Span): JsonObject {
  if (span.model !== undefined && isJsonObject(span.input)) return span.input;
  return span.input === undefined ? {} : { input: span.input };
}

function toResponseBody(span: Span): JsonObject {
  const isBody = span.model !== undefined && isJsonObject(span.output);
  const body: JsonObject = isBody ? { ...span.output } : {};
  if (!isBody && span.output !== undefined) body["output"] = span.output;
  const error = span.status.code === "error" || span.status.code === "cancelled" ? span.status.error : undefined;
  if (error !== undefined) body["error"] = toErrorBody(error);
  body["tracing"] = toTracingExtension(span);
  return body;
}

function toErrorBody(error: SpanError): JsonObject {
  return { message: error.message, type: error.type, code: error.code ?? null };
}

/** 200 for what ended well or waits; an error's own HTTP status, else 500; 499 for what was stopped or never ended. */
function toHttpStatus(status: SpanStatus): number {
  switch (status.code) {
    case "ok":
    case "interrupted":
      return 200;
    case "error":
      return status.error.httpStatus ?? 500;
    case "cancelled":
    case "unfinished":
      return 499;
  }
}

function toWireMetadata(span: Span): WireMetadata {
  const metadata: WireMetadata = {};
  for (const key in span.metadata) {
    const value = span.metadata[key];
    if (value !== null && value !== undefined && !RESERVED_METADATA_KEYS.has(key)) {
      setOwn(metadata, key, clip(toText(value)));
    }
  }
  metadata["traceId"] = span.traceId;
  metadata["spanId"] = span.spanId;
  if (span.parentSpanId !== undefined) metadata["parentSpanId"] = span.parentSpanId;
  metadata["spanName"] = clip(span.name);
  metadata["_source"] = span.source;
  metadata["_source_type"] = "Agent";
  metadata["source_metadata"] = toSourceMetadata(span);
  return metadata;
}

/** Tags are left out where the whole would be longer than a metadata value may be. */
function toSourceMetadata(span: Span): string {
  const short = `{"type":"${span.type}","status":"${span.status.code}"`;
  if (span.tags.length === 0) return `${short}}`;
  const whole = `${short},"tags":${JSON.stringify(span.tags)}}`;
  return whole.length <= MAX_METADATA_CHARACTERS ? whole : `${short}}`;
}

function toTracingExtension(span: Span): JsonObject {
  const extension: TracingExtension = {
    start_time_ms: toMicroseconds(span.startTimeMs),
    duration_ms: toMicroseconds(span.durationMs),
  };
  if (span.status.code !== "ok") extension.status = toStatusBody(span.status);
  if (span.marks.length > 0) extension.marks = span.marks.map(toMarkBody);
  if (span.tags.length > 0) extension.tags = [...span.tags];
  if (losesOnTheWire(span.metadata)) extension.metadata = span.metadata;
  if (span.model?.timeToFirstTokenMs !== undefined) {
    extension.time_to_first_token_ms = toMicroseconds(span.model.timeToFirstTokenMs);
  }
  if (span.model?.cached !== undefined) extension.cached = span.model.cached;
  if ((span.model !== undefined) !== isModelType(span.type)) extension.model_call = span.model !== undefined;
  return extension as unknown as JsonObject;
}

function losesOnTheWire(metadata: Readonly<JsonObject>): boolean {
  for (const key in metadata) {
    const value = metadata[key];
    if (typeof value !== "string" || value.length > MAX_METADATA_CHARACTERS || RESERVED_METADATA_KEYS.has(key))
      return true;
  }
  return false;
}

function toMarkBody(mark: Mark): JsonValue {
  const { attributes } = mark;
  return { name: mark.name, time_ms: toMicroseconds(mark.timeMs), ...(attributes === undefined ? {} : { attributes }) };
}

function toStatusBody(status: SpanStatus): JsonObject {
  return status as unknown as JsonObject;
}

/** Sets an own property even where the name is `__proto__`. */
function setOwn(target: WireMetadata, key: string, value: string): void {
  if (key === "__proto__") Object.defineProperty(target, key, { value, enumerable: true, configurable: true });
  else target[key] = value;
}

/** Milliseconds rounded to whole microseconds: what the clocks really give. */
function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function toText(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Cuts to the limit of a metadata value, never through a surrogate pair. */
function clip(text: string): string {
  if (text.length <= MAX_METADATA_CHARACTERS) return text;
  const last = text.charCodeAt(MAX_METADATA_CHARACTERS - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? MAX_METADATA_CHARACTERS - 1 : MAX_METADATA_CHARACTERS);
}
