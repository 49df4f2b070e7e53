import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { aCall, aSpan } from "../../../../../tests/support/spans.ts";
import { toCurl } from "./curl.ts";
import { answerMessages, documentsIn, plainText, requestMessages } from "./messages.ts";

const text = (role: string, said: string): object => ({ role, parts: [{ kind: "text", text: said }] });

describe("messages", () => {
  it("are read from OpenAI's chats, with tool calls, their results, and reasoning", () => {
    const call = { id: "c1", type: "function", function: { name: "weather", arguments: '{"city":"Paris"}' } };
    const messages = [
      {
        role: "user",
        content: [
          { type: "text", text: "Hi" },
          { type: "image_url", image_url: { url: "data:" } },
        ],
      },
      { role: "assistant", content: "", reasoning_content: "hm", tool_calls: [call] },
      { role: "tool", content: "22 °C", tool_call_id: "c1" },
    ];
    expect(requestMessages({ messages })).toEqual([
      {
        role: "user",
        parts: [
          { kind: "text", text: "Hi" },
          { kind: "other", type: "image_url", value: { type: "image_url", image_url: { url: "data:" } } },
        ],
      },
      {
        role: "assistant",
        parts: [
          { kind: "reasoning", text: "hm" },
          { kind: "call", name: "weather", id: "c1", input: { city: "Paris" } },
        ],
      },
      { role: "tool", parts: [{ kind: "result", id: "c1", output: "22 °C" }] },
    ]);
    expect(answerMessages({ choices: [{ message: { role: "assistant", content: "Sunny." } }] })).toEqual([
      text("assistant", "Sunny."),
    ]);
  });

  it("are read from Anthropic's blocks and the Responses API's items", () => {
    const content = [
      { type: "thinking", thinking: "hm" },
      { type: "tool_use", id: "t", name: "find", input: { q: 1 } },
    ];
    expect(requestMessages({ system: "Be brief.", messages: [{ role: "assistant", content }] })).toEqual([
      text("system", "Be brief."),
      {
        role: "assistant",
        parts: [
          { kind: "reasoning", text: "hm" },
          { kind: "call", name: "find", id: "t", input: { q: 1 } },
        ],
      },
    ]);
    const output = [
      { type: "reasoning", summary: [{ type: "summary_text", text: "because" }] },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "Yes." }] },
    ];
    expect(answerMessages({ output })).toEqual([
      { role: "assistant", parts: [{ kind: "reasoning", text: "because" }] },
      text("assistant", "Yes."),
    ]);
  });

  it("are no messages where there are none", () => {
    for (const value of ["text", null, 5, {}, { messages: "x" }, { messages: [] }, [1, 2]]) {
      expect(requestMessages(value)).toBeUndefined();
      expect(answerMessages(value)).toBeUndefined();
    }
  });

  it("give what was said and answered in words", () => {
    const messages = [
      { role: "user", content: "One?" },
      { role: "assistant", content: "Two." },
    ];
    expect(plainText({ messages }, "input")).toBe("One?");
    expect(plainText({ messages }, "output")).toBe("Two.");
    expect(plainText({ query: "What?", top: 3 }, "input")).toBe("What?");
    expect(plainText({ a: 1 }, "output")).toBeUndefined();
  });
});

describe("documents", () => {
  it("are read from LangChain's and LlamaIndex's retrievers, with their scores", () => {
    expect(documentsIn([{ pageContent: "Bears eat.", metadata: { page: 3 } }])).toEqual([
      { text: "Bears eat.", metadata: { page: 3 } },
    ]);
    expect(documentsIn({ output: [{ score: 0.5, id: "n", text: "Bees sing.", metadata: {} }] })).toEqual([
      { id: "n", score: 0.5, text: "Bees sing.", metadata: {} },
    ]);
    expect(documentsIn({ nodes: [{ score: 1, node: { text: "x" } }] })).toEqual([{ score: 1, text: "x" }]);
  });

  it("are none where something else is among them", () => {
    expect(documentsIn([{ pageContent: "x" }, 5])).toBeUndefined();
    expect(documentsIn([{ role: "user", content: "x" }])).toBeUndefined();
    expect(documentsIn([])).toBeUndefined();
  });
});

describe("copy as cURL", () => {
  it("gives a shell exactly the body that was sent, whatever is in it", () => {
    const input = { model: "a-model", messages: [{ role: "user", content: 'it\'s $HOME `x` \\ "q"\n!!' }] };
    const command = toCurl(aCall("a", { input })) ?? "";
    expect(command).toMatch(/^curl --url 'https:\/\/api\.openai\.com\/v1\/chat\/completions'/);
    const body = execFileSync("sh", ["-c", `curl() { for last; do :; done; printf %s "$last"; }\n${command}`], {
      encoding: "utf8",
    });
    expect(JSON.parse(body)).toEqual(input);
  });

  it("lets a hostile address run nothing and be no option", () => {
    const command = toCurl(aCall("a", { model: { url: "$(echo ran)' -o x; `echo ran`" } })) ?? "";
    const printed = execFileSync("sh", ["-c", `curl() { printf %s "$2"; }\n${command}`], { encoding: "utf8" });
    expect(printed).toBe("$(echo ran)' -o x; `echo ran`");
  });

  it("names a variable for the key, and there is none of other spans", () => {
    expect(toCurl(aCall("a"))).toContain('-H "authorization: Bearer $OPENAI_API_KEY"');
    expect(toCurl(aCall("a", { model: { provider: "anthropic" } }))).toContain("x-api-key: $ANTHROPIC_API_KEY");
    expect(toCurl(aSpan("a"))).toBeUndefined();
  });
});
