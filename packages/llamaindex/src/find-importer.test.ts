import { describe, expect, it } from "vitest";
import { coreOfImporter } from "./find-importer.ts";

const OURS = "    at get callbackManager (file:///app/node_modules/@portkey-tracing/llamaindex/dist/index.mjs:1:1)";

describe("coreOfImporter", () => {
  it.each([
    ["no stack", undefined],
    ["a stack that is no text", []],
    ["nobody but ourselves", `Error\n${OURS}\n${OURS}`],
    ["code without a file", `Error\n${OURS}\n    at eval (eval at run (<anonymous>), <anonymous>:1:1)`],
  ])("finds nothing in %s, and does not throw", (_case, stack) => {
    expect(coreOfImporter(stack)).toBeUndefined();
  });
});
