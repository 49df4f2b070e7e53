import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { aSpan } from "../../../../../tests/support/spans.ts";
import { createSqliteStore } from "../sqlite-store.ts";
import type { Store, TraceFilter } from "../store.ts";
import { openSqlite } from "./database.ts";

let folder: string;
let path: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "portkey-traces-"));
  path = join(folder, "traces.db");
  store = await createSqliteStore(path);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

/** Milliseconds: nothing, each digit at each power of ten and what lies next to it, hours. */
const DURATIONS = [
  0,
  ...[0.001, 0.01, 0.1, 1, 10, 100, 1_000, 10_000, 100_000].flatMap((power) =>
    [1, 1.5, 2, 4, 5, 9, 9.5].flatMap((digit) => [digit * power - 0.001, digit * power, digit * power + 0.001]),
  ),
  7_200_000,
].map((ms) => Math.round(ms * 1_000) / 1_000);

/** Those of which more than are looked up are as fast. */
const COMMON = Array.from({ length: 2_100 }, (_, index) => 300 + index / 1_000);

async function fill(): Promise<void> {
  const spans = [...DURATIONS, ...COMMON].map((durationMs, index) => {
    const failed = { code: "error", error: { type: "Error", message: "no" } } as const;
    const status = index % 5 === 0 ? failed : ({ code: "ok" } as const);
    return aSpan("a", { traceId: `t${index}`, startTimeMs: (index * 7_919) % 10_007, durationMs, status });
  });
  await store.insert(spans);
}

/** Durations of all traces that a filter leaves, page by page. */
async function found(filter: TraceFilter): Promise<number[]> {
  const durations: number[] = [];
  const starts: number[] = [];
  let after: Parameters<Store["listTraces"]>[0]["after"];
  do {
    const page = await store.listTraces({ limit: 500, filter, after });
    durations.push(...page.traces.map((trace) => trace.durationMs));
    starts.push(...page.traces.map((trace) => trace.startTimeMs));
    after = page.next;
  } while (after !== undefined);
  expect(starts).toEqual(starts.toSorted((a, b) => b - a));
  return durations.toSorted((a, b) => a - b);
}

function expected(least: number, most: number): number[] {
  return [...DURATIONS, ...COMMON].filter((ms) => ms >= least && ms <= most).toSorted((a, b) => a - b);
}

it("finds the same traces by their durations as one that looks at each", async () => {
  await fill();
  for (const [index, minDurationMs] of DURATIONS.entries()) {
    const maxDurationMs = DURATIONS[(index * 31 + 7) % DURATIONS.length] ?? 0;
    expect(await found({ minDurationMs, maxDurationMs })).toEqual(expected(minDurationMs, maxDurationMs));
    if (index % 6 !== 0) continue;
    expect(await found({ minDurationMs })).toEqual(expected(minDurationMs, Number.POSITIVE_INFINITY));
    expect(await found({ maxDurationMs })).toEqual(expected(0, maxDurationMs));
  }
  for (const minDurationMs of [7_200_001, 1e13, 1e300]) expect(await found({ minDurationMs })).toEqual([]);
  expect(await found({ maxDurationMs: 1e300 })).toHaveLength(DURATIONS.length + COMMON.length);
});

it("finds them with other filters, too", async () => {
  await fill();
  const all = await found({ status: ["error"] });
  expect(await found({ status: ["error"], minDurationMs: 500 })).toEqual(all.filter((ms) => ms >= 500));
  expect(await found({ status: ["ok", "error"], minDurationMs: 500, fromMs: 0 })).toEqual(expected(500, 1e9));
  expect(await found({ minDurationMs: 500, toMs: 0 })).toEqual([]);
});

it("finds a trace by how long it takes by now", async () => {
  await store.insert([aSpan("a", { durationMs: 10 })]);
  await store.insert([aSpan("b", { startTimeMs: 1_000, durationMs: 90_000 })]);
  expect(await found({ minDurationMs: 60_000 })).toEqual([90_000]);
  expect(await found({ maxDurationMs: 20 })).toEqual([]);
});

it("finds them in a file that had no index of durations", async () => {
  await store.insert([aSpan("a", { durationMs: 5_000 })]);
  await store.close();
  const database = await openSqlite(path);
  database.exec("DROP INDEX traces_by_duration");
  database.close();
  store = await createSqliteStore(path);
  expect(await found({ minDurationMs: 4_000 })).toEqual([5_000]);
});
