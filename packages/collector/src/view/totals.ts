/** What sums are made of: what a list knows of a trace. */
export interface CountedTrace {
  readonly startTimeMs: number;
  readonly durationMs: number;
  readonly status: string;
  readonly spans: number;
  readonly tokens: { readonly prompt: number; readonly completion: number; readonly total: number };
  readonly firstTokenMs?: number | undefined;
  readonly cost?: { readonly usd: number; readonly complete: boolean } | undefined;
}

/** What some traces come to. Percentiles are among the values; absent where there is none. */
export interface Totals {
  readonly traces: number;
  readonly failed: number;
  readonly spans: number;
  readonly tokens: { readonly prompt: number; readonly completion: number };
  /** US dollars; absent where no price is known, not `complete` where some traces used models without one. */
  readonly cost?: { readonly usd: number; readonly complete: boolean };
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly firstTokenP50Ms?: number;
}

/** The same of an interval. */
export interface IntervalTotals extends Totals {
  readonly startMs: number;
}

/** Sums and percentiles over some traces. Those that still run have no duration yet. */
export function totalsOf(traces: readonly CountedTrace[]): Totals {
  const durations = traces.filter((trace) => trace.status !== "open").map((trace) => trace.durationMs);
  const firstTokens = traces.flatMap((trace) => trace.firstTokenMs ?? []);
  const costs = traces.flatMap((trace) => trace.cost ?? []);
  const complete = traces.every((trace) => trace.tokens.total === 0 || trace.cost?.complete === true);
  return {
    traces: traces.length,
    failed: traces.filter((trace) => trace.status === "error").length,
    spans: sum(traces.map((trace) => trace.spans)),
    tokens: {
      prompt: sum(traces.map((trace) => trace.tokens.prompt)),
      completion: sum(traces.map((trace) => trace.tokens.completion)),
    },
    ...(costs.length === 0 ? {} : { cost: { usd: sum(costs.map((cost) => cost.usd)), complete } }),
    ...known("p50Ms", percentile(durations, 0.5)),
    ...known("p95Ms", percentile(durations, 0.95)),
    ...known("firstTokenP50Ms", percentile(firstTokens, 0.5)),
  };
}

/** The totals of each interval in which a trace started, in order. */
export function totalsByTime(traces: readonly CountedTrace[], intervalMs: number): IntervalTotals[] {
  const groups = new Map<number, CountedTrace[]>();
  for (const trace of traces) {
    const startMs = Math.floor(trace.startTimeMs / intervalMs) * intervalMs;
    const group = groups.get(startMs);
    if (group === undefined) groups.set(startMs, [trace]);
    else group.push(trace);
  }
  return [...groups].toSorted(([a], [b]) => a - b).map(([startMs, group]) => ({ startMs, ...totalsOf(group) }));
}

/** The smallest value that this share of all values does not exceed. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function known<K extends string>(name: K, value: number | undefined): { [name in K]?: number } {
  return (value === undefined ? {} : { [name]: value }) as { [name in K]?: number };
}
