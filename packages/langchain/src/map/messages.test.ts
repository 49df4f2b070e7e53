import { describe, expect, it } from "vitest";
import { toOpenAIMessage } from "./messages.ts";

const message = (type: string, fields: object): unknown => ({ getType: () => type, ...fields });

describe("messages in OpenAI's shape", () => {
  it.each([
    ["human", "user"],
    ["ai", "assistant"],
    ["system", "system"],
    ["developer", "developer"],
  ])("%s is %s", (type, role) => {
    expect(toOpenAIMessage(message(type, { content: "hi" }))).toEqual({ role, content: "hi" });
  });

  it("a generic message keeps its role", () => {
    expect(toOpenAIMessage(message("generic", { role: "critic", content: "hm" }))).toEqual({
      role: "critic",
      content: "hm",
    });
  });

  it("tool calls have their arguments as JSON text", () => {
    const calls = [{ id: "call_1", name: "add", args: { a: 1 } }];
    expect(toOpenAIMessage(message("ai", { content: "", tool_calls: calls }))).toEqual({
      role: "assistant",
      content: "",
      tool_calls: [{ id: "call_1", type: "function", function: { name: "add", arguments: '{"a":1}' } }],
    });
  });

  it("calls whose arguments are no JSON are kept as the model wrote them", () => {
    const invalid = [{ id: "call_2", name: "add", args: '{"a":', error: "Malformed args." }];
    expect(toOpenAIMessage(message("ai", { content: "", tool_calls: [], invalid_tool_calls: invalid }))).toEqual({
      role: "assistant",
      content: "",
      tool_calls: [{ id: "call_2", type: "function", function: { name: "add", arguments: '{"a":' } }],
    });
  });

  it("reasoning that a provider tells beside the answer is kept beside it", () => {
    const fields = { content: "4", additional_kwargs: { reasoning_content: "2 and 2" } };
    expect(toOpenAIMessage(message("ai", fields))).toEqual({
      role: "assistant",
      content: "4",
      reasoning_content: "2 and 2",
    });
  });

  it("a tool's answer names the call and tells a failure", () => {
    const fields = { content: "boom", tool_call_id: "call_1", name: "add", status: "error" };
    expect(toOpenAIMessage(message("tool", fields))).toEqual({
      role: "tool",
      content: "boom",
      tool_call_id: "call_1",
      name: "add",
      status: "error",
    });
  });

  it("images and audio are described by type and size", () => {
    const content = [
      { type: "text", text: "what is this?" },
      { type: "image_url", image_url: { url: `data:image/png;base64,${"A".repeat(4000)}` } },
      { type: "image_url", image_url: { url: "https://example.com/a.png" } },
      { type: "input_audio", input_audio: { data: "B".repeat(8000), format: "wav" } },
    ];
    expect(toOpenAIMessage(message("human", { content }))).toEqual({
      role: "user",
      content: [
        { type: "text", text: "what is this?" },
        { type: "image_url", image_url: { url: "[image/png: 3000 bytes]" } },
        { type: "image_url", image_url: { url: "https://example.com/a.png" } },
        { type: "input_audio", input_audio: { data: "[base64: 6000 bytes]", format: "wav" } },
      ],
    });
  });

  it("arguments that cannot be written do not stop the message", () => {
    const args: Record<string, unknown> = {};
    args["self"] = args;
    expect(toOpenAIMessage(message("ai", { content: "", tool_calls: [{ id: "1", name: "f", args }] }))).toMatchObject({
      tool_calls: [{ function: { name: "f", arguments: "[unreadable arguments]" } }],
    });
  });
});
