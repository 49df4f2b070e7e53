import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { toLogRecord } from "@portkey-tracing/core/wire";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openSqlite } from "../../packages/collector/src/store/sqlite/database.ts";
import { createSqliteStore } from "../../packages/collector/src/store/sqlite-store.ts";
import { aCall } from "../support/spans.ts";

const COMMAND = fileURLToPath(new URL("../../packages/collector/bin/portkey-traces.mjs", import.meta.url));

const DAY_MS = 86_400_000;
const TRACES = 1_500;
const SPANS_IN_TRACE = 20;

let folder: string;
let data: string;
let last: { readonly child: ChildProcess; readonly ended: Promise<unknown> } | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "portkey-traces-"));
  data = join(folder, "traces.db");
});
afterEach(async () => {
  last?.child.kill("SIGKILL");
  await last?.ended;
  await rm(folder, { recursive: true });
});

it("a file is whole after its collector was killed in the middle of forgetting, and the next one goes on with it", async () => {
  await storeOld();
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
});

const WITHOUT_TRACE = `SELECT count(*) FROM spans
  WHERE trace NOT IN (SELECT id FROM traces UNION ALL SELECT trace FROM forgotten)`;

async function storeOld(): Promise<void> {
  const store = await createSqliteStore(data);
  const startTimeMs = Date.now() - 9 * DAY_MS;
  const more = { startTimeMs, input: `old ${"word ".repeat(50)}`, tags: ["t"] };
  const spans = Array.from({ length: TRACES * SPANS_IN_TRACE }, (_, index) =>
    aCall(`s${index}`, { traceId: `old-${Math.floor(index / SPANS_IN_TRACE)}`, ...more }),
  );
  await store.insert(spans);
  await store.close();
}

async function start(
  ...args: string[]
): Promise<{ readonly child: ChildProcess; readonly ended: Promise<unknown>; readonly baseURL: string }> {
  const running = spawn(process.execPath, [COMMAND, "--port", "0", "--data", data, ...args]);
  const ended = new Promise((resolve) => void running.on("close", resolve));
  last = { child: running, ended };
  let output = "";
  const baseURL = await new Promise<string>((resolve, reject) => {
    running.stdout.on("data", (text) => {
      output += String(text);
      const found = /PORTKEY_BASE_URL=(\S+)\s[^]*Stop with/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(new Error(`it ended: ${output}`)));
  });
  return { child: running, ended, baseURL };
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
