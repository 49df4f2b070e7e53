import type { Span } from "@portkey-tracing/core";
import type { RollUp } from "../roll-up.ts";
import { addStat, type StatRow, statRowOf } from "../stats.ts";
import type { SqliteDatabase } from "./database.ts";
import { noteDropped } from "./search-parts.ts";
import { addStatRows } from "./stat-rows.ts";

/**
 * Numbers of traces that are forgotten and whose spans are yet to be taken out: whatever is asked, they are not there any
 * more, while a large trace goes bit by bit.
 */
export const FORGOTTEN = "CREATE TABLE forgotten (trace INTEGER PRIMARY KEY) STRICT;";

/** What is taken out at a time. */
const SPANS_AT_ONCE = 50;
const FEEDBACK_AT_ONCE = 50;

/** Forgets a trace with its feedback. Callers hold the transaction, as of the next one. */
export function forgetTrace(database: SqliteDatabase, id: number): void {
  const { trace_id: traceId, roll_up: text } =
    database.prepare("SELECT trace_id, roll_up FROM traces WHERE id = ?").get(id) ?? {};
  if (traceId === undefined) return;
  const rollUp: RollUp = JSON.parse(String(text));
  for (const facet of rollUp.facets) {
    database.prepare("DELETE FROM facets WHERE facet = ? AND trace = ?").run(facet, id);
  }
  database.prepare("DELETE FROM feedback WHERE trace_id = ?").run(String(traceId));
  database.prepare("DELETE FROM traces WHERE id = ?").run(id);
  database.prepare("INSERT INTO forgotten (trace) VALUES (?)").run(id);
}

/** Takes out some spans of a forgotten trace, and what they were summed up in. Answers whether there were any. */
export function clearSomeSpans(database: SqliteDatabase): boolean {
  const trace = database.prepare("SELECT trace FROM forgotten LIMIT 1").get()?.["trace"];
  if (trace === undefined) return false;
  const rows = database
    .prepare(
      `SELECT span_id, body, ifnull(row, (SELECT span FROM bodies WHERE id = body)) AS row FROM spans
      WHERE trace = ? ORDER BY span_id LIMIT ?`,
    )
    .all(Number(trace), SPANS_AT_ONCE);
  const stats = new Map<string, StatRow>();
  for (const { row } of rows) {
    const span: Span = JSON.parse(String(row));
    addStat(stats, statRowOf(span), -1);
  }
  addStatRows(database, stats.values());
  const bodies = rows.map((row) => Number(row["body"]));
  for (const body of bodies) database.prepare("DELETE FROM bodies WHERE id = ?").run(body);
  noteDropped(database, bodies);
  const last = rows.at(-1)?.["span_id"];
  if (last !== undefined) {
    database.prepare("DELETE FROM spans WHERE trace = ? AND span_id <= ?").run(Number(trace), String(last));
  }
  if (rows.length < SPANS_AT_ONCE) database.prepare("DELETE FROM forgotten WHERE trace = ?").run(Number(trace));
  return true;
}

/** Takes out some feedback of which nothing was heard since, and whose trace never came. Answers whether there was any. */
export function forgetLostFeedback(database: SqliteDatabase, beforeMs: number): boolean {
  const lost = `SELECT id FROM feedback WHERE updated_ms < ?1 AND created_ms < ?1
    AND NOT EXISTS (SELECT 1 FROM traces WHERE traces.trace_id = feedback.trace_id) LIMIT ?2`;
  const forgotten = database
    .prepare(`DELETE FROM feedback WHERE id IN (${lost})`)
    .run(Math.floor(beforeMs), FEEDBACK_AT_ONCE);
  return Number(forgotten.changes) > 0;
}
