import { toMicroseconds } from "../roll-up.ts";
import type { Pruned, Retention } from "../store.ts";
import type { Database } from "./database.ts";

/** Traces that go in one step, about: a deletion costs ClickHouse more than what is deleted by it. */
const TRACES_AT_ONCE = 50_000;

/** When the store is too large, at least the oldest of so many parts of the traces go at a time. */
const PARTS = 20;

/** What a store that was too large is brought down to. */
const LOW_SHARE = 0.95;

/** A step of retention, see `Store.prune`. Days that are over go at once; of others what is deleted is merged away later. */
export async function prune(database: Database, { beforeMs, maxBytes }: Retention): Promise<Pruned> {
  if (beforeMs !== undefined) {
    const old = await oldest(database, TRACES_AT_ONCE, toMicroseconds(beforeMs));
    if (old !== undefined) return { traces: await dropUntil(database, old), more: true };
    await dropLostFeedback(database, beforeMs);
  }
  if (maxBytes === undefined) return { traces: 0, more: false };
  const { bytes, share } = await usedRoom(database);
  if (bytes <= maxBytes) return { traces: 0, more: false };
  const excess = 1 - (maxBytes * LOW_SHARE) / (bytes * share);
  if (excess > 0) {
    const [row] = await database.ask("SELECT uniq(trace_id) AS traces FROM traces");
    // Half of what it would be if all were equally large, lest too much goes.
    const part = Number(row?.["traces"]) * Math.max(excess / 2, 1 / PARTS);
    const some = Math.max(1, Math.min(TRACES_AT_ONCE, Math.floor(part)));
    const old = await oldest(database, some);
    if (old !== undefined) return { traces: await dropUntil(database, old), more: true };
  }
  // What is deleted by now is enough: its room is given back.
  if (share < 1) await database.run("ALTER TABLE spans APPLY DELETED MASK");
  return { traces: 0, more: false };
}

/** When the last of so many oldest traces started. */
async function oldest(database: Database, limit: number, beforeUs?: number): Promise<number | undefined> {
  const sql = `SELECT count() AS traces, max(start_us) AS last FROM (SELECT start_us FROM lists WHERE list = ''
    ${beforeUs === undefined ? "" : "AND start_us < {beforeUs:Int64}"} ORDER BY start_us LIMIT ${limit})`;
  const [row] = await database.ask(sql, beforeUs === undefined ? {} : { beforeUs });
  return Number(row?.["traces"]) === 0 ? undefined : Number(row?.["last"]);
}

/** All traces that started until then, from the list of all: the last that they go from, lest some stay for ever. */
async function dropUntil(database: Database, lastUs: number): Promise<number> {
  const traces = "SELECT trace_id FROM lists WHERE list = '' AND start_us <= {lastUs:Int64}";
  const sql = `SELECT uniqExact(trace_id) AS traces, max(end_us) AS end FROM traces WHERE trace_id IN (${traces})`;
  const [row] = await database.ask(sql, { lastUs });
  await database.run(`DELETE FROM feedback WHERE trace_id IN (${traces})`, { lastUs });
  await dropDays(database, "spans", lastUs);
  const endUs = Number(row?.["end"]);
  await database.run(`DELETE FROM spans WHERE start_us <= {endUs:Int64} AND trace_id IN (${traces})`, {
    lastUs,
    endUs,
  });
  await database.run(`DELETE FROM traces WHERE trace_id IN (${traces})`, { lastUs });
  await dropDays(database, "lists", lastUs);
  await database.run("DELETE FROM lists WHERE start_us <= {lastUs:Int64}", { lastUs });
  return Number(row?.["traces"]);
}

/** Days of which nothing stays: a span, and an entry of a list, is no older than its trace. */
async function dropDays(database: Database, table: "spans" | "lists", lastUs: number): Promise<void> {
  const sql = `SELECT DISTINCT partition_id AS id FROM system.parts
    WHERE database = currentDatabase() AND table = {table:String} AND active
      AND toUInt32OrZero(partition_id) < toYYYYMMDD(toDateTime(intDiv({lastUs:Int64}, 1000000), 'UTC'))`;
  const ids = (await database.ask(sql, { table, lastUs })).map((row) => String(row["id"]));
  if (ids.length === 0) return;
  // Times that no calendar has lie in any day.
  const over = `SELECT _partition_id AS id FROM ${table} WHERE _partition_id IN {ids:Array(String)}
    GROUP BY id HAVING max(start_us) <= {lastUs:Int64}`;
  for (const row of await database.ask(over, { ids, lastUs })) {
    await database.run(`ALTER TABLE ${table} DROP PARTITION ID {id:String}`, { id: String(row["id"]) });
  }
}

/** Feedback whose trace never came. A deletion costs ClickHouse more than a question. */
async function dropLostFeedback(database: Database, beforeMs: number): Promise<void> {
  const given = "SELECT trace_id FROM feedback WHERE created_ms < {beforeMs:Int64}";
  const lost = `created_ms < {beforeMs:Int64}
    AND trace_id GLOBAL NOT IN (SELECT trace_id FROM traces WHERE trace_id GLOBAL IN (${given}))`;
  const parameters = { beforeMs: Math.floor(beforeMs) };
  const [row] = await database.ask(`SELECT count() AS lost FROM feedback WHERE ${lost}`, parameters);
  if (Number(row?.["lost"]) > 0) await database.run(`DELETE FROM feedback WHERE ${lost}`, parameters);
}

/** What all tables take on disk, and what share of the spans there is not deleted. */
async function usedRoom(database: Database): Promise<{ readonly bytes: number; readonly share: number }> {
  const [parts] = await database.ask(
    `SELECT sum(bytes_on_disk) AS bytes, sumIf(rows, table = 'spans') AS rows FROM system.parts
    WHERE database = currentDatabase() AND active`,
  );
  const [spans] = await database.ask("SELECT count() AS rows FROM spans");
  const rows = Number(parts?.["rows"]);
  return { bytes: Number(parts?.["bytes"]), share: rows === 0 ? 1 : Math.min(1, Number(spans?.["rows"]) / rows) };
}
