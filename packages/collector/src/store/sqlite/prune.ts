import { toMicroseconds } from "../roll-up.ts";
import type { Pruned, Retention } from "../store.ts";
import type { SqliteDatabase } from "./database.ts";
import { clearSomeSpans, forgetLostFeedback, forgetTrace } from "./forget.ts";
import { clearSomeOfParts } from "./search-parts.ts";
import { tidyParts } from "./search-tidy.ts";

/** What is worked on in one transaction: inserts wait for no longer. */
const STEP_MS = 10;

/** Pages that are given back to the file system at a time. */
const PAGES_AT_ONCE = 32;

/** A file that is too large is brought down to this share of what it may be, so that it is not at once too large again. */
const ROOM = 0.95;

/** Free pages that stay: what comes next takes their room. */
const SPARE_PAGES = 2_000;

/** Steps of retention, see `Store.prune`. */
export type Pruner = (retention: Retention) => Pruned;

/**
 * Retention of one file. A step is made of small pieces of work, each of which is begun when nothing before it is left
 * to do: what is forgotten is taken out, and the index of words put in order, before a trace goes for the room that it
 * takes.
 */
export function createPruner(database: SqliteDatabase, transact: <T>(work: () => T) => T): Pruner {
  const state = { isTooLarge: false };
  const isTooLarge = (maxBytes: number): boolean => {
    state.isTooLarge = usedBytes(database) > (state.isTooLarge ? ROOM * maxBytes : maxBytes);
    return state.isTooLarge;
  };
  return ({ beforeMs, maxBytes }) => {
    let traces = 0;
    const forgetOldest = (isDue: (startUs: number) => boolean): boolean => {
      const row = database.prepare("SELECT id, start_us FROM traces ORDER BY start_us, trace_id LIMIT 1").get();
      if (row === undefined || !isDue(Number(row["start_us"]))) return false;
      forgetTrace(database, Number(row["id"]));
      traces += 1;
      return true;
    };
    const pieces = [
      () => clearSomeSpans(database),
      () => clearSomeOfParts(database),
      () => beforeMs !== undefined && forgetOldest((startUs) => startUs < toMicroseconds(beforeMs)),
      () => tidyParts(database),
      () => maxBytes !== undefined && isTooLarge(maxBytes) && forgetOldest(() => true),
      () => beforeMs !== undefined && forgetLostFeedback(database, beforeMs),
      () => giveBack(database),
    ];
    const more = transact(() => {
      const endMs = performance.now() + STEP_MS;
      while (pieces.some((work) => work())) if (performance.now() > endMs) return true;
      return false;
    });
    return { traces, more };
  };
}

/** Gives some pages that are free back to the file system. Answers whether there were any. */
function giveBack(database: SqliteDatabase): boolean {
  const free = pragma(database, "freelist_count") - SPARE_PAGES;
  // Files of old formats cannot shrink: their free pages are used again.
  if (free <= 0 || pragma(database, "auto_vacuum") === 0) return false;
  database.exec(`PRAGMA incremental_vacuum(${Math.min(free, PAGES_AT_ONCE)})`);
  return true;
}

/** What the file holds, without room that is free. */
export function usedBytes(database: SqliteDatabase): number {
  return (pragma(database, "page_count") - pragma(database, "freelist_count")) * pragma(database, "page_size");
}

function pragma(database: SqliteDatabase, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}
