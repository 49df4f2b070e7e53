import { calcPrice, type ModelPrice } from "@pydantic/genai-prices";
import type { OwnPrice, PriceFile } from "./price-file.ts";

/** What a model was asked and answered, in tokens. */
export interface PricedUsage {
  readonly model: string;
  readonly provider?: string | undefined;
  /** Calls that the counts are the sum of; 1 unless told. Steps of prices are looked up for the mean call. */
  readonly calls?: number | undefined;
  readonly prompt: number;
  readonly completion: number;
  /** Part of `prompt`. */
  readonly cached?: number | undefined;
  /** Part of `prompt`: written to the provider's cache. */
  readonly cacheWrites?: number | undefined;
  /** When the call was made: prices change. */
  readonly atMs: number;
}

/** A cost, and how it came about. */
export interface Cost {
  /** US dollars. */
  readonly usd: number;
  /** Where the prices are from. */
  readonly source: "genai-prices" | "price file";
  /** The model whose prices were taken, as the source names it. */
  readonly pricedAs: string;
  readonly parts: readonly CostPart[];
}

/** One line of a bill. */
export interface CostPart {
  readonly what: "input" | "cached input" | "cache writes" | "output";
  readonly tokens: number;
  /** US dollars for a million of them. */
  readonly usdPerMillion: number;
}

/** Cost of what a model used; `undefined` where no price is known, which is not the same as nothing. */
export function costOf(usage: PricedUsage, file?: PriceFile): Cost | undefined {
  const own = file?.find(usage.model, usage.provider);
  if (own !== undefined) return toCost(usage, "price file", own.name, ratesOfFile(own.price));
  const found = lookUp(usage);
  if (found === undefined) return undefined;
  return toCost(usage, "genai-prices", found.name, found.rates);
}

interface Rates {
  readonly input: number;
  readonly cached: number;
  readonly writes: number;
  readonly output: number;
}

interface Found {
  readonly name: string;
  readonly price: ModelPrice;
}

const HOUR_MS = 3_600_000;
const MAX_KNOWN = 2_000;

/** What was looked up lately: a trace has thousands of calls, and few models. Some prices depend on the hour. */
const known = new Map<string, Found | undefined>();

function lookUp(usage: PricedUsage): { name: string; rates: Rates } | undefined {
  const { model, provider = "", atMs } = usage;
  const key = JSON.stringify([model, provider, Math.floor(atMs / HOUR_MS)]);
  if (!known.has(key)) {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(key, find(usage));
  }
  const found = known.get(key);
  if (found === undefined) return undefined;
  return { name: found.name, rates: ratesOf(found.price, usage.prompt / Math.max(1, usage.calls ?? 1)) };
}

/**
 * Names behind a `@slug/` of Portkey's, and names without their date, are tried too. The library refuses counts that cannot
 * be: what it is asked for is the prices only.
 */
function find({ model, provider, atMs }: PricedUsage): Found | undefined {
  const plain = model.replace(/^@[^/]+\//, "");
  const options = { timestamp: new Date(atMs), ...(provider === undefined ? {} : { providerId: provider }) };
  for (const name of new Set([model, plain, plain.replace(/[-@]\d{4}-?\d{2}-?\d{2}$/, "")])) {
    const result = calcPrice({ input_tokens: 0, output_tokens: 0 }, name, options);
    if (result !== null) return { name: `${result.provider.id}/${result.model.id}`, price: result.model_price };
  }
  return undefined;
}

function ratesOf(price: ModelPrice, prompt: number): Rates {
  const input = rate(price["input_mtok"], prompt) ?? 0;
  return {
    input,
    cached: rate(price["cache_read_mtok"], prompt) ?? input,
    writes: rate(price["cache_write_mtok"], prompt) ?? input,
    output: rate(price["output_mtok"], prompt) ?? 0,
  };
}

/** A price that depends on the length of the prompt holds for all of a call. */
function rate(price: ModelPrice[string], prompt: number): number | undefined {
  if (price === undefined || typeof price === "number") return price;
  return price.tiers.findLast((tier) => prompt > tier.start)?.price ?? price.base;
}

function ratesOfFile({ input, cachedInput = input, output = 0 }: OwnPrice): Rates {
  return { input, cached: cachedInput, writes: input, output };
}

function toCost(usage: PricedUsage, source: Cost["source"], pricedAs: string, rates: Rates): Cost {
  const cached = Math.min(usage.cached ?? 0, usage.prompt);
  const writes = Math.min(usage.cacheWrites ?? 0, usage.prompt - cached);
  const all: CostPart[] = [
    { what: "input", tokens: usage.prompt - cached - writes, usdPerMillion: rates.input },
    { what: "cached input", tokens: cached, usdPerMillion: rates.cached },
    { what: "cache writes", tokens: writes, usdPerMillion: rates.writes },
    { what: "output", tokens: usage.completion, usdPerMillion: rates.output },
  ];
  const parts = all.filter((part) => part.tokens > 0);
  const usd = parts.reduce((sum, { tokens, usdPerMillion }) => sum + (tokens * usdPerMillion) / 1_000_000, 0);
  return { usd, source, pricedAs, parts };
}
