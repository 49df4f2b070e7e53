import { type Collector, startCollector } from "@portkey-tracing/collector";
import type { Span } from "@portkey-tracing/core";
import { toLogRecord } from "@portkey-tracing/core/wire";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { explainMissingChromium, findChromium } from "./chromium.ts";

const executablePath = findChromium();
if (executablePath === undefined) explainMissingChromium("the Traces page");

const START_MS = Date.parse("2026-11-21T12:00:00.000Z");

function aSpan(spanId: string, more: Partial<Span> = {}): Span {
  return {
    traceId: "trace",
    spanId,
    name: spanId,
    type: "chain",
    source: "Langchain",
    startTimeMs: START_MS,
    durationMs: 1_000,
    status: { code: "ok" },
    marks: [],
    tags: [],
    metadata: {},
    ...more,
  };
}

const failed = { code: "error", error: { type: "RangeError", message: "no such order: 17" } } as const;

const agent: Span[] = [
  aSpan("root", { name: "support-agent", type: "agent" }),
  aSpan("ask", {
    name: "ChatOpenAI",
    type: "llm",
    parentSpanId: "root",
    durationMs: 250,
    model: { provider: "openai" },
    input: { model: "gpt-4o", messages: [{ role: "user", content: "Where is order 17?" }] },
    output: { model: "gpt-4o", usage: { prompt_tokens: 1_200, completion_tokens: 34, total_tokens: 1_234 } },
  }),
  aSpan("find", {
    name: "lookup_order",
    type: "tool",
    parentSpanId: "root",
    startTimeMs: START_MS + 500,
    durationMs: 500,
    status: failed,
  }),
];

describe.skipIf(executablePath === undefined)("the Traces page", () => {
  let browser: Browser;
  let collector: Collector;
  let page: Page;
  /** What the browser had to complain about, beside answers that tell of something missing. */
  let complaints: string[];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    collector = await startCollector({ quiet: true });
    page = await browser.newPage({ viewport: { width: 1_400, height: 900 } });
    complaints = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().includes("404")) complaints.push(message.text());
    });
    page.on("dialog", (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.setDefaultTimeout(10_000);
  });
  afterEach(async () => {
    await page.close();
    await collector.close();
    expect(complaints).toEqual([]);
  });

  async function post(spans: readonly Span[]): Promise<void> {
    const body = JSON.stringify(spans.map(toLogRecord));
    const answer = await fetch(`${collector.baseURL}/logs`, { method: "POST", body });
    expect(answer.status).toBe(200);
  }

  /** Text of what can be seen. */
  const textOf = async (selector: string): Promise<string> => (await page.innerText(selector)).replaceAll(/\s+/g, " ");

  it("says what to do while there is nothing, and shows a trace once it has come", async () => {
    await page.goto(collector.url);
    await page.waitForSelector(".empty");
    expect(await textOf(".empty")).toContain(`PORTKEY_BASE_URL=${collector.baseURL}`);
    await post(agent);
    await page.waitForSelector("tbody tr");
    expect(await textOf("tbody tr")).toContain("support-agent gpt-4o");
    expect(await textOf("tbody tr")).toContain("1 error inside");
    expect(await textOf("tbody tr")).toMatch(/1\.00 s 1,234 3$/);
  });

  it("leads from the list to the tree, with its bars on one time axis", async () => {
    await post(agent);
    await page.goto(collector.url);
    await page.click("text=support-agent");
    await page.waitForSelector(".row");
    expect(page.url()).toBe(`${collector.url}/traces/trace`);
    expect(await page.title()).toBe("support-agent · Traces");
    const names = await page.locator(".row .name").allInnerTexts();
    expect(names).toEqual(["support-agent", "ChatOpenAI", "lookup_order"]);
    const levels = await page.locator(".row").evaluateAll((rows) => rows.map((row) => row.ariaLevel));
    expect(levels).toEqual(["1", "2", "2"]);
    const track = await boxOf(".row[data-span=root] .track");
    const bar = await boxOf(".row[data-span=find] .bar-of");
    expect((bar.x - track.x) / track.width).toBeCloseTo(0.5, 1);
    expect(bar.width / track.width).toBeCloseTo(0.5, 1);
  });

  async function boxOf(selector: string): Promise<{ x: number; width: number }> {
    return (await page.locator(selector).boundingBox()) ?? { x: Number.NaN, width: Number.NaN };
  }

  it("tells everything about the span that is picked, by mouse, by key and by address", async () => {
    await post(agent);
    await page.goto(`${collector.url}/traces/trace#find`);
    await page.waitForSelector(".detail");
    expect(await textOf(".detail")).toContain("RangeError: no such order: 17");
    await page.click(".row[data-span=ask]");
    expect(await textOf(".detail")).toContain("1,200 → 34 = 1,234");
    expect(await textOf(".detail")).toContain("Where is order 17?");
    expect(page.url()).toMatch(/#ask$/);
    await page.press(".waterfall", "ArrowUp");
    expect(await textOf(".detail h2")).toBe("support-agent");
    await page.press(".waterfall", "Escape");
    expect(await page.isVisible(".detail")).toBe(false);
  });

  it("grows while the trace runs, and keeps what was picked", async () => {
    await post(agent.slice(1));
    await page.goto(`${collector.url}/traces/trace#ask`);
    await page.waitForSelector(".detail");
    expect(await textOf("h1")).toContain("open");
    expect(await page.locator("text=parent missing").count()).toBe(2);
    await post(agent);
    await page.waitForSelector("text=support-agent");
    expect(await page.locator(".row").count()).toBe(3);
    expect(await page.getAttribute(".row.selected", "data-span")).toBe("ask");
  });

  it("keeps hostile content as text", async () => {
    const evil = `<img src=x onerror="alert(1)"><script>alert(2)</script>\u202e\u0007`;
    const status = { code: "error", error: { type: evil, message: evil, stack: evil } } as const;
    await post([
      aSpan("root", {
        traceId: "a/b?c#d",
        name: evil,
        tags: [evil],
        metadata: { [evil]: evil },
        input: evil,
        output: { [evil]: "x".repeat(5_000_000) },
        status,
      }),
    ]);
    await page.goto(collector.url);
    await page.click("tbody a");
    await page.click(".row");
    expect(await textOf(".detail .message")).toContain("<script>alert(2)</script>");
    expect(await textOf(".row .name")).toBe('<img src=x onerror="alert(1)"><script>alert(2)</script>\ufffd\ufffd');
    expect(await page.locator("img, #page script").count()).toBe(0);
    expect((await page.locator(".detail pre").nth(2).innerText()).length).toBeLessThan(25_000);
  });

  it("scrolls through 5,000 spans with a few rows in the document", async () => {
    const calls = Array.from({ length: 4_999 }, (_, index) =>
      aSpan(`s${index}`, { parentSpanId: "root", startTimeMs: START_MS + index / 5, durationMs: 1 }),
    );
    await collector.store.insert([aSpan("root"), ...calls]);
    await page.goto(`${collector.url}/traces/trace`);
    await page.waitForSelector(".row");
    await page.locator(".waterfall").evaluate((element) => element.scrollTo(0, 1e9));
    await page.waitForSelector(".row[data-span=s4998]");
    expect(await page.locator(".row").count()).toBeLessThan(100);
  });

  it.each([400, 1_400])("fits into %i pixels, light and dark", async (width) => {
    await post(agent);
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const address of ["/", "/traces/trace#find"]) {
        await page.goto(collector.url + address);
        await page.waitForSelector(address === "/" ? "tbody tr" : ".detail");
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      }
    }
    const ground = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
    expect(ground).toBe("rgb(19, 20, 23)");
  });

  it("says so when the collector is gone, and when a trace is not there", async () => {
    await page.goto(`${collector.url}/traces/none`);
    await page.waitForSelector("#notice:not([hidden])");
    expect(await textOf("#notice")).toContain("No span of this trace has arrived");
    await collector.close();
    await page.waitForSelector("#notice:has-text('does not answer')");
    complaints = complaints.filter((complaint) => !complaint.includes("ERR_CONNECTION_REFUSED"));
  });
});
