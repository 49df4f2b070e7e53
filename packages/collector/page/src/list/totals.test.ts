import { expect, it } from "vitest";
import type { ListedTrace } from "../api/types.ts";
import { percentile, totalsOf } from "./totals.ts";

const trace = (more: Partial<ListedTrace>): ListedTrace => ({
  traceId: "t",
  name: "t",
  startTimeMs: 0,
  durationMs: 10,
  status: "ok",
  spans: 1,
  errors: 0,
  tokens: { prompt: 0, completion: 0, total: 0 },
  models: [],
  usage: [],
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
    usd: 0.5,
    isCostPartial: true,
    medianMs: 100,
    p95Ms: 300,
    medianFirstTokenMs: 7,
  });
  expect(totalsOf([trace({})])).toMatchObject({ usd: undefined, isCostPartial: false });
});
