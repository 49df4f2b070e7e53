import type {
  JsonObject,
  JsonValue,
  Mark,
  ModelCall,
  Span,
  SpanError,
  SpanSource,
  SpanStatus,
} from "@portkey-tracing/core";
import { MAX_NAME_CHARACTERS } from "@portkey-tracing/core/wire";
import { type Attribute, attributeOf, parsed, requestOf, responseOf, typeOf } from "./gen-ai.ts";
import type { OtlpEvent, OtlpSpan } from "./otlp-span.ts";

/** The span of an OTLP span, or why it was refused. */
export type OtlpReading = { readonly ok: true; readonly span: Span } | { readonly ok: false; readonly reason: string };

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;

/** Start and end stay below 2^53 microseconds, so that they are exact as numbers. */
const MAX_NANOS = 8e18;

/** Attributes that are read as something else, or repeat it. */
const CONTENT =
  /^(gen_ai\.(input|output|prompt|completion|system_instructions|tool\.(call\.(arguments|result)|definitions)|embeddings\.input)|llm\.(input|output)_messages|(input|output)\.(value|mime_type)|traceloop\.entity\.(input|output))(\.|$)/;

/**
 * Converts a span of OpenTelemetry. What it says of calls to models becomes what the rest of the tree has, see
 * `gen-ai.ts`.
 */
export function fromOtlpSpan(otlp: OtlpSpan): OtlpReading {
  if (!TRACE_ID.test(otlp.traceId)) return { ok: false, reason: "traceId: expected 32 hex characters, not all zero" };
  if (!SPAN_ID.test(otlp.spanId)) return { ok: false, reason: "spanId: expected 16 hex characters, not all zero" };
  if (otlp.startNanos > MAX_NANOS || otlp.endNanos > MAX_NANOS)
    return { ok: false, reason: "times: expected a year before 2223" };
  const attribute = attributeOf(otlp);
  const type = typeOf(attribute);
  const isCall = type === "llm" || type === "embedding";
  const input = isCall ? requestOf(attribute, otlp) : contentOf(attribute, INPUTS);
  const output = isCall ? responseOf(attribute, otlp) : contentOf(attribute, OUTPUTS);
  const span: Span = {
    traceId: otlp.traceId,
    spanId: otlp.spanId,
    ...(SPAN_ID.test(otlp.parentSpanId) ? { parentSpanId: otlp.parentSpanId } : {}),
    name: otlp.name.slice(0, MAX_NAME_CHARACTERS).toWellFormed() || type,
    type,
    source: sourceOf(otlp.scope),
    startTimeMs: toMs(otlp.startNanos),
    durationMs: toMs(Math.max(0, otlp.endNanos - otlp.startNanos)),
    status: statusOf(otlp, attribute),
    ...(isEmpty(input) ? {} : { input }),
    ...(isEmpty(output) ? {} : { output }),
    ...(isCall ? { model: modelOf(attribute) } : {}),
    marks: otlp.events.filter((event) => !isContent(event)).map(toMark),
    tags: tagsOf(attribute),
    metadata: metadataOf(otlp, attribute),
  };
  return { ok: true, span };
}

const INPUTS = ["gen_ai.tool.call.arguments", "input.value", "traceloop.entity.input", "gen_ai.input.messages"];
const OUTPUTS = ["gen_ai.tool.call.result", "output.value", "traceloop.entity.output", "gen_ai.output.messages"];

function contentOf(attribute: Attribute, names: readonly string[]): JsonValue | undefined {
  const value = attribute(...names);
  return parsed(value) ?? value;
}

function isEmpty(value: JsonValue | undefined): value is undefined {
  if (value === undefined) return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function modelOf(attribute: Attribute): ModelCall {
  const provider = attribute("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system");
  const url = attribute("url.full", "http.url");
  const firstChunk = Number(attribute("gen_ai.response.time_to_first_chunk") ?? Number.NaN);
  return {
    ...(typeof provider === "string" ? { provider: provider.toLowerCase() } : {}),
    ...(typeof url === "string" ? { url } : {}),
    ...(attribute("gen_ai.request.stream", "llm.is_streaming") === true ? { streamed: true as const } : {}),
    ...(Number.isFinite(firstChunk) && firstChunk >= 0
      ? { timeToFirstTokenMs: Math.round(firstChunk * 1e6) / 1e3 }
      : {}),
  };
}

function statusOf({ statusCode, statusMessage, events }: OtlpSpan, attribute: Attribute): SpanStatus {
  if (statusCode !== 2) return { code: "ok" };
  const thrown = events.findLast((event) => event.name === "exception")?.attributes ?? {};
  const kind = text(thrown["exception.type"]) ?? text(attribute("error.type")) ?? "Error";
  const stack = text(thrown["exception.stacktrace"]);
  const httpStatus = attribute("http.response.status_code", "http.status_code");
  const error: SpanError = {
    type: kind,
    message: text(thrown["exception.message"]) ?? text(statusMessage) ?? kind,
    ...(typeof httpStatus === "number" ? { httpStatus } : {}),
    ...(stack === undefined ? {} : { stack }),
  };
  return { code: "error", error };
}

/** By the name of the instrumentation: `opentelemetry.instrumentation.langchain`. */
function sourceOf(scope: string): SpanSource {
  if (/langchain|langgraph/i.test(scope)) return "Langchain";
  return /llama[-_]?index/i.test(scope) ? "LlamaIndex" : "Portkey";
}

function toMark({ name, timeNanos, attributes }: OtlpEvent): Mark {
  const mark = { name, timeMs: toMs(timeNanos) };
  return Object.keys(attributes).length === 0 ? mark : { ...mark, attributes };
}

function isContent({ name }: OtlpEvent): boolean {
  return name === "exception" || name === "gen_ai.client.inference.operation.details";
}

function tagsOf(attribute: Attribute): string[] {
  const tags = attribute("tag.tags");
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}

/** All other attributes; who asked and in which session under the names by which they are found. */
function metadataOf({ attributes, resource, scope }: OtlpSpan, attribute: Attribute): JsonObject {
  const own = Object.entries(attributes).filter(([name]) => !CONTENT.test(name));
  const user = attribute("user.id", "enduser.id");
  const session = attribute("session.id", "gen_ai.conversation.id");
  const from = ["service.name", "service.version", "deployment.environment.name"].flatMap((name) => {
    const value = resource[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries([
    ...own,
    ...from,
    ...(scope === "" ? [] : [["otel.scope.name", scope] as const]),
    ...(user === undefined ? [] : [["_user", idText(user)] as const]),
    ...(session === undefined ? [] : [["session_id", idText(session)] as const]),
  ]);
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function idText(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Whole microseconds. */
function toMs(nanos: number): number {
  return Math.round(nanos / 1e3) / 1e3;
}
