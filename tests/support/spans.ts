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

/** A call to a model, of 7 and 3 tokens. */
export function aCall(spanId: string, more: Partial<Span> = {}): Span {
  return aSpan(spanId, {
    type: "llm",
    model: { provider: "openai" },
    input: { model: "a-model", messages: [{ role: "user", content: "hello" }] },
    output: { model: "a-model", usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } },
    ...more,
  });
}

/** The trace `large`, in the order of its tree, which is not that of its ids; each span says so many characters. */
export function aLargeTrace(count: number, characters = 2_000): Span[] {
  return Array.from({ length: count }, (_, index) => {
    const parent = index % 3 === 1 ? 0 : index - 1;
    return aSpan(idOf(index), {
      traceId: "large",
      startTimeMs: 1_000 + index,
      input: `ä${index} `.padEnd(characters, "word "),
      ...(index === 0 ? {} : { parentSpanId: idOf(parent) }),
    });
  });
}

function idOf(index: number): string {
  return `${(index * 7_919) % 10_007}-${index}`;
}

/** The same in a trace with a W3C id. */
export function aW3cSpan(spanId: string, more: Partial<Span> = {}): Span {
  return aSpan(spanId, { traceId: "0af7651916cd43dd8448eb211c80319c", ...more });
}

/** A call to a model in that trace, which says what it used. */
export function aModelCall(spanId: string, prompt: number, completion: number, more: Partial<Span> = {}): Span {
  const usage = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
  const model = { input: { model: "gpt-4o" }, output: { model: "gpt-4o-2024-08-06", usage }, model: {} };
  return aW3cSpan(spanId, { type: "llm", ...model, ...more });
}

/** The spans of each trace, in the order in which the traces were first seen. */
export function byTrace(spans: readonly Span[]): Map<string, Span[]> {
  const traces = new Map<string, Span[]>();
  for (const span of spans) {
    const known = traces.get(span.traceId);
    if (known === undefined) traces.set(span.traceId, [span]);
    else known.push(span);
  }
  return traces;
}
