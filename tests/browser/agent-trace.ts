import type { Span } from "@portkey-tracing/core";
import { aSpan as aBareSpan } from "../support/spans.ts";

/** When the traces of the page's tests start. */
export const START_MS: number = Date.parse("2026-11-21T12:00:00.000Z");

/** A span of a second, unless told otherwise. */
export function aSpan(spanId: string, more: Partial<Span> = {}): Span {
  return aBareSpan(spanId, { startTimeMs: START_MS, durationMs: 1_000, ...more });
}

/** How a span fails. */
export const failed = {
  code: "error",
  error: {
    type: "RangeError",
    message: "no such order: 17",
    code: "E_ORDER",
    stack: "RangeError: no such order: 17\n    at lookUp (orders.js:7:11)",
    cause: { type: "Error", message: "the table is empty" },
  },
} as const;

const call = { id: "c1", type: "function", function: { name: "lookup_order", arguments: '{"order":17}' } };

/** An agent that asks a model with a known price, and a tool that fails. */
export const agent: readonly Span[] = [
  aSpan("root", {
    name: "support-agent",
    type: "agent",
    input: { messages: [{ role: "user", content: "Where is order 17?" }] },
    output: {
      messages: [
        { role: "user", content: "Where is order 17?" },
        { role: "assistant", content: "I cannot find it." },
      ],
    },
    metadata: { _user: "ada", session_id: "s-1" },
    tags: ["beta"],
  }),
  aSpan("ask", {
    name: "ChatOpenAI",
    type: "llm",
    parentSpanId: "root",
    durationMs: 250,
    model: { provider: "openai", timeToFirstTokenMs: 100, url: "https://api.openai.com/v1/chat/completions" },
    input: { model: "gpt-4o", temperature: 0.2, messages: [{ role: "user", content: "Where is order 17?" }] },
    output: {
      model: "gpt-4o",
      choices: [{ message: { role: "assistant", content: "", reasoning_content: "Look it up.", tool_calls: [call] } }],
      usage: {
        prompt_tokens: 1_200,
        completion_tokens: 34,
        total_tokens: 1_234,
        prompt_tokens_details: { cached_tokens: 200 },
        completion_tokens_details: { reasoning_tokens: 10 },
      },
    },
    marks: [{ name: "retry", timeMs: START_MS + 50, attributes: { status: 429 } }],
  }),
  aSpan("find", {
    name: "lookup_order",
    type: "tool",
    parentSpanId: "root",
    startTimeMs: START_MS + 500,
    durationMs: 500,
    status: failed,
    input: { order: 17 },
  }),
];
