import { toMicroseconds } from "../roll-up.ts";
import type { Pruned, Retention } from "../store.ts";
import type { Database } from "./database.ts";

/** Traces that go in one step. */
const TRACES_AT_ONCE = 5_000;

/** When the store is too large, the oldest of so many parts of the traces go at a time. */
const PARTS = 20;

/** A step of retention, see `Store.prune`. What is deleted takes its room until ClickHouse has merged it away. */
export async function prune(database: Database, { beforeMs, maxBytes }: Retention): Promise<Pruned> {
  const old = beforeMs === undefined ? [] : await oldest(database, TRACES_AT_ONCE, toMicroseconds(beforeMs));
  if (old.length > 0) return { traces: await drop(database, old), more: true };
  if (beforeMs !== undefined) await dropLostFeedback(database, beforeMs);
  const excess = maxBytes === undefined ? 0 : (await usedBytes(database)) - maxBytes;
  if (excess <= 0) return { traces: 0, more: false };
  const [row] = await database.ask("SELECT uniqExact(trace_id) AS traces FROM traces");
  const some = Math.max(1, Math.min(TRACES_AT_ONCE, Math.floor(Number(row?.["traces"]) / PARTS)));
  const keys = await oldest(database, some);
  return { traces: await drop(database, keys), more: keys.length > 0 };
}

async function oldest(database: Database, limit: number, beforeUs?: number): Promise<readonly string[]> {
  const sql = `SELECT trace_id AS key, min(traces.start_us) AS start FROM traces GROUP BY trace_id
    ${beforeUs === undefined ? "" : "HAVING start < {beforeUs:Int64}"} ORDER BY start, key LIMIT ${limit}`;
  const rows = await database.ask(sql, beforeUs === undefined ? {} : { beforeUs });
  return rows.map((row) => String(row["key"]));
}

async function drop(database: Database, keys: readonly string[]): Promise<number> {
  for (const table of ["feedback", "spans", "traces"]) {
    await database.run(`DELETE FROM ${table} WHERE trace_id IN {keys:Array(String)}`, { keys });
  }
  return keys.length;
}

/** Feedback whose trace never came. A deletion costs ClickHouse more than a question. */
async function dropLostFeedback(database: Database, beforeMs: number): Promise<void> {
  const lost = `created_ms < {beforeMs:Int64} AND trace_id GLOBAL NOT IN (SELECT trace_id FROM traces)`;
  const [row] = await database.ask(`SELECT count() AS lost FROM feedback WHERE ${lost}`, {
    beforeMs: Math.floor(beforeMs),
  });
  if (Number(row?.["lost"]) === 0) return;
  await database.run(`DELETE FROM feedback WHERE ${lost}`, { beforeMs: Math.floor(beforeMs) });
}

/** What the spans that are not deleted take, taking all for equally large. */
async function usedBytes(database: Database): Promise<number> {
  const [parts] = await database.ask(
    `SELECT sum(bytes_on_disk) AS bytes, sumIf(rows, table LIKE 'spans%') AS rows FROM system.parts
    WHERE database = currentDatabase() AND active`,
  );
  const [spans] = await database.ask("SELECT count() AS rows FROM spans");
  const rows = Number(parts?.["rows"]);
  return rows === 0 ? 0 : (Number(parts?.["bytes"]) * Number(spans?.["rows"])) / rows;
}
