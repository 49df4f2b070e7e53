import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { expect, it } from "vitest";
import { agent } from "./agent-trace.ts";
import { describePage } from "./traces-page.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const VIEWS = [
  ["the list", "/", "tbody tr"],
  ["nothing found", "/?q=status:bad none", ".empty"],
  ["a trace", "/traces/trace?path=1", ".row"],
  ["a span", "/traces/trace?span=ask", ".chat"],
  ["an error", "/traces/trace?span=find", ".box"],
  ["a session", "/sessions/s-1", ".bubble"],
  ["no trace", "/traces/none", ".empty"],
] as const;

describePage("the page for everybody", (at) => {
  it.each(VIEWS)("gives axe nothing to find in %s, light and dark", async (_, address, selector) => {
    await at.post(...agent);
    for (const colorScheme of ["light", "dark"] as const) {
      await at.page.emulateMedia({ colorScheme });
      await at.open(address, selector);
      await at.page.evaluate(axe);
      const { violations } = await at.page.evaluate<AxeResults>("axe.run()");
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join("\n")}`);
      expect(found).toEqual([]);
    }
  });

  it("gives axe nothing to find in the tabs of a span and in its dialog", async () => {
    await at.post(...agent);
    await at.open("/traces/trace?span=ask", ".chat");
    await at.page.evaluate(axe);
    for (const name of ["Details", "JSON"]) {
      await at.page.click(`.tabs button:text-is("${name}")`);
      await at.page.waitForSelector(".detail .json");
      expect((await at.page.evaluate<AxeResults>("axe.run()")).violations.map((one) => one.id)).toEqual([]);
    }
    await at.page.keyboard.press("?");
    await at.page.waitForSelector("dialog[open]");
    expect((await at.page.evaluate<AxeResults>("axe.run()")).violations.map((one) => one.id)).toEqual([]);
  });

  it.each([400, 760, 1_400])("fits into %i pixels", async (width) => {
    await at.post(...agent);
    await at.page.setViewportSize({ width, height: 800 });
    for (const [, address, selector] of VIEWS) {
      await at.open(address, selector);
      expect(await at.page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    }
  });

  it("is used with the Tab key alone: each control can be reached and shows that it is", async () => {
    await at.post(...agent);
    await at.open("/traces/trace?span=ask", ".chat");
    const reached = new Set<string>();
    for (let presses = 0; presses < 60; presses++) {
      await at.page.keyboard.press("Tab");
      reached.add(await at.page.evaluate<string>(NAME_OF_FOCUS));
    }
    for (const name of [
      "All traces",
      "Keys",
      "Good",
      "Bad",
      "Search in this trace",
      "Critical path",
      "Width of the tree",
      "Spans",
      "Copy as cURL",
      "Close",
      "Content",
    ]) {
      expect([...reached]).toContain(name);
    }
    expect(await at.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).not.toBe("none");
  });
});

const NAME_OF_FOCUS = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText.trim()";
