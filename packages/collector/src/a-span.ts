import type { Span } from "@portkey-tracing/core";

/** A span for tests: a chain without a parent, unless told otherwise. */
export function aSpan(spanId: string, more: Partial<Span> = {}): Span {
  return {
    traceId: "trace",
    spanId,
    name: spanId,
    type: "chain",
    source: "Langchain",
    startTimeMs: 1_000,
    durationMs: 10,
    status: { code: "ok" },
    marks: [],
    tags: [],
    metadata: {},
    ...more,
  };
}

/** A call to a model for tests, of 7 and 3 tokens. */
export function aCall(spanId: string, more: Partial<Span> = {}): Span {
  return aSpan(spanId, {
    type: "llm",
    model: { provider: "openai" },
    input: { model: "a-model", messages: [{ role: "user", content: "hello" }] },
    output: { model: "a-model", usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } },
    ...more,
  });
}
