import { describe, expect, it } from "vitest";
import { StreamedAnswer, toChatAnswer } from "./chat-answer.ts";

describe("toChatAnswer", () => {
  it("gives OpenAI's shape to an answer of OpenAI", () => {
    const raw = {
      id: "chatcmpl-1",
      model: "gpt-4o-2024-08-06",
      choices: [{ finish_reason: "stop" }],
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    };
    expect(toChatAnswer({ raw, message: { role: "assistant", content: "hi" } }, "gpt-4o")).toEqual({
      id: "chatcmpl-1",
      object: "chat.completion",
      model: "gpt-4o-2024-08-06",
      choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    });
  });

  it("gives it to answers of others, and to none", () => {
    const parts = [{ type: "text", text: "hi" }];
    expect(toChatAnswer({ raw: { stop_reason: "end_turn" }, message: { content: parts } }, "claude")).toMatchObject({
      model: "claude",
      choices: [{ message: { content: "hi" }, finish_reason: "end_turn" }],
    });
    expect(toChatAnswer(undefined, "m")).toMatchObject({ model: "m", choices: [{ message: { content: "" } }] });
  });
});

describe("StreamedAnswer", () => {
  it("gathers text, the last form of each tool call, and what the chunks say of the whole", () => {
    const answer = new StreamedAnswer();
    const chunk = (delta: string, toolCall: object[] = [], raw: object = {}) =>
      answer.add({ delta, options: { toolCall }, raw: { id: "x", model: "gpt", ...raw } });
    expect(chunk("a ")).toEqual({ text: "a ", hasToolCall: false });
    expect(chunk("", [{ id: "c1", name: "weather", input: '{"ci' }])).toEqual({ text: "", hasToolCall: true });
    chunk("", [{ id: "c1", name: "weather", input: { city: "Rome" } }], { choices: [{ finish_reason: "tool_calls" }] });
    chunk("b", [], { usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } });
    expect(answer.toAnswer("m")).toEqual({
      id: "x",
      object: "chat.completion",
      model: "gpt",
      choices: [
        {
          index: 0,
          finish_reason: "tool_calls",
          message: {
            role: "assistant",
            content: "a b",
            tool_calls: [{ id: "c1", type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } }],
          },
        },
      ],
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    });
  });

  it("passes over texts that LlamaIndex repeats with the later events of a response", () => {
    const answer = new StreamedAnswer();
    answer.add({ delta: "hi", raw: { type: "response.output_text.delta" } });
    answer.add({ delta: "hi", raw: { type: "response.completed", response: { id: "r1", model: "gpt" } } });
    expect(answer.toAnswer("m")).toMatchObject({ id: "r1", model: "gpt", choices: [{ message: { content: "hi" } }] });
  });
});
