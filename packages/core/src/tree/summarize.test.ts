import { describe, expect, it } from "vitest";
import { aModelCall, aW3cSpan as aSpan } from "../../../../tests/support/spans.ts";
import { buildTree } from "./build-tree.ts";
import { summarize } from "./summarize.ts";

describe("summarize", () => {
  it("counts spans, errors, models and the tokens of each model call once", () => {
    const agent = aSpan("agent", { type: "agent", output: { usage: { total_tokens: 99 } }, durationMs: 50 });
    const first = aModelCall("first", 7, 3, { parentSpanId: "agent", startTimeMs: 1_010 });
    const failed = aSpan("tool", { status: { code: "error", error: { type: "Error", message: "" } }, durationMs: 80 });
    expect(summarize(buildTree([agent, first, failed, aModelCall("second", 10, 5), first]))).toEqual({
      spans: 4,
      errors: 1,
      tokens: { prompt: 17, completion: 8, total: 25 },
      models: ["gpt-4o-2024-08-06"],
      startTimeMs: 1_000,
      durationMs: 80,
    });
  });

  it("counts no error for an attempt: its call says what came of it", () => {
    const status = { code: "error", error: { type: "HttpError", message: "HTTP 503" } } as const;
    const attempt = aSpan("attempt", { type: "attempt", parentSpanId: "call", status });
    expect(summarize(buildTree([aModelCall("call", 7, 3), attempt]))).toMatchObject({ spans: 2, errors: 0 });
    expect(summarize(buildTree([aModelCall("call", 7, 3, { status }), attempt]))).toMatchObject({ errors: 1 });
  });

  it("counts no tokens for an answer from the cache", () => {
    expect(summarize(buildTree([aModelCall("cached", 7, 3, { model: { cached: true } })])).tokens.total).toBe(0);
  });

  it("adds up a total that the model did not give, and takes no nonsense for a count", () => {
    const usage = { prompt_tokens: 4, completion_tokens: 2 };
    const odd = { prompt_tokens: "many", completion_tokens: -3, total_tokens: 1e300 };
    const calls = [usage, odd].map((given, index) => aModelCall(`s${index}`, 0, 0, { output: { usage: given } }));
    expect(summarize(buildTree(calls)).tokens).toEqual({ prompt: 4, completion: 2, total: 6 });
  });

  it("is all zero for nothing", () => {
    expect(summarize([])).toMatchObject({ spans: 0, startTimeMs: 0, durationMs: 0 });
  });
});
