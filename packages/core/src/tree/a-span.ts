import type { Span } from "../span.ts";

/** A span for tests: a chain without a parent, unless told otherwise. */
export function aSpan(spanId: string, more: Partial<Span> = {}): Span {
  return {
    traceId: "0af7651916cd43dd8448eb211c80319c",
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

/** A call to a model that says what it used. */
export function aModelCall(spanId: string, prompt: number, completion: number, more: Partial<Span> = {}): Span {
  const usage = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
  const model = { input: { model: "gpt-4o" }, output: { model: "gpt-4o-2024-08-06", usage }, model: {} };
  return aSpan(spanId, { type: "llm", ...model, ...more });
}
