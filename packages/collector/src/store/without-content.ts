import type { JsonObject, JsonValue, ModelCall, Span, SpanStatus } from "@portkey-tracing/core";
import { isObject, memberOf } from "../json.ts";

/** What a line of a tree shows of an error, of marks: longer ones are read with the span itself. */
const MAX_MESSAGE_CHARACTERS = 300;
const MAX_MARKS = 20;

/** Counts that costs depend on. */
const USAGE = ["prompt_tokens", "completion_tokens", "total_tokens"];
const PROMPT_DETAILS = ["cached_tokens", "cache_creation_tokens"];

/**
 * A span without what it holds: its place, name, times, status, model and tokens, that is what a tree of spans shows.
 * Stays a span, so whatever is computed of a span's tree, tokens and cost comes out the same. It can be shortened again.
 */
export function withoutContent(span: Span): Span {
  const { model, marks, tags } = span;
  const inferred = span.metadata["inferred"];
  // Member by member, as it is done for each span that arrives: spread objects are dearer.
  const row: Mutable<Span> = {
    traceId: span.traceId,
    spanId: span.spanId,
    name: span.name,
    type: span.type,
    source: span.source,
    startTimeMs: span.startTimeMs,
    durationMs: span.durationMs,
    status: shortStatus(span.status),
    marks:
      marks.length === 0 ? marks : marks.slice(0, MAX_MARKS).map(({ name, timeMs }) => ({ name: short(name), timeMs })),
    tags: tags.length === 0 ? tags : tags.filter((tag) => tag === "inferred"),
    metadata: inferred === true || inferred === "true" ? { inferred } : {},
  };
  if (span.parentSpanId !== undefined) row.parentSpanId = span.parentSpanId;
  if (model !== undefined) {
    row.model = withoutUrl(model);
    row.output = modelFacts(span.input, span.output);
  }
  return row;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function shortStatus(status: SpanStatus): SpanStatus {
  if (status.code === "interrupted") return { code: "interrupted" };
  if (!("error" in status) || status.error === undefined) return status;
  const error = { type: short(status.error.type), message: short(status.error.message) };
  return { code: status.code, error };
}

/** The model's name and the usage, where `modelOf` and `tokensOf` look for them. */
function modelFacts(input: JsonValue | undefined, output: JsonValue | undefined): JsonObject {
  const answered = memberOf(output, "model");
  const name = answered ?? memberOf(input, "model");
  const usage = memberOf(output, "usage");
  const facts: Record<string, JsonValue> = {};
  if (typeof name === "string") facts["model"] = name;
  if (isObject(usage)) {
    const counts: Record<string, JsonValue> = pick(usage, USAGE);
    const details = usage["prompt_tokens_details"];
    if (isObject(details)) counts["prompt_tokens_details"] = pick(details, PROMPT_DETAILS);
    facts["usage"] = counts;
  }
  return facts;
}

function pick(object: JsonObject, names: readonly string[]): Record<string, JsonValue> {
  const picked: Record<string, JsonValue> = {};
  for (const name of names) {
    const value = object[name];
    if (typeof value === "number") picked[name] = value;
  }
  return picked;
}

function short(text: string): string {
  return text.slice(0, MAX_MESSAGE_CHARACTERS);
}

function withoutUrl(model: ModelCall): ModelCall {
  const { url: _url, ...rest } = model;
  return rest;
}
