import type { JsonObject, JsonValue, Span, SpanStatus } from "@portkey-tracing/core";
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
  const { input, output, status, marks, tags, metadata, model, ...rest } = span;
  const inferred = metadata["inferred"];
  return {
    ...rest,
    status: shortStatus(status),
    ...(model === undefined ? {} : { model: without(model, "url"), ...modelFacts(input, output) }),
    marks: marks.slice(0, MAX_MARKS).map(({ name, timeMs }) => ({ name: short(name), timeMs })),
    tags: tags.filter((tag) => tag === "inferred"),
    metadata: inferred === true || inferred === "true" ? { inferred } : {},
  };
}

function shortStatus(status: SpanStatus): SpanStatus {
  if (status.code === "interrupted") return { code: "interrupted" };
  if (!("error" in status) || status.error === undefined) return status;
  const error = { type: short(status.error.type), message: short(status.error.message) };
  return { code: status.code, error };
}

/** The model's name and the usage, where `modelOf` and `tokensOf` look for them. */
function modelFacts(input: JsonValue | undefined, output: JsonValue | undefined): { output: JsonObject } {
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
  return { output: facts };
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

function without<T extends object, K extends keyof T>(object: T, name: K): Omit<T, K> {
  const { [name]: _left, ...rest } = object;
  return rest;
}
