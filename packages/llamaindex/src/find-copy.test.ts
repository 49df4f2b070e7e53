import { describe, expect, it } from "vitest";
import { coreFromStack, coreOfModel } from "./find-copy.ts";

describe("coreFromStack", () => {
  it.each([
    [undefined],
    [42],
    [""],
    ["Error\n    at run (/app/node_modules/langchain/dist/index.js:1:1)"],
    ["Error\n    at run (file:///nowhere/node_modules/@llamaindex/core/llms/dist/index.js:1:1)"],
  ])("finds nothing in %j, and does not throw", (stack) => {
    expect(coreFromStack(stack)).toBeUndefined();
  });
});

describe("coreOfModel", () => {
  it("finds nothing behind a model of the user's own", () => {
    class Own {
      chat() {}
      complete() {}
    }
    expect(coreOfModel(new Own())).toBeUndefined();
    expect(coreOfModel(Object.create(null) as object)).toBeUndefined();
  });
});
