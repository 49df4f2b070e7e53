import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { aCall, aSpan } from "../../../../tests/support/spans.ts";
import { rollUpOf, toSummary } from "../store/roll-up.ts";
import { costOf, type PricedUsage } from "./cost.ts";
import { readPriceFile, toPriceFile } from "./price-file.ts";
import { costOfSpan, costOfTrace } from "./span-cost.ts";

const MILLION = 1_000_000;
const usage = (model: string, more: Partial<PricedUsage> = {}): PricedUsage => ({
  model,
  prompt: MILLION,
  completion: MILLION,
  atMs: Date.parse("2026-11-21T12:00:00Z"),
  ...more,
});

describe("costOf", () => {
  it("prices input, cached input and output apart, and tells each line", () => {
    expect(costOf(usage("gpt-4o", { provider: "openai", cached: MILLION / 2 }))).toEqual({
      usd: 1.25 + 0.625 + 10,
      source: "genai-prices",
      pricedAs: "openai/gpt-4o",
      parts: [
        { what: "input", tokens: MILLION / 2, usdPerMillion: 2.5 },
        { what: "cached input", tokens: MILLION / 2, usdPerMillion: 1.25 },
        { what: "output", tokens: MILLION, usdPerMillion: 10 },
      ],
    });
  });

  it.each(["@team/gpt-4o", "gpt-4o-2024-08-06", "gpt-4o-2031-01-01"])("knows the model behind the name %s", (name) => {
    expect(costOf(usage(name, { provider: "openai" }))?.usd).toBe(12.5);
  });

  it("knows no cost of a model or a provider without a price", () => {
    expect(costOf(usage("a-model"))).toBeUndefined();
    expect(costOf(usage("gpt-4o", { provider: "a-provider" }))).toBeUndefined();
  });

  it("takes the price of long prompts by the length of the mean call", () => {
    const gemini = usage("gemini-2.5-pro", { provider: "google", completion: 0 });
    expect(costOf(gemini)?.usd).toBe(2.5);
    expect(costOf({ ...gemini, calls: 10 })?.usd).toBe(1.25);
  });

  it("survives counts that cannot be", () => {
    expect(costOf(usage("gpt-4o", { prompt: 10, cached: 99, completion: 0 }))?.parts).toEqual([
      { what: "cached input", tokens: 10, usdPerMillion: 1.25 },
    ]);
  });

  it("puts the user's prices before all others: by provider and model, by model, by beginning", () => {
    const file = toPriceFile({ "gpt-4o": { input: 1 }, "azure/gpt-4o": { input: 2 }, "my-*": { input: 3, output: 4 } });
    expect(costOf(usage("gpt-4o"), file)).toMatchObject({ usd: 1, source: "price file", pricedAs: "gpt-4o" });
    expect(costOf(usage("gpt-4o", { provider: "azure" }), file)?.usd).toBe(2);
    expect(costOf(usage("my-model-7b"), file)).toMatchObject({ usd: 7, pricedAs: "my-*" });
  });
});

describe("costs of spans and traces", () => {
  it("counts what a span used, cached tokens in it", () => {
    const output = {
      model: "gpt-4o",
      usage: {
        prompt_tokens: MILLION,
        completion_tokens: 0,
        total_tokens: MILLION,
        prompt_tokens_details: { cached_tokens: MILLION },
      },
    };
    expect(costOfSpan(aCall("a", { output }))?.usd).toBe(1.25);
    expect(costOfSpan(aCall("a", { output, model: { cached: true } }))).toBeUndefined();
    expect(costOfSpan(aSpan("a"))).toBeUndefined();
  });

  it("says when the prices of some models are not known, and when no price is", () => {
    const summary = toSummary("t", rollUpOf(aSpan("a")));
    const known = { model: "gpt-4o", calls: 1, prompt: MILLION, completion: 0, cached: 0 };
    const unknown = { ...known, model: "a-model" };
    expect(costOfTrace({ ...summary, usage: [known] })).toEqual({ usd: 2.5, complete: true });
    expect(costOfTrace({ ...summary, usage: [known, unknown] })).toEqual({ usd: 2.5, complete: false });
    expect(costOfTrace({ ...summary, usage: [known, { ...unknown, prompt: 0 }] })?.complete).toBe(true);
    expect(costOfTrace({ ...summary, usage: [unknown] })).toBeUndefined();
  });
});

describe("readPriceFile", () => {
  const folder = mkdtempSync(join(tmpdir(), "prices-"));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("reads prices, and refuses what is something else by its place", () => {
    const path = join(folder, "prices.json");
    writeFileSync(path, '{"a-model":{"input":1,"cachedInput":0.5,"output":2}}');
    expect(readPriceFile(path).find("a-model")?.price).toEqual({ input: 1, cachedInput: 0.5, output: 2 });
    writeFileSync(path, '{"a-model":{"input":-1}}');
    expect(() => readPriceFile(path)).toThrow(/prices\.json: a-model: input: .*A price file is like/);
    writeFileSync(path, "[]");
    expect(() => readPriceFile(path)).toThrow(/prices\.json: Invalid input.*A price file is like/);
    writeFileSync(path, '\uFEFF{"a-model":{"input":3}}');
    expect(readPriceFile(path).find("a-model")?.price).toEqual({ input: 3 });
    expect(() => readPriceFile(join(folder, "none"))).toThrow(/cannot be read/);
  });
});
