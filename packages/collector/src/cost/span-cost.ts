import type { Span } from "@portkey-tracing/core";
import { modelOf, tokensOf } from "@portkey-tracing/core/tree";
import { memberOf } from "../json.ts";
import { cachedTokensOf, SLOT_MS, type StatRow } from "../store/stats.ts";
import type { TraceSummary } from "../store/store.ts";
import { type Cost, costOf, type PricedUsage } from "./cost.ts";
import type { PriceFile } from "./price-file.ts";

/** What some calls cost together, those of a trace or of a time, as far as prices are known. */
export interface TraceCost {
  /** US dollars. */
  readonly usd: number;
  /** Prices of all models that used tokens are known. */
  readonly complete: boolean;
}

/** Cost of one span; `undefined` where it used nothing, or its price is not known. */
export function costOfSpan(span: Span, file?: PriceFile): Cost | undefined {
  const model = modelOf(span);
  const tokens = tokensOf(span);
  if (model === undefined || tokens === undefined) return undefined;
  const { prompt, completion } = tokens;
  const counts = { prompt, completion, cached: cachedTokensOf(span), cacheWrites: cacheWritesOf(span) };
  return costOf({ model, provider: span.model?.provider, atMs: span.startTimeMs, ...counts }, file);
}

/** Cost of a trace by what its models used; `undefined` where no price is known at all. */
export function costOfTrace({ usage, startTimeMs }: TraceSummary, file?: PriceFile): TraceCost | undefined {
  return sumOf(
    usage.map((one) => ({ ...one, atMs: startTimeMs })),
    file,
  );
}

/** Cost of the calls that some rows sum up; `undefined` where no price is known at all. */
export function costOfRows(rows: readonly StatRow[], file?: PriceFile): TraceCost | undefined {
  return sumOf(
    rows.map(({ provider, spans, slot, ...row }) => ({
      ...row,
      provider: provider === "" ? undefined : provider,
      calls: spans,
      atMs: slot * SLOT_MS,
    })),
    file,
  );
}

function sumOf(usage: readonly PricedUsage[], file: PriceFile | undefined): TraceCost | undefined {
  const used = usage.filter((one) => one.prompt + one.completion > 0);
  const costs = used.map((one) => costOf(one, file)?.usd);
  const known = costs.filter((usd) => usd !== undefined);
  if (known.length === 0) return undefined;
  return { usd: known.reduce((sum, usd) => sum + usd, 0), complete: known.length === costs.length };
}

function cacheWritesOf({ output }: Span): number {
  const details = memberOf(memberOf(output, "usage"), "prompt_tokens_details");
  const writes = memberOf(details, "cache_creation_tokens");
  return typeof writes === "number" && writes > 0 ? Math.trunc(writes) : 0;
}
