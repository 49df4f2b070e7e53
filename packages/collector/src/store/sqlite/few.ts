import type { TraceFilter } from "../store.ts";
import type { SqliteDatabase, SqliteValue } from "./database.ts";
import { selectDurations } from "./durations.ts";

/** What so few traces have is looked up; what more have is checked trace by trace, newest first. */
const FEW = 10_000;

/** The same of durations, which an index for looking newest first has beside it: that is faster from here on. */
const FEW_DURATIONS = 1_000;

/** Numbers of the traces that one part of a filter is true of, and how many are few. */
interface Source {
  readonly select: string;
  readonly values: readonly SqliteValue[];
  readonly few: number;
}

/**
 * The traces that one part of a filter leaves, where one leaves few: of several that which leaves fewest. They are yet to be
 * checked for the others. `undefined` where no part does.
 */
export function findFew(database: SqliteDatabase, filter: TraceFilter): number[] | undefined {
  const counted = sourcesOf(filter)
    .map((source) => ({ source, count: countOf(database, source) }))
    .filter(({ source, count }) => count <= source.few)
    .toSorted((a, b) => a.count - b.count);
  const [fewest] = counted;
  if (fewest === undefined) return undefined;
  const rows = database.prepare(fewest.source.select).all(...fewest.source.values);
  return rows.map((row) => Number(row["trace"]));
}

/** No further than it matters. */
function countOf(database: SqliteDatabase, { select, values, few }: Source): number {
  const sql = `SELECT count(*) AS count FROM (${select} LIMIT ${few + 1})`;
  return Number(database.prepare(sql).get(...values)?.["count"]);
}

function sourcesOf(filter: TraceFilter): Source[] {
  const { facets = [], status, feedback, minDurationMs, maxDurationMs } = filter;
  const sources: Source[] = facets.map((facet) => ({
    select: "SELECT trace FROM facets WHERE facet = ?",
    values: [facet],
    few: FEW,
  }));
  if (status !== undefined && !status.includes("ok")) {
    const select = `SELECT id AS trace FROM traces INDEXED BY traces_not_ok
      WHERE status <> 'ok' AND status IN (SELECT value FROM json_each(?))`;
    sources.push({ select, values: [JSON.stringify(status)], few: FEW });
  }
  if (feedback !== undefined && feedback !== "none") {
    const select = `SELECT DISTINCT traces.id AS trace FROM feedback CROSS JOIN traces USING (trace_id)
      WHERE ${FEEDBACK[feedback]}`;
    sources.push({ select, values: [], few: FEW });
  }
  if (minDurationMs !== undefined || maxDurationMs !== undefined) {
    sources.push({ ...selectDurations(filter), few: FEW_DURATIONS });
  }
  return sources;
}

const FEEDBACK = { any: "1", positive: "value > 0", negative: "value < 0" } as const;
