import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aSpan } from "../../../tests/support/spans.ts";
import { startRetention } from "./retention.ts";
import { createSqliteStore } from "./store/sqlite-store.ts";
import type { Store } from "./store/store.ts";

const DAY_MS = 86_400_000;

let store: Store;
beforeEach(async () => {
  store = await createSqliteStore(":memory:");
});
afterEach(() => store.close());

const traceIds = async (): Promise<string[]> =>
  (await store.listTraces({ limit: 100 })).traces.map((trace) => trace.traceId);

describe("retention", () => {
  it("by age forgets what is older, in steps, and nothing else", async () => {
    const days = Array.from({ length: 40 }, (_, day) =>
      aSpan("a", { traceId: `day-${day}`, startTimeMs: day * DAY_MS }),
    );
    await store.insert(days);
    await store.insert(Array.from({ length: 1_500 }, (_, index) => aSpan(`s${index}`, { traceId: "day-1" })));
    const failures: unknown[] = [];
    const stop = startRetention({
      store,
      keepDays: 3,
      now: () => 39.5 * DAY_MS,
      onFailure: (error) => failures.push(error),
    });
    await expect.poll(traceIds).toEqual(["day-39", "day-38", "day-37"]);
    await stop();
    expect(failures).toEqual([]);
  });

  it("does nothing where nothing is asked for", async () => {
    await store.insert([aSpan("a", { startTimeMs: 1 })]);
    await startRetention({ store, now: Date.now, onFailure: () => undefined })();
    expect(await traceIds()).toEqual(["trace"]);
  });

  it("tells what the store fails at, and stops when it is told to", async () => {
    const failures: unknown[] = [];
    let steps = 0;
    const prune = async (): ReturnType<Store["prune"]> => {
      steps += 1;
      if (steps > 3) throw new Error("disk full");
      return { traces: 0, more: true };
    };
    const onFailure = (error: unknown): void => void failures.push(error);
    const stop = startRetention({ store: { ...store, prune }, maxBytes: 1, now: Date.now, onFailure });
    await expect.poll(() => failures).toHaveLength(1);
    await stop();
    expect(steps).toBe(4);
  });
});
