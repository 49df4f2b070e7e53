import { type Collector, type CollectorOptions, startCollector } from "@portkey-tracing/collector";
import type { Span } from "@portkey-tracing/core";
import { toLogRecord } from "@portkey-tracing/core/wire";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "vitest";
import { findOwnPort } from "../support/own-port.ts";
import { explainMissingChromium, findChromium } from "./chromium.ts";

/** The page in a real Chromium, before a real collector of its own. New for each test. */
export interface TracesPage {
  readonly page: Page;
  readonly browser: Browser;
  collector: Collector;
  /** What the browser had to complain about; a test in which there is such a thing fails. */
  complaints: string[];
  /** Sends spans as a program would. */
  post(...spans: readonly Span[]): Promise<void>;
  /** Opens an address of the page, and waits for an element. */
  open(address: string, selector: string): Promise<void>;
  /** Text of what can be seen. */
  textOf(selector: string): Promise<string>;
  textsOf(selector: string): Promise<string[]>;
  /** Waits until so many elements are there. */
  count(selector: string, count: number): Promise<void>;
}

type Writable = { -readonly [K in keyof TracesPage]: TracesPage[K] };

const executablePath = findChromium();

/** A suite with a browser; said aloud where there is none. */
export function describePage(name: string, suite: (at: TracesPage) => void, options: CollectorOptions = {}): void {
  if (executablePath === undefined) explainMissingChromium(name);
  describe.skipIf(executablePath === undefined)(name, () => {
    const at: Writable = {
      complaints: [],
      post: async (...spans) => {
        const body = JSON.stringify(spans.map(toLogRecord));
        const answer = await fetch(`${at.collector.baseURL}/logs`, { method: "POST", body });
        expect(answer.status).toBe(200);
      },
      open: async (address, selector) => {
        await at.page.goto(at.collector.url + address);
        await at.page.waitForSelector(selector);
      },
      textOf: async (selector) => toLine(await at.page.innerText(selector)),
      count: (selector, count) => expect.poll(() => at.page.locator(selector).count()).toBe(count),
      textsOf: async (selector) => (await at.page.locator(selector).allInnerTexts()).map(toLine),
    } as Partial<Writable> as Writable;

    beforeAll(async () => {
      at.browser = await chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
    });
    afterAll(() => at.browser.close());

    beforeEach(async () => {
      at.collector = await startCollector({ quiet: true, port: await findOwnPort(), ...options });
      at.page = await at.browser.newPage({ viewport: { width: 1_400, height: 900 } });
      at.complaints = [];
      at.page.on("pageerror", (error) => at.complaints.push(String(error)));
      at.page.on("console", (message) => {
        if (message.type() === "error" && !message.text().includes("404")) at.complaints.push(message.text());
      });
      at.page.on("dialog", (dialog) => {
        at.complaints.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      at.page.setDefaultTimeout(30_000);
    });
    afterEach(async () => {
      await at.page.close();
      await at.collector.close();
      expect(at.complaints).toEqual([]);
    });

    suite(at);
  });
}

function toLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
