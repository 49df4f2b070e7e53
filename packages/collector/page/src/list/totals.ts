import type { ListedTrace } from "../api/types.ts";

/** What the traces on the page come to. */
export interface Totals {
  readonly traces: number;
  readonly failed: number;
  readonly spans: number;
  readonly tokens: { readonly prompt: number; readonly completion: number };
  /** US dollars; `undefined` where no price is known. */
  readonly usd: number | undefined;
  /** Some traces used models without a known price. */
  readonly isCostPartial: boolean;
  readonly medianMs: number | undefined;
  readonly p95Ms: number | undefined;
  readonly medianFirstTokenMs: number | undefined;
}

/** Sums and percentiles over some traces. Those that still run have no duration yet. */
export function totalsOf(traces: readonly ListedTrace[]): Totals {
  const durations = traces.filter((trace) => trace.status !== "open").map((trace) => trace.durationMs);
  const firstTokens = traces.flatMap((trace) => trace.firstTokenMs ?? []);
  const costs = traces.flatMap((trace) => trace.cost ?? []);
  return {
    traces: traces.length,
    failed: traces.filter((trace) => trace.status === "error").length,
    spans: sum(traces.map((trace) => trace.spans)),
    tokens: {
      prompt: sum(traces.map((trace) => trace.tokens.prompt)),
      completion: sum(traces.map((trace) => trace.tokens.completion)),
    },
    usd: costs.length === 0 ? undefined : sum(costs.map((cost) => cost.usd)),
    isCostPartial: traces.some((trace) => trace.tokens.total > 0 && trace.cost?.complete !== true),
    medianMs: percentile(durations, 0.5),
    p95Ms: percentile(durations, 0.95),
    medianFirstTokenMs: percentile(firstTokens, 0.5),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The smallest value that this share of all values does not exceed. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
