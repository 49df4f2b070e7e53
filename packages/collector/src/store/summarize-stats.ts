import type { TraceCost } from "../cost/span-cost.ts";
import { durationOfBucket, SLOT_MS, type StatRow } from "./stats.ts";

/** Sums over spans. Percentiles of durations are right within 9 %; absent where there was no span. */
export interface Sums {
  readonly spans: number;
  /** Spans that failed. Attempts are not counted but among their own type: what came of them, their call says. */
  readonly errors: number;
  /** Spans that called a model. */
  readonly calls: number;
  readonly prompt: number;
  readonly completion: number;
  readonly cached: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  /** Absent where no price is known. */
  readonly cost?: TraceCost;
}

/** What spans come to in a time. */
export interface Stats {
  readonly totals: Sums;
  /** Intervals in which there were spans, in order. Percentiles are of calls where there were some. */
  readonly series: readonly (Sums & { readonly startMs: number })[];
  /** The models that were asked most, first. */
  readonly models: readonly (Sums & { readonly model: string; readonly provider: string })[];
  readonly types: readonly (Sums & { readonly type: string })[];
}

const MAX_MODELS = 50;

/** What the calls in some rows cost. */
export type CostOfRows = (rows: readonly StatRow[]) => TraceCost | undefined;

/** What is summed up: `usage` has the calls once more, by the times in which prices stay the same. */
export interface StatRows {
  readonly rows: readonly StatRow[];
  readonly usage: readonly StatRow[];
}

/** Sums up rows by intervals, models and types. */
export function summarizeStats({ rows, usage }: StatRows, intervalMs: number, costOf: CostOfRows): Stats {
  const slots = intervalMs / SLOT_MS;
  const sumBy = <K>(
    some: readonly StatRow[],
    keyOf: (row: StatRow) => K,
  ): (readonly [K, Sums, readonly StatRow[]])[] => {
    const used = groupBy(usage, keyOf);
    return [...groupBy(some, keyOf)].map(([key, group]) => [
      key,
      withCost(countsOf(group), costOf(used.get(key) ?? [])),
      group,
    ]);
  };
  const calls = rows.filter((row) => row.model !== "");
  return {
    totals: withCost(countsOf(rows), costOf(usage)),
    series: sumBy(rows, (row) => Math.floor(row.slot / slots))
      .toSorted(([a], [b]) => a - b)
      .map(([index, sums]) => ({ startMs: index * intervalMs, ...sums })),
    models: sumBy(calls, (row) => JSON.stringify([row.model, row.provider]))
      .map(([key, sums]) => {
        const [model = "", provider = ""]: string[] = JSON.parse(key);
        return { model, provider, ...sums };
      })
      .toSorted((a, b) => b.calls - a.calls || (a.model < b.model ? -1 : 1))
      .slice(0, MAX_MODELS),
    types: sumBy(rows, (row) => row.type)
      .map(([type, sums, group]) => ({ type, ...sums, errors: sum(group, "errors") }))
      .toSorted((a, b) => (a.type < b.type ? -1 : 1)),
  };
}

function withCost(sums: Sums, cost: TraceCost | undefined): Sums {
  return cost === undefined ? sums : { ...sums, cost };
}

function countsOf(rows: readonly StatRow[]): Sums {
  const calls = rows.filter((row) => row.model !== "");
  const timed = calls.length > 0 ? calls : rows;
  return {
    spans: sum(rows, "spans"),
    errors: sum(
      rows.filter((row) => row.type !== "attempt"),
      "errors",
    ),
    calls: sum(calls, "spans"),
    prompt: sum(rows, "prompt"),
    completion: sum(rows, "completion"),
    cached: sum(rows, "cached"),
    ...(timed.length === 0
      ? {}
      : { p50Ms: percentile(timed, 0.5), p95Ms: percentile(timed, 0.95), p99Ms: percentile(timed, 0.99) }),
  };
}

function sum(rows: readonly StatRow[], name: "spans" | "errors" | "prompt" | "completion" | "cached"): number {
  return rows.reduce((total, row) => total + row[name], 0);
}

function percentile(rows: readonly StatRow[], share: number): number {
  const sorted = rows.toSorted((a, b) => a.bucket - b.bucket);
  const rank = share * sum(sorted, "spans");
  let seen = 0;
  const found = sorted.find((row) => {
    seen += row.spans;
    return seen >= rank;
  });
  return durationOfBucket(found?.bucket ?? 0);
}

function groupBy<K>(rows: readonly StatRow[], keyOf: (row: StatRow) => K): Map<K, StatRow[]> {
  const groups = new Map<K, StatRow[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
