import { expect, it, vi } from "vitest";
import { explainMissingChromium, findChromium } from "./chromium.ts";

it("takes the Chromium that is named, and no other in its place", () => {
  expect(findChromium({ CHROMIUM: process.execPath })).toBe(process.execPath);
  expect(findChromium({ CHROMIUM: "/nowhere/chromium" })).toBeUndefined();
  expect(findChromium({ CHROMIUM: "" })).toBe(findChromium({}));
});

it("is missed aloud, and with CI set the suite fails for it", () => {
  const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  explainMissingChromium("the suite", {});
  expect(said.mock.calls.join()).toContain("SKIPPED the suite: no Chromium found");
  said.mockRestore();
  expect(() => explainMissingChromium("the suite", { CI: "true" })).toThrow("no Chromium found");
});
