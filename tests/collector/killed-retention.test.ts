import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toLogRecord } from "@portkey-tracing/core/wire";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openSqlite } from "../../packages/collector/src/store/sqlite/database.ts";
import { createSqliteStore } from "../../packages/collector/src/store/sqlite-store.ts";
import { endAll, type RunningCollector, startCommand } from "../support/collector-process.ts";
import { aCall } from "../support/spans.ts";

const DAY_MS = 86_400_000;
const TRACES = 1_500;
const SPANS_IN_TRACE = 20;

let folder: string;
let data: string;
const all: RunningCollector[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "portkey-traces-"));
  data = join(folder, "traces.db");
});
afterEach(async () => {
  await endAll(all);
  await rm(folder, { recursive: true });
});

it("a file is whole after its collector was killed in the middle of forgetting, and the next one goes on with it", async () => {
  await storeOld(TRACES, SPANS_IN_TRACE);
  const sent = new Set<string>();
  let left = TRACES * SPANS_IN_TRACE;
  const before = new Set([left]);
  for (let round = 0; left > 0 && round < 50; round++) {
    const collector = await start("--keep-days", "1");
    setTimeout(() => collector.child.kill("SIGKILL"), 50 * 1.5 ** round);
    for (let number = 0; ; number++) {
      const traceId = `new-${round}-${number}`;
      const isStored = await post(collector.baseURL, traceId).catch(() => false);
      if (!isStored) break;
      sent.add(traceId);
    }
    await collector.ended;
    expect(await countOf("PRAGMA integrity_check")).toBe("ok");
    expect(await countOf(WITHOUT_TRACE)).toBe(0);
    expect(await countOf("SELECT count(*) FROM bodies WHERE id NOT IN (SELECT body FROM spans)")).toBe(0);
    expect(await countOf("SELECT total(spans) - (SELECT count(*) FROM spans) FROM stats")).toBe(0);
    left = Number(await countOf("SELECT count(*) FROM bodies WHERE span LIKE '%old%'"));
    before.add(left);
  }
  expect(left).toBe(0);
  // It was killed in the middle.
  expect(before.size).toBeGreaterThan(2);
  const store = await createSqliteStore(data);
  for (const traceId of sent) expect(await store.getSpans(traceId)).toHaveLength(2);
  expect((await store.listTraces({ limit: 9, filter: { text: "old" } })).traces).toEqual([]);
  await store.close();
}, 180_000);

it("what was forgotten leaves the file with the next collector, whether or not it has a bound", async () => {
  await storeOld(2, 20_000);
  const first = await start("--keep-days", "1");
  await expect.poll(() => countOf("SELECT count(*) FROM forgotten"), { interval: 5 }).toBe(1);
  first.child.kill("SIGKILL");
  await first.ended;
  expect(await countOf("SELECT count(*) FROM forgotten")).toBe(1);
  expect(await countOf("SELECT count(*) FROM bodies")).toBeGreaterThan(20_000);
  const next = await start("--keep-days", "0");
  await expect.poll(() => countOf("SELECT count(*) FROM forgotten"), { timeout: 20_000 }).toBe(0);
  // And nothing more.
  expect(await countOf("SELECT group_concat(trace_id) FROM traces")).toBe("old-1");
  expect(await countOf("SELECT count(*) FROM bodies")).toBe(20_000);
  next.child.kill("SIGTERM");
  expect(await next.ended).toBe(0);
});

const WITHOUT_TRACE = `SELECT count(*) FROM spans
  WHERE trace NOT IN (SELECT id FROM traces UNION ALL SELECT trace FROM forgotten)`;

/** The first is the oldest. */
async function storeOld(traces: number, spansInTrace: number): Promise<void> {
  const store = await createSqliteStore(data);
  const firstMs = Date.now() - 9 * DAY_MS;
  const more = { input: `old ${"word ".repeat(50)}`, tags: ["t"] };
  const spans = Array.from({ length: traces * spansInTrace }, (_, index) => {
    const trace = Math.floor(index / spansInTrace);
    return aCall(`s${index}`, { traceId: `old-${trace}`, startTimeMs: firstMs + trace, ...more });
  });
  await store.insert(spans);
  await store.close();
}

async function start(...args: string[]): Promise<RunningCollector> {
  const running = await startCommand(["--data", data, ...args]);
  all.push(running);
  return running;
}

/** Answers whether it was acknowledged. */
async function post(baseURL: string, traceId: string): Promise<boolean> {
  const spans = ["a", "b"].map((id) => aCall(id, { traceId, startTimeMs: Date.now() }));
  const answer = await fetch(`${baseURL}/logs`, { method: "POST", body: JSON.stringify(spans.map(toLogRecord)) });
  return answer.ok;
}

async function countOf(sql: string): Promise<unknown> {
  const database = await openSqlite(data);
  try {
    return Object.values(database.prepare(sql).get() ?? {})[0];
  } finally {
    database.close();
  }
}
