import { describe, expect, it } from "vitest";
import { applyCapture, type CapturePolicy, createSnapshot } from "./capture.ts";
import type { Span } from "./span.ts";

const ALL: CapturePolicy = { inputs: true, outputs: true, maxBytes: 1_000, maxDepth: 10 };
const PARAMETERS = { model: "m", temperature: 0, max_tokens: 5, tools: [], stream: true };
const CONTENT_NAMES = `messages prompt input prediction instructions system systemInstruction contents documents query
  audio text question suffix context metadata user anything`
  .trim()
  .split(/\s+/);
const FACTS = { id: "x", object: "chat.completion", model: "m-1", usage: { total_tokens: 3 } };
const ANSWER_NAMES = [
  "choices",
  "output",
  "output_text",
  "data",
  "content",
  "candidates",
  "message",
  "text",
  "results",
];

const withContent = (facts: object, names: readonly string[]): Span["input"] & object => ({
  ...facts,
  ...Object.fromEntries(names.map((name) => [name, "private"])),
});
const call: Span = {
  traceId: "t",
  spanId: "s",
  name: "m",
  type: "llm",
  source: "Langchain",
  startTimeMs: 1,
  durationMs: 1,
  status: { code: "ok" },
  input: withContent(PARAMETERS, CONTENT_NAMES),
  output: withContent(FACTS, ANSWER_NAMES),
  model: {},
  marks: [{ name: "first", timeMs: 2, attributes: "private" }],
  tags: ["tag"],
  metadata: { a: 1 },
};

describe("what capture leaves out", () => {
  it("of a model's request everything that is no parameter", () => {
    const kept = applyCapture(call, { ...ALL, inputs: false });
    expect(kept.input).toEqual(PARAMETERS);
    expect(kept.output).toEqual(call.output);
    expect(kept.marks).toEqual([{ name: "first", timeMs: 2 }]);
  });

  it("of a model's answer everything that is no fact about it", () => {
    const kept = applyCapture(call, { ...ALL, outputs: false });
    expect(kept.input).toEqual(call.input);
    expect(kept.output).toEqual(FACTS);
  });

  it("of other spans all of it, and what a human is asked", () => {
    const { model: _model, ...tool } = call;
    const asking: Span = { ...tool, type: "tool", status: { code: "interrupted", value: "private" } };
    const kept = applyCapture(asking, { ...ALL, inputs: false, outputs: false });
    expect(JSON.stringify(kept)).not.toContain("private");
    expect(kept).toMatchObject({ status: { code: "interrupted" }, tags: ["tag"], metadata: { a: 1 } });
    expect(kept).not.toHaveProperty("input");
    expect(applyCapture(asking, { ...ALL, inputs: false }).status).toEqual(asking.status);
  });

  it("nothing of errors", () => {
    const failed: Span = { ...call, status: { code: "error", error: { type: "Error", message: "no" } } };
    expect(applyCapture(failed, { ...ALL, inputs: false, outputs: false }).status).toEqual(failed.status);
  });

  it("nothing by default", () => {
    expect(applyCapture(call, ALL)).toBe(call);
  });
});

describe("copies of the program's values", () => {
  it("never hold the values of secret names, also in text", () => {
    const copy = createSnapshot(ALL, () => undefined);
    const value = { apiKey: "v-1", text: ' {"n":[{"password":"v-1"}]}', url: "https://u:v-1@host/" };
    expect(copy(value, { source: "Portkey" }).value).toEqual({
      apiKey: "[redacted]",
      text: '{"n":[{"password":"[redacted]"}]}',
      url: "https://[redacted]@host/",
    });
  });
});
