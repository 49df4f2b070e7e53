import type { Span } from "@portkey-tracing/core";
import { modelOf, tokensOf } from "@portkey-tracing/core/tree";
import { expect, it } from "vitest";
import { outlineOf } from "../../../../tests/support/outline.ts";
import { aCall, aSpan } from "../../../../tests/support/spans.ts";
import { costOfSpan } from "../cost/span-cost.ts";
import { withoutContent } from "./without-content.ts";

const long = "a secret ".repeat(1_000);
const usage = {
  prompt_tokens: 1_000,
  completion_tokens: 100,
  total_tokens: 1_100,
  prompt_tokens_details: { cached_tokens: 400, cache_creation_tokens: 7, secret: long },
  completion_tokens_details: { reasoning_tokens: 5 },
};

const spans: Span[] = [
  aSpan("root", { input: long, output: [long], tags: ["beta"], metadata: { _user: long } }),
  aCall("call", {
    parentSpanId: "root",
    input: { model: "gpt-4o", messages: [{ role: "user", content: long }] },
    output: { model: "gpt-4o-2024-08-06", choices: [{ message: { content: long } }], usage },
    model: { provider: "openai", url: `https://x/${long}`, timeToFirstTokenMs: 4, streamed: true },
  }),
  aCall("asked", { parentSpanId: "root", input: { model: "gpt-4o", prompt: long }, output: long }),
  aCall("odd", { input: { model: "gpt-4o" }, output: { model: 7, usage: { prompt_tokens: "many", total_tokens: 3 } } }),
  aCall("nameless", { input: { model: "gpt-4o" }, output: { model: "", usage: [] } }),
  aCall("cached", { output: { model: "gpt-4o", usage }, model: { cached: true } }),
  aSpan("failed", {
    status: { code: "error", error: { type: "E", message: long, stack: long, cause: { type: "C", message: long } } },
  }),
  aSpan("stopped", { status: { code: "cancelled" } }),
  aSpan("waits", { status: { code: "interrupted", value: long } }),
  aSpan("open", { status: { code: "unfinished", reason: "stalled" } }),
  aSpan("tried", { type: "attempt", tags: ["inferred", long], metadata: { inferred: "true", gateway_target: long } }),
  aSpan("marked", { marks: Array.from({ length: 50 }, (_, at) => ({ name: "retry", timeMs: at, attributes: long })) }),
];

it("leaves of a span what a line of the tree shows, and what its tokens and costs are", () => {
  const short = spans.map(withoutContent);
  expect(outlineOf(short)).toEqual(outlineOf(spans));
  expect(short.map(modelOf)).toEqual(spans.map(modelOf));
  expect(short.map(tokensOf)).toEqual(spans.map(tokensOf));
  expect(short.map((span) => costOfSpan(span))).toEqual(spans.map((span) => costOfSpan(span)));
  expect(short.map(withoutContent)).toEqual(short);
});

it("leaves no content, however long, and no more than some hundred characters of anything", () => {
  for (const span of spans.map(withoutContent)) expect(JSON.stringify(span).length).toBeLessThan(1_000);
});
