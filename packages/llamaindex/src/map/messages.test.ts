import { describe, expect, it } from "vitest";
import { toMessages } from "./messages.ts";

describe("toMessages", () => {
  it("gives OpenAI's shape to texts, tool calls and tool results", () => {
    const messages = [
      { role: "system", content: "be brief" },
      { role: "memory", content: "the user is Ada" },
      { role: "user", content: "how is Rome?" },
      {
        role: "assistant",
        content: "",
        options: { toolCall: [{ id: "c1", name: "weather", input: { city: "Rome" } }] },
      },
      { role: "user", content: "sunny", options: { toolResult: { id: "c1", result: "sunny", isError: false } } },
    ];
    expect(toMessages(messages)).toEqual([
      { role: "system", content: "be brief" },
      { role: "system", content: "the user is Ada" },
      { role: "user", content: "how is Rome?" },
      {
        role: "assistant",
        content: "",
        tool_calls: [{ id: "c1", type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } }],
      },
      { role: "tool", tool_call_id: "c1", content: "sunny" },
    ]);
  });

  it("keeps parts of texts and addresses, and names media instead of sending them", () => {
    const content = [
      { type: "text", text: "what is this?" },
      { type: "image_url", image_url: { url: "https://example.org/cat.png" } },
      { type: "image", mimeType: "image/png", data: "A".repeat(5000) },
    ];
    expect(toMessages([{ role: "user", content }])).toEqual([
      {
        role: "user",
        content: [content[0], content[1], { type: "image", mime_type: "image/png", data: "[5000 characters]" }],
      },
    ]);
  });

  it("survives what is no message", () => {
    expect(toMessages(undefined)).toEqual([]);
    expect(toMessages([null, 3])).toEqual([
      { role: "user", content: undefined },
      { role: "user", content: undefined },
    ]);
  });

  it("survives arguments that JSON cannot hold", () => {
    const input: Record<string, unknown> = {};
    input["self"] = input;
    const [message] = toMessages([{ role: "assistant", options: { toolCall: [{ id: "c", name: "n", input }] } }]);
    expect(message).toMatchObject({ tool_calls: [{ function: { name: "n", arguments: input } }] });
  });
});
