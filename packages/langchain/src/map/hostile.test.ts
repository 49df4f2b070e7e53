import { describe, expect, it } from "vitest";
import { toOpenAIMessage } from "./messages.ts";
import { toChatRequest } from "./model-request.ts";
import { toModelResponse } from "./model-response.ts";
import { toRunError } from "./run-end.ts";
import { toArguments } from "./tool-arguments.ts";
import { withoutData } from "./without-data.ts";

const UNREADABLE = { role: "unknown", content: "[unreadable message]" };
const boom = (): never => {
  throw new Error("boom");
};
const throwing = (name: string): object =>
  Object.defineProperty({ getType: () => "ai", content: "x" }, name, { get: boom, enumerable: true });
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const good = { getType: () => "human", content: "hi" };

describe("messages that cannot be read", () => {
  it.each<[string, () => unknown]>([
    ["a getter of tool calls", () => throwing("tool_calls")],
    ["a getter of content", () => throwing("content")],
    ["getType", () => ({ getType: boom, content: "x" })],
    ["a part of the content", () => ({ getType: () => "ai", content: [revoked()] })],
    ["a tool call", () => ({ getType: () => "ai", content: "", tool_calls: [revoked()] })],
    ["a proxy that is revoked", revoked],
  ])("%s costs that message only", (_name, make) => {
    const message = make();
    expect(toOpenAIMessage(message)).toEqual(UNREADABLE);
    expect(toChatRequest([[good, message]], {}, {})).toEqual({
      messages: [{ role: "user", content: "hi" }, UNREADABLE],
    });
  });

  it.each<[string, () => object]>([
    ["response_metadata", () => throwing("response_metadata")],
    ["usage_metadata", () => throwing("usage_metadata")],
    ["everything", revoked],
  ])("%s of an answer does not cost the answer", (_name, make) => {
    const message = make();
    const response = toModelResponse({ generations: [[{ message }, { message: good }]] });
    expect(response).toMatchObject({
      object: "chat.completion",
      choices: [{ index: 0 }, { index: 1, message: { content: "hi" } }],
    });
  });

  it("a generation, or all of them", () => {
    expect(toModelResponse({ generations: [[revoked()]] })).toMatchObject({ choices: [{ message: UNREADABLE }] });
    expect(toModelResponse(revoked())).toEqual({ object: "chat.completion", choices: [] });
  });
});

describe("errors that cannot be read", () => {
  it.each([revoked, () => Object.defineProperty({}, "is_bubble_up", { get: boom }), () => throwing("name")])(
    "end their run",
    (make) => {
      expect(toRunError("r", make())).toMatchObject({ kind: "error", runId: "r", status: "error" });
    },
  );
});

describe("content without end", () => {
  it("that holds itself is told", () => {
    const part: Record<string, unknown> = { type: "json", a: 1 };
    part["self"] = [part];
    expect(withoutData(part)).toEqual({ type: "json", a: 1, self: ["[circular]"] });
  });

  it("a web of shared objects, endless when written out", () => {
    let web: unknown = ["x"];
    for (let level = 0; level < 60; level++) web = [web, web, web];
    expect(withoutData({ type: "json", web })).toMatchObject({ type: "json" });
  });

  it("that is nested deeply", () => {
    let deep: unknown = "end";
    for (let level = 0; level < 50_000; level++) deep = { deep };
    expect(withoutData(deep)).toHaveProperty("deep.deep.deep");
  });

  it("base64 of megabytes is described", () => {
    expect(withoutData("A".repeat(40_000_000))).toBe("[base64: 30000000 bytes]");
  });
});

describe("arguments of tool calls", () => {
  it.each<[string, () => unknown, string]>([
    ["none", () => undefined, "{}"],
    ["text", () => '{"a" :1}', '{"a" :1}'],
    ["BigInt", () => ({ n: 5n }), '{"n":"5"}'],
    ["a function", () => boom, "[unreadable arguments]"],
    [
      "a getter that throws",
      () => Object.defineProperty({}, "a", { get: boom, enumerable: true }),
      "[unreadable arguments]",
    ],
    ["toJSON that throws", () => ({ toJSON: boom }), "[unreadable arguments]"],
    ["a proxy that is revoked", revoked, "[unreadable arguments]"],
    ["too many values", () => Array.from({ length: 200_000 }, () => 1), "[too many arguments]"],
  ])("%s", (_name, make, expected) => {
    expect(toArguments(make())).toBe(expected);
  });

  it("long texts are cut, within one budget, and the JSON stays JSON", () => {
    const text = toArguments({ a: "x".repeat(1_048_570), b: "y".repeat(5_000_000), c: 1 });
    expect(text.length).toBeLessThan(1_048_700);
    expect(JSON.parse(text)).toMatchObject({ b: "yyyyyy[truncated: 4999994 characters]", c: 1 });
  });
});
