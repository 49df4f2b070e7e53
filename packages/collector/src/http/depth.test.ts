import { describe, expect, it } from "vitest";
import { isDeeperThan } from "./depth.ts";

/** `levels` objects and arrays inside each other, around a number. */
function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? { a: 0, b: value } : ["text", null, value];
  return value;
}

describe("the depth of a value", () => {
  it("is counted below the outermost object", () => {
    expect(isDeeperThan(nested(4), 3)).toBe(false);
    expect(isDeeperThan(nested(5), 3)).toBe(true);
    expect(isDeeperThan({ a: {} }, 0)).toBe(true);
  });

  it("of what is no object is none", () => {
    for (const value of [1, "text", null, undefined, {}, [], { a: 1 }, [1]]) expect(isDeeperThan(value, 0)).toBe(false);
  });

  it("is not looked for further than is asked", () => {
    expect(isDeeperThan(nested(200_000), 200)).toBe(true);
  });

  it("sees members of any name", () => {
    expect(isDeeperThan(JSON.parse('{ "__proto__": { "a": {} } }'), 1)).toBe(true);
  });
});
