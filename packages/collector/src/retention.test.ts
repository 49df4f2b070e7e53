import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aSpan } from "../../../tests/support/spans.ts";
import { startRetention } from "./retention.ts";
import { openSqlite } from "./store/sqlite/database.ts";
import { forgetTrace } from "./store/sqlite/forget.ts";
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

  it("without a bound ends what another collector had begun, and forgets nothing else", async () => {
    const folder = await mkdtemp(join(tmpdir(), "portkey-traces-"));
    const file = join(folder, "traces.db");
    const kept = await createSqliteStore(file);
    const database = await openSqlite(file);
    const left = (): unknown => database.prepare("SELECT count(*) AS spans FROM spans").get()?.["spans"];
    await kept.insert(Array.from({ length: 300 }, (_, index) => aSpan(`s${index}`, { traceId: "old" })));
    await kept.insert([aSpan("a", { startTimeMs: 1 })]);
    forgetTrace(database, Number(database.prepare("SELECT id FROM traces WHERE trace_id = 'old'").get()?.["id"]));
    expect(left()).toBe(301);
    const failures: unknown[] = [];
    const stop = startRetention({ store: kept, now: Date.now, onFailure: (error) => failures.push(error) });
    await expect.poll(left).toBe(1);
    await stop();
    expect([failures, (await kept.listTraces({ limit: 9 })).traces.map((trace) => trace.traceId)]).toEqual([
      [],
      ["trace"],
    ]);
    database.close();
    await kept.close();
    await rm(folder, { recursive: true });
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
