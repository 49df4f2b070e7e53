import { expect, it } from "vitest";
import { type CountedTrace, percentile, totalsByTime, totalsOf } from "./totals.ts";

const trace = (more: Partial<CountedTrace>): CountedTrace => ({
  startTimeMs: 0,
  durationMs: 10,
  status: "ok",
  spans: 1,
  tokens: { prompt: 0, completion: 0, total: 0 },
  ...more,
});

it("takes percentiles that are among the values", () => {
  expect(percentile([3, 1, 2], 0.5)).toBe(2);
  expect(percentile([1, 2, 3, 4], 0.95)).toBe(4);
  expect(percentile([], 0.5)).toBeUndefined();
});

it("leaves running traces out of durations, and says when a price is missing", () => {
  const tokens = { prompt: 5, completion: 2, total: 7 };
  const sums = totalsOf([
    trace({ durationMs: 100, tokens, cost: { usd: 0.5, complete: true }, firstTokenMs: 7 }),
    trace({ durationMs: 900, status: "open" }),
    trace({ durationMs: 300, status: "error", tokens }),
  ]);
  expect(sums).toEqual({
    traces: 3,
    failed: 1,
    spans: 3,
    tokens: { prompt: 10, completion: 4 },
    cost: { usd: 0.5, complete: false },
    p50Ms: 100,
    p95Ms: 300,
    firstTokenP50Ms: 7,
  });
  expect(totalsOf([trace({ cost: { usd: 1, complete: true } }), trace({})]).cost).toEqual({ usd: 1, complete: true });
  expect(totalsOf([])).toEqual({ traces: 0, failed: 0, spans: 0, tokens: { prompt: 0, completion: 0 } });
});

it("sums up each interval in which a trace started, in order", () => {
  const at = (startTimeMs: number, durationMs: number): CountedTrace => trace({ startTimeMs, durationMs });
  const series = totalsByTime([at(2_500, 30), at(999, 10), at(2_000, 20), at(0, 5)], 1_000);
  expect(series.map(({ startMs, traces, p95Ms }) => [startMs, traces, p95Ms])).toEqual([
    [0, 2, 10],
    [2_000, 2, 30],
  ]);
});
