import { describe, expect, it } from "vitest";
import { toStreamedInput, toStreamedToken, toToken } from "./run-progress.ts";

const chunk = (message: object) => ({ chunk: { message } });

describe("tokens", () => {
  it("are texts of chunks", () => {
    expect(toToken("Hel", "r", chunk({}))).toMatchObject({ kind: "token", runId: "r", text: "Hel", isChunk: true });
  });

  it("may be a piece of a tool call", () => {
    expect(toToken("", "r", chunk({ tool_call_chunks: [{ args: "{" }] }))).toMatchObject({
      text: "",
      hasContent: true,
    });
    expect(toToken("", "r", chunk({ tool_call_chunks: [] }))).toMatchObject({ text: "", hasContent: false });
  });

  it("bring the counts of their chunk", () => {
    const usage_metadata = { input_tokens: 7, output_tokens: 1, total_tokens: 8 };
    expect(toToken("", "r", chunk({ usage_metadata }))).toMatchObject({
      usage: { prompt_tokens: 7, completion_tokens: 1, total_tokens: 8 },
    });
  });

  it("tell how an answer of Anthropic's has begun", () => {
    const usage_metadata = { input_tokens: 7, output_tokens: 1, total_tokens: 8 };
    const first = chunk({ usage_metadata, additional_kwargs: { type: "message", role: "assistant" } });
    expect(toToken("", "r", first)).toMatchObject({ usage: { completion_tokens: 1 }, counts: "begun" });
    expect(toToken("", "r", chunk({ usage_metadata })).counts).toBeUndefined();
  });

  it("may come without a chunk, as a whole answer does", () => {
    expect(toToken("all of it", "r", undefined)).toMatchObject({ text: "all of it", isChunk: false });
  });
});

describe("the stream events of 1.x", () => {
  it.each([
    [
      { event: "content-block-delta", delta: { type: "text-delta", text: "Hel" } },
      { text: "Hel", hasContent: false },
    ],
    [
      { event: "content-block-delta", delta: { type: "block-delta" } },
      { text: "", hasContent: true },
    ],
    [
      { event: "message-start", id: "m" },
      { text: "", hasContent: false, usage: undefined },
    ],
  ])("%o", (event, expected) => {
    expect(toStreamedToken(event, "r")).toMatchObject(expected);
  });

  it.each(["message-start", "usage", "message-finish"])("tell all counts so far: %s", (event) => {
    const usage = { input_tokens: 7, output_tokens: 1, total_tokens: 8 };
    expect(toStreamedToken({ event, usage }, "r")).toMatchObject({ usage: { prompt_tokens: 7 }, counts: "so-far" });
  });
});

describe("what came in to a step of a stream", () => {
  it.each<[string, unknown, unknown]>([
    ["is told with its end", { inputs: { x: 1 } }, { x: 1 }],
    ["may be empty", { inputs: {} }, {}],
    ["is not known where it could not be put together", { inputs: { input: undefined } }, undefined],
    ["is not told where nothing was streamed", undefined, undefined],
  ])("%s", (_name, given, expected) => {
    expect(toStreamedInput(given)).toEqual(expected);
  });

  it("may be anything", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(toStreamedInput({ inputs: proxy })).toBeUndefined();
  });
});
