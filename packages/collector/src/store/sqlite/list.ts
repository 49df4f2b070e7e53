import { type RollUp, toMicroseconds, toSummary } from "../roll-up.ts";
import type { FeedbackSummary, TraceFilter, TraceList, TraceListQuery, TraceSummary } from "../store.ts";
import type { SqliteDatabase, SqliteRow, SqliteValue } from "./database.ts";
import { findFew } from "./few.ts";
import { findText } from "./search.ts";

/** Conditions on traces `t`, and the values in them. */
interface Conditions {
  readonly sql: string[];
  readonly values: SqliteValue[];
}

/** A part of the list, see `Store.listTraces`. */
export function listTraces(database: SqliteDatabase, { limit, after, filter = {} }: TraceListQuery): TraceList {
  const where = conditionsOf(filter);
  if (after !== undefined) {
    where.sql.push("(t.start_us, t.trace_id) < (?, ?)");
    where.values.push(toMicroseconds(after.startTimeMs), after.traceId);
  }
  const hits = filter.text === undefined ? undefined : findText(database, filter.text);
  const found = hits?.traces ?? findFew(database, filter);
  const source = found === undefined ? "traces t" : "json_each(?) found CROSS JOIN traces t ON t.id = found.value";
  const order = "ORDER BY t.start_us DESC, t.trace_id DESC";
  // Which ones is found out first: rows are wide.
  const rows = database
    .prepare(
      `SELECT t.* FROM (SELECT t.id AS id FROM ${source} ${where.sql.length === 0 ? "" : `WHERE ${where.sql.join(" AND ")}`}
        ${order} LIMIT ?) page CROSS JOIN traces t ON t.id = page.id ${order}`,
    )
    .all(...(found === undefined ? [] : [JSON.stringify(found)]), ...where.values, limit + 1);
  const traces = rows.slice(0, limit).map((row) => summaryOf(database, row));
  const last = traces.at(-1);
  const next = rows.length > limit && last !== undefined ? last : undefined;
  return {
    traces,
    ...(next === undefined ? {} : { next: { startTimeMs: next.startTimeMs, traceId: next.traceId } }),
    ...(hits?.incomplete === true ? { incomplete: true } : {}),
  };
}

/** What a list shows of a trace's row. */
export function summaryOf(database: SqliteDatabase, row: SqliteRow): TraceSummary {
  const rollUp: RollUp = JSON.parse(String(row["roll_up"]));
  const traceId = String(row["trace_id"]);
  return toSummary(traceId, rollUp, feedbackOf(database, traceId));
}

function feedbackOf(database: SqliteDatabase, traceId: string): FeedbackSummary | undefined {
  const row = database
    .prepare(
      `SELECT count(*) AS count, total(weight) AS weight, total(value * weight) AS value FROM feedback
      WHERE trace_id = ?`,
    )
    .get(traceId);
  const [count, weight, value] = ["count", "weight", "value"].map((name) => Number(row?.[name]));
  if (count === undefined || count === 0 || weight === undefined || value === undefined) return undefined;
  return { count, average: weight === 0 ? 0 : value / weight };
}

function conditionsOf(filter: TraceFilter): Conditions {
  const { status, minDurationMs, maxDurationMs, fromMs, toMs, facets = [], feedback } = filter;
  const sql: string[] = [];
  const values: SqliteValue[] = [];
  const ask = (condition: string, ...given: SqliteValue[]): void => {
    sql.push(condition);
    values.push(...given);
  };
  if (status !== undefined) ask(`t.status IN (SELECT value FROM json_each(?))`, JSON.stringify(status));
  if (minDurationMs !== undefined) ask("t.duration_us >= ?", toMicroseconds(minDurationMs));
  if (maxDurationMs !== undefined) ask("t.duration_us <= ?", toMicroseconds(maxDurationMs));
  if (fromMs !== undefined) ask("t.start_us >= ?", toMicroseconds(fromMs));
  if (toMs !== undefined) ask("t.start_us < ?", toMicroseconds(toMs));
  for (const facet of facets) ask("EXISTS (SELECT 1 FROM facets WHERE facet = ? AND trace = t.id)", facet);
  if (feedback !== undefined) ask(FEEDBACK[feedback]);
  return { sql, values };
}

const FEEDBACK: Readonly<Record<NonNullable<TraceFilter["feedback"]>, string>> = {
  any: "EXISTS (SELECT 1 FROM feedback WHERE trace_id = t.trace_id)",
  none: "NOT EXISTS (SELECT 1 FROM feedback WHERE trace_id = t.trace_id)",
  positive: "EXISTS (SELECT 1 FROM feedback WHERE trace_id = t.trace_id AND value > 0)",
  negative: "EXISTS (SELECT 1 FROM feedback WHERE trace_id = t.trace_id AND value < 0)",
};
