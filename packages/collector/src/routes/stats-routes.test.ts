import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aCall, aSpan } from "../../../../tests/support/spans.ts";
import { type CollectorApp, createApp } from "../app.ts";
import { toPriceFile } from "../cost/price-file.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = 1_000 * HOUR_MS;

let store: Store;
let app: CollectorApp;
beforeEach(async () => {
  store = await createSqliteStore(":memory:");
  app = createApp({ store, now: () => NOW_MS });
});
afterEach(() => store.close());

interface Sums {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

describe("GET /api/stats", () => {
  it("sums up the last day by time, model and type", async () => {
    const failed = { code: "error", error: { type: "Error", message: "no" } } as const;
    const calls = Array.from({ length: 100 }, (_, index) =>
      aCall(`c${index}`, { startTimeMs: NOW_MS - 2 * HOUR_MS, durationMs: index + 1 }),
    );
    await store.insert([
      ...calls,
      aSpan("s", { startTimeMs: NOW_MS - HOUR_MS, status: failed }),
      aSpan("old", { startTimeMs: NOW_MS - 30 * HOUR_MS }),
    ]);
    const answer = await app.request("/api/stats");
    const body: { totals: Sums; models: Sums[] } = JSON.parse(await answer.text());
    expect(body).toMatchObject({
      fromMs: NOW_MS - 24 * HOUR_MS,
      toMs: NOW_MS,
      intervalMs: HOUR_MS / 2,
      totals: { spans: 101, errors: 1, calls: 100, prompt: 700, completion: 300, cached: 0 },
      series: [
        { startMs: NOW_MS - 2 * HOUR_MS, spans: 100, calls: 100 },
        { startMs: NOW_MS - HOUR_MS, spans: 1, calls: 0, errors: 1 },
      ],
      models: [{ model: "a-model", provider: "openai", spans: 100, prompt: 700 }],
      types: [
        { type: "chain", spans: 1 },
        { type: "llm", spans: 100 },
      ],
    });
    for (const sums of [body.totals, ...body.models]) {
      expect(sums.p50Ms / 50).toBeGreaterThan(0.9);
      expect(sums.p50Ms / 50).toBeLessThan(1.1);
      expect(sums.p95Ms / 95).toBeGreaterThan(0.9);
      expect(sums.p95Ms / 95).toBeLessThan(1.1);
    }
  });

  it("tells costs with the user's prices, of all and of each interval, and none where no price is known", async () => {
    const prices = toPriceFile({ "a-model": { input: 1, output: 2 } });
    const unknown = { model: "nobody-knows", usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 } };
    await store.insert([
      aCall("c1", { startTimeMs: NOW_MS - 2 * HOUR_MS }),
      aCall("c2", { startTimeMs: NOW_MS - HOUR_MS }),
      aCall("c3", { startTimeMs: NOW_MS - HOUR_MS, input: { model: "nobody-knows" }, output: unknown }),
    ]);
    const answer = await createApp({ store, prices, now: () => NOW_MS }).request("/api/stats");
    const usd = expect.closeTo((7 * 1 + 3 * 2) / 1e6, 9);
    expect(await answer.json()).toMatchObject({
      totals: { cost: { usd: expect.closeTo(26e-6, 9), complete: false } },
      series: [{ cost: { usd, complete: true } }, { cost: { usd, complete: false } }],
      models: [{ model: "a-model", cost: { complete: true } }, { model: "nobody-knows" }],
    });
    const without: { totals: object } = JSON.parse(await (await app.request("/api/stats")).text());
    expect(without.totals).not.toHaveProperty("cost");
  });

  it("counts failed attempts among attempts, and not among what failed", async () => {
    const status = { code: "error", error: { type: "HttpError", message: "HTTP 503" } } as const;
    const at = { startTimeMs: NOW_MS - HOUR_MS };
    const tried = aSpan("tried", { ...at, type: "attempt", parentSpanId: "call", status });
    await store.insert([aCall("call", at), tried, aSpan("failed", { ...at, status })]);
    expect(JSON.parse(await (await app.request("/api/stats")).text())).toMatchObject({
      totals: { spans: 3, errors: 1 },
      series: [{ spans: 3, errors: 1 }],
      types: [
        { type: "attempt", errors: 1 },
        { type: "chain", errors: 1 },
        { type: "llm", errors: 0 },
      ],
    });
  });

  it("is all zero where nothing happened", async () => {
    const answer = await app.request("/api/stats?from=2020-01-01&to=2020-03-01T00:00:00Z");
    expect(await answer.json()).toMatchObject({
      intervalMs: 24 * HOUR_MS,
      totals: { spans: 0 },
      series: [],
      models: [],
      types: [],
    });
  });

  it.each(["from=soon", "from=2020-02-01&to=2020-01-01", "form=2020-01-01"])("answers 400 to %s", async (query) => {
    const answer = await app.request(`/api/stats?${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ status: "failure", message: expect.stringMatching(/^(from|form): /) });
  });
});
