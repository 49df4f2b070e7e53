import { toMicroseconds } from "../roll-up.ts";
import type { Pruned, Retention } from "../store.ts";
import type { SqliteDatabase } from "./database.ts";
import type { SqliteWriter } from "./writer.ts";

/** Spans that go in one transaction, and pages that are given back: few enough for inserts to wait a hundredth of a second. */
const SPANS_AT_ONCE = 200;
const PAGES_AT_ONCE = 500;

/** Pages of the index of words that are written anew in one transaction. */
const MERGE_PAGES = 100;

/** A file that is too large is brought down to this share of what it may be, so that it is not at once too large again. */
const ROOM = 0.95;

/** Free pages that stay: what comes next takes their room. */
const SPARE_PAGES = 2_000;

/** Steps of retention, see `Store.prune`. */
export type Pruner = (retention: Retention) => Pruned;

/**
 * Retention of one file. By size it forgets that share of the traces by which the file is too large, then has the index of
 * words put together anew (it only marks what is gone), and measures again: the index lags, and must not cost more traces.
 */
export function createPruner(
  database: SqliteDatabase,
  writer: SqliteWriter,
  transact: <T>(work: () => T) => T,
): Pruner {
  /** Traces that are yet to go for the size, and what is done about the index once they are gone. */
  const state: { excess: number; merge: "none" | "begin" | "go on" } = { excess: 0, merge: "none" };
  return ({ beforeMs, maxBytes }) => {
    if (maxBytes !== undefined && state.excess === 0 && state.merge === "none") {
      state.excess = excessOf(database, maxBytes);
      if (state.excess > 0) state.merge = "begin";
    }
    const isDue = (startUs: number): boolean =>
      state.excess > 0 || (beforeMs !== undefined && startUs < toMicroseconds(beforeMs));
    const onDrop = (): number => (state.excess = Math.max(0, state.excess - 1));
    const dropped = transact(() => dropOldest(database, writer, isDue, onDrop));
    if (dropped > 0) return { traces: dropped, more: true };
    if (beforeMs !== undefined) dropLostFeedback(database, beforeMs);
    // A negative number begins to make one part of all.
    const hasMerged = transact(() => mergeIndex(database, state.merge === "begin" ? -MERGE_PAGES : MERGE_PAGES));
    if (hasMerged) {
      if (state.merge === "begin") state.merge = "go on";
      return { traces: 0, more: true };
    }
    state.excess = 0;
    state.merge = "none";
    const isTooLarge = maxBytes !== undefined && excessOf(database, maxBytes) > 0;
    return { traces: 0, more: giveBack(database) || isTooLarge };
  };
}

function dropOldest(
  database: SqliteDatabase,
  writer: SqliteWriter,
  isDue: (startUs: number) => boolean,
  onDrop: () => unknown,
): number {
  const oldest = database.prepare("SELECT id, trace_id, start_us FROM traces ORDER BY start_us, trace_id LIMIT 1");
  let traces = 0;
  for (let spans = 0; spans < SPANS_AT_ONCE; traces++) {
    const row = oldest.get();
    if (row === undefined || !isDue(Number(row["start_us"]))) break;
    spans += writer.dropTrace(Number(row["id"]), String(row["trace_id"]));
    onDrop();
  }
  return traces;
}

/** Feedback whose trace never came. */
function dropLostFeedback(database: SqliteDatabase, beforeMs: number): void {
  database
    .prepare("DELETE FROM feedback WHERE created_ms < ? AND trace_id NOT IN (SELECT trace_id FROM traces)")
    .run(Math.floor(beforeMs));
}

/** How many of the traces are too many, taking all for equally large. */
function excessOf(database: SqliteDatabase, maxBytes: number): number {
  const used = (pragma(database, "page_count") - pragma(database, "freelist_count")) * pragma(database, "page_size");
  if (used <= maxBytes) return 0;
  const traces = Number(database.prepare("SELECT count(*) AS count FROM traces").get()?.["count"]);
  return Math.ceil((traces * (used - ROOM * maxBytes)) / used);
}

/** Answers whether there was something to do. */
function mergeIndex(database: SqliteDatabase, pages: number): boolean {
  const changes = (): number => Number(database.prepare("SELECT total_changes() AS count").get()?.["count"]);
  const before = changes();
  database.exec(`INSERT INTO search (search, rank) VALUES ('merge', ${pages})`);
  // One change is the command itself.
  return changes() - before > 1;
}

/** Gives pages that are free back to the file system, some at a time. Answers whether there are more. */
function giveBack(database: SqliteDatabase): boolean {
  const free = pragma(database, "freelist_count") - SPARE_PAGES;
  // Files of old formats cannot shrink: their free pages are used again.
  if (free <= 0 || pragma(database, "auto_vacuum") === 0) return false;
  database.exec(`PRAGMA incremental_vacuum(${Math.min(free, PAGES_AT_ONCE)})`);
  return free > PAGES_AT_ONCE;
}

function pragma(database: SqliteDatabase, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}
