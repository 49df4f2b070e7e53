import { toMicroseconds } from "../roll-up.ts";
import type { Pruned, Retention } from "../store.ts";
import type { SqliteDatabase } from "./database.ts";
import type { SqliteWriter } from "./writer.ts";

/** Spans that go in one transaction, and pages that are given back: few enough for inserts to wait hundredths of a second. */
const SPANS_AT_ONCE = 500;
const PAGES_AT_ONCE = 2_000;

/** Pages of the index of words that are written anew after each such transaction. */
const MERGE_PAGES = 300;

/** Free pages that stay: what comes next takes their room. */
const SPARE_PAGES = 2_000;

/** A step of retention, see `Store.prune`. */
export function prune(
  database: SqliteDatabase,
  writer: SqliteWriter,
  { beforeMs, maxBytes }: Retention,
  transact: <T>(work: () => T) => T,
): Pruned {
  const oldest = database.prepare("SELECT id, trace_id, start_us FROM traces ORDER BY start_us, trace_id LIMIT 1");
  const isDue = (startUs: number): boolean =>
    (beforeMs !== undefined && startUs < toMicroseconds(beforeMs)) ||
    (maxBytes !== undefined && usedBytes(database) > maxBytes);
  const traces = transact(() => {
    let spans = 0;
    let count = 0;
    while (spans < SPANS_AT_ONCE) {
      const row = oldest.get();
      if (row === undefined || !isDue(Number(row["start_us"]))) return { count, more: false };
      spans += writer.dropTrace(Number(row["id"]), String(row["trace_id"]));
      count += 1;
    }
    return { count, more: true };
  });
  // The index of words only marks what is gone, until its parts are put together anew.
  if (traces.count > 0)
    transact(() => database.exec(`INSERT INTO search (search, rank) VALUES ('merge', ${MERGE_PAGES})`));
  return { traces: traces.count, more: traces.more || giveBack(database) };
}

/** Gives pages that are free back to the file system, some at a time. Answers whether there are more. */
function giveBack(database: SqliteDatabase): boolean {
  const free = pragma(database, "freelist_count") - SPARE_PAGES;
  // Files of old formats cannot shrink: their free pages are used again.
  if (free <= 0 || pragma(database, "auto_vacuum") === 0) return false;
  database.exec(`PRAGMA incremental_vacuum(${Math.min(free, PAGES_AT_ONCE)})`);
  return free > PAGES_AT_ONCE;
}

function usedBytes(database: SqliteDatabase): number {
  return (pragma(database, "page_count") - pragma(database, "freelist_count")) * pragma(database, "page_size");
}

function pragma(database: SqliteDatabase, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}
