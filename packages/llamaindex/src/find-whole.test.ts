import { describe, expect, it } from "vitest";
import { wholeFromStack, wholeOfSettings } from "./find-whole.ts";

describe("wholeFromStack", () => {
  it.each([
    ["no stack", undefined],
    ["a stack that is no text", []],
    ["our own files", "Error\n    at a (/app/node_modules/@portkey-tracing/llamaindex/dist/index.cjs:1:1)"],
    ["our own repository", "Error\n    at a (/app/packages/llamaindex/dist/index.cjs:1:1)"],
    ["LlamaIndex's core", "Error\n    at a (/app/node_modules/@llamaindex/core/global/dist/index.js:1:1)"],
    ["files of another machine", "Error\n    at a (file:///nowhere/node_modules/llamaindex/dist/index.js:1:1)"],
  ])("finds nothing in %s, and does not throw", (_case, stack) => {
    expect(wholeFromStack(stack)).toBeUndefined();
  });
});

describe("wholeOfSettings", () => {
  it("finds nothing behind settings of the user's own", () => {
    const own = { callbackManager: {}, withCallbackManager: (_manager: unknown, fn: () => unknown) => fn() };
    expect(wholeOfSettings(own)).toBeUndefined();
    expect(wholeOfSettings({})).toBeUndefined();
  });
});
