import { expect, it } from "vitest";
import { formatCount, formatCounted, formatDuration } from "./format.ts";

it.each([
  [0, "0.0 ms"],
  [0.35, "0.3 ms"],
  [9.96, "10 ms"],
  [999.4, "999 ms"],
  [999.6, "1.00 s"],
  [59_990, "59.99 s"],
  [59_996, "1 min 00 s"],
  [125_000, "2 min 05 s"],
  [3_599_600, "1 h 00 min"],
  [3_720_000, "1 h 02 min"],
])("formats %d ms as %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it("groups the digits of a count", () => {
  expect([0, 999, 1_000, 1_234_567].map(formatCount)).toEqual(["0", "999", "1,000", "1,234,567"]);
});

it("puts the noun in the plural unless there is one", () => {
  expect([0, 1, 2_000].map((count) => formatCounted(count, "span"))).toEqual(["0 spans", "1 span", "2,000 spans"]);
});
