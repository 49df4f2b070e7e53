import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countValues } from "./count-values.ts";

const count = (text: string, most = 1e9): number => countValues(Buffer.from(text), most);

/** A value, and all values inside it. */
function valuesIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce((sum: number, member) => sum + valuesIn(member), 1);
}

describe("the number of values in a JSON text", () => {
  it.each([
    ["1", 1],
    ["[]", 2],
    ["[{},{},{}]", 7],
    ['{"a":1,"b":[1,2]}', 5],
    ['["one, two, three","{ not the first"]', 4],
    [String.raw`["\\","a\\\",b","${"long, ".repeat(20)}\\\",",1]`, 5],
  ])("is at least the values of %s, and little more", (text, expected) => {
    expect(count(text)).toBe(expected);
  });

  it("has those of texts that look like JSON, however they are escaped", () => {
    const inner = JSON.stringify({ a: [1, 2, 3], b: JSON.stringify([1, 2]) });
    expect(count(JSON.stringify({ body: inner }))).toBeGreaterThanOrEqual(9);
    expect(count(String.raw`["  \u005B1\u002c2\u002C\u007b}]"]`)).toBeGreaterThanOrEqual(6);
    expect(count(String.raw`["\u007b\"a\":[1,2]}"]`)).toBeGreaterThanOrEqual(5);
  });

  it("is never less than there are", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(count(JSON.stringify(value))).toBeGreaterThanOrEqual(valuesIn(value));
        const text = JSON.stringify({ text: JSON.stringify(value) });
        if (typeof value === "object") expect(count(text)).toBeGreaterThanOrEqual(valuesIn(value));
      }),
    );
  });

  it("is not counted further than it matters, and of any bytes", () => {
    expect(count(`[${"1,".repeat(1_000)}1]`, 10)).toBe(11);
    expect(count(`["${"[".repeat(1_000)}"]`, 10)).toBeLessThan(20);
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(countValues(Buffer.from(bytes), 1_000)).toBeGreaterThan(0);
      }),
    );
  });
});
