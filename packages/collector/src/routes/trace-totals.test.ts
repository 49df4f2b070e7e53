import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aCall, aSpan } from "../../../../tests/support/spans.ts";
import { type CollectorApp, createApp } from "../app.ts";
import { toPriceFile } from "../cost/price-file.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";

const START_MS = Date.UTC(2026, 0, 1);
const PRICES = toPriceFile({ "a-model": { input: 1, output: 2 } });

let store: Store;
let app: CollectorApp;
beforeEach(async () => {
  store = await createSqliteStore(":memory:");
  app = createApp({ store, prices: PRICES });
});
afterEach(() => store.close());

const ask = async (question: string): Promise<unknown> => JSON.parse(await (await app.request(question)).text());

describe("GET /api/totals", () => {
  it("sums up all traces of a question, and none besides, by the time at which they started", async () => {
    const metadata = { _user: "ada" };
    const failed = { code: "error", error: { type: "Error", message: "no" } } as const;
    await store.insert([
      aCall("a", { traceId: "t1", startTimeMs: START_MS, durationMs: 100, metadata }),
      aCall("b", { traceId: "t2", startTimeMs: START_MS + 200_000, durationMs: 300, metadata, status: failed }),
      aCall("c", { traceId: "t3", startTimeMs: START_MS + 201_000, durationMs: 9_000, metadata: { _user: "bob" } }),
    ]);
    const cost = { usd: expect.closeTo(13e-6, 9), complete: true };
    const one = { traces: 1, spans: 1, tokens: { prompt: 7, completion: 3 }, cost };
    expect(await ask("/api/totals?user=ada")).toMatchObject({
      totals: {
        traces: 2,
        failed: 1,
        spans: 2,
        tokens: { prompt: 14, completion: 6 },
        cost: { usd: expect.closeTo(26e-6, 9), complete: true },
        p50Ms: 100,
        p95Ms: 300,
      },
      fromMs: START_MS,
      toMs: START_MS + 200_000,
      intervalMs: 10_000,
      series: [
        { startMs: START_MS, ...one, failed: 0, p95Ms: 100 },
        { startMs: START_MS + 200_000, ...one, failed: 1, p95Ms: 300 },
      ],
    });
  });

  it("says that nothing matches", async () => {
    expect(await ask("/api/totals?user=nobody")).toEqual({
      totals: { traces: 0, failed: 0, spans: 0, tokens: { prompt: 0, completion: 0 } },
      fromMs: 0,
      toMs: 0,
      intervalMs: 1_000,
      series: [],
    });
  });

  it("refuses a name that is not known, and what belongs to a list", async () => {
    for (const question of ["usr=ada", "limit=5", "cursor=x", "minDurationMs=soon"]) {
      expect((await app.request(`/api/totals?${question}`)).status, question).toBe(400);
    }
  });

  it("reads the newest ten thousand, and says where there are more", async () => {
    const spans = Array.from({ length: 10_001 }, (_, index) =>
      aSpan("r", { traceId: `t${index}`, startTimeMs: START_MS + index, durationMs: index === 0 ? 1e6 : 1 }),
    );
    await store.insert(spans.slice(1));
    expect(await ask("/api/totals")).toMatchObject({ totals: { traces: 10_000 } });
    expect(await ask("/api/totals")).not.toHaveProperty("incomplete");
    await store.insert(spans.slice(0, 1));
    expect(await ask("/api/totals")).toMatchObject({
      totals: { traces: 10_000 },
      fromMs: START_MS + 1,
      incomplete: true,
    });
    expect(await ask("/api/totals?minDurationMs=100")).toMatchObject({ totals: { traces: 1 } });
  });

  it("asks for no more once nobody waits for the answer", async () => {
    let pages = 0;
    const aborter = new AbortController();
    const slow: Store = {
      ...store,
      listTraces: async () => {
        pages += 1;
        if (pages === 3) aborter.abort();
        return { traces: [], next: { startTimeMs: START_MS, traceId: "t" } };
      },
    };
    const request = new Request("http://localhost/api/totals", { signal: aborter.signal });
    await createApp({ store: slow }).fetch(request);
    expect(pages).toBe(3);
  });
});
