import { toMicroseconds } from "../roll-up.ts";
import type { TraceFilter } from "../store.ts";
import type { Database, Parameters } from "./database.ts";
import { textCondition } from "./text-condition.ts";

/** A trace that may be what is asked for, and its place in the list. */
export interface Candidate {
  readonly key: string;
  readonly startUs: number;
}

/** Traces with a text that a question looks at, the newest. */
const MAX_HITS = 10_000;

/**
 * How many entries of the shortest list are looked at first, then, and then; what is still missing is looked for
 * everywhere.
 */
const WINDOWS = [200, 2_000, 20_000];

/** The same for a text: all of a day is read for it, of however few traces. */
const TEXT_WINDOWS = [20_000];

/** Candidates that are told of at once. */
const PAGE = 200;

/** Candidates, and whether they were looked for in all that there is. */
export interface CandidatePage {
  readonly candidates: readonly Candidate[];
  readonly isOfAll: boolean;
}

/** The list of all. */
const ALL = [""];

/**
 * Traces that may be what is asked for, in the order of the list, behind a place in it. They come from what was ever
 * said of traces. The newest entries of the lists are read, of that many traces as are wanted, and more as long as too
 * few are found.
 */
export async function* candidatesOf(
  database: Database,
  filter: TraceFilter,
  after: Candidate | undefined,
  wanted: number,
): AsyncGenerator<CandidatePage> {
  const lists = listsOf(filter);
  const fromUs = filter.fromMs === undefined ? undefined : toMicroseconds(filter.fromMs);
  let below = placeBelow(filter, after);
  for (const entries of [...windowsOf(filter), undefined]) {
    const found =
      entries === undefined
        ? undefined
        : await lowestOf(database, lists, below?.startUs, Math.max(entries, wanted * 4));
    const isLast = found === undefined || (fromUs !== undefined && found <= fromUs);
    const lowUs = isLast ? fromUs : found;
    for (;;) {
      const window = { lists, lowUs, below, isLast };
      const candidates = await readCandidates(database, filter, window, Math.max(PAGE, wanted));
      if (candidates.length > 0 || isLast) yield { candidates, isOfAll: isLast };
      if (candidates.length < Math.max(PAGE, wanted)) break;
      below = candidates.at(-1);
    }
    if (isLast) return;
    below = { startUs: found, key: "" };
  }
}

/** True where more spans have the text than are looked at. */
export async function hasTooManyHits(database: Database, filter: TraceFilter): Promise<boolean> {
  if (filter.text === undefined) return false;
  const found = textCondition(filter.text);
  const lists = listsOf(filter);
  const isListed = lists.map(
    (_, index) => `trace_id GLOBAL IN (SELECT trace_id FROM lists WHERE list IN {lists${index}:Array(String)})`,
  );
  const isHit = [...(lists.includes(ALL) ? [] : isListed), found.sql].join(" AND ");
  const sql = `SELECT count() AS hits FROM (SELECT 1 FROM spans WHERE ${isHit} LIMIT ${MAX_HITS + 1})`;
  const groups = Object.fromEntries(lists.map((group, index) => [`lists${index}`, group]));
  const [row] = await database.ask(sql, { ...found.parameters, ...groups });
  return Number(row?.["hits"]) > MAX_HITS;
}

function windowsOf({ text, feedback }: TraceFilter): readonly number[] {
  // Of what has feedback there is not much.
  if (feedback !== undefined && feedback !== "none") return [];
  return text === undefined ? WINDOWS : TEXT_WINDOWS;
}

/** The place that all of the list stands behind. */
function placeBelow({ toMs }: TraceFilter, after: Candidate | undefined): Candidate | undefined {
  if (toMs === undefined) return after;
  const end = { startUs: toMicroseconds(toMs), key: "" };
  return after === undefined || after.startUs >= end.startUs ? end : after;
}

/** Lists that a trace must stand in: in one of each group. */
function listsOf({ facets = [], status }: TraceFilter): readonly (readonly string[])[] {
  const groups = facets.map((facet) => [facet.toWellFormed()]);
  if (status !== undefined && !status.includes("open")) groups.push(status.map((one) => `status:${one}`));
  return groups.length === 0 ? [ALL] : groups;
}

/** Where in time so many entries of that list are read which goes furthest back; `undefined` where one has no more. */
async function lowestOf(
  database: Database,
  groups: readonly (readonly string[])[],
  highUs: number | undefined,
  entries: number,
): Promise<number | undefined> {
  const parameters: Record<string, string | number> = {};
  if (highUs !== undefined) parameters["highUs"] = highUs;
  const newest = (list: string): string => {
    const name = `list${Object.keys(parameters).length}`;
    parameters[name] = list;
    return `(SELECT start_us FROM lists WHERE list = {${name}:String} ${highUs === undefined ? "" : "AND start_us <= {highUs:Int64}"}
      ORDER BY start_us DESC LIMIT ${entries})`;
  };
  const lowest = groups.map(
    (group) => `(SELECT min(start_us) AS low, count() AS found FROM (
      SELECT start_us FROM (${group.map(newest).join(" UNION ALL ")}) ORDER BY start_us DESC LIMIT ${entries}))`,
  );
  const sql = `SELECT min(low) AS low, min(found) AS found FROM (${lowest.join(" UNION ALL ")})`;
  const [row] = await database.ask(sql, parameters);
  return Number(row?.["found"]) < entries ? undefined : Number(row?.["low"]);
}

/** A part of time: from a start on, and below a place. */
interface Window {
  readonly lists: readonly (readonly string[])[];
  readonly lowUs: number | undefined;
  readonly below: Candidate | undefined;
  readonly isLast: boolean;
}

async function readCandidates(
  database: Database,
  filter: TraceFilter,
  window: Window,
  limit: number,
): Promise<readonly Candidate[]> {
  const { where, having, parameters } = conditionsOf(filter, window);
  const sql = `SELECT trace_id AS key, min(traces.start_us) AS start FROM traces ${where}
    GROUP BY trace_id ${having} ORDER BY start DESC, key DESC LIMIT ${limit}`;
  const rows = await database.ask(sql, parameters);
  return rows.map((row) => ({ key: String(row["key"]), startUs: Number(row["start"]) }));
}

interface Conditions {
  readonly where: string;
  readonly having: string;
  readonly parameters: Parameters;
}

function conditionsOf(filter: TraceFilter, { lists, lowUs, below, isLast }: Window): Conditions {
  const { status, minDurationMs, maxDurationMs, feedback, text } = filter;
  const where: string[] = [];
  const having: string[] = [];
  const parameters: Record<string, string | number | readonly string[]> = {};
  const ask = (list: string[], condition: string, values: Parameters = {}): void => {
    list.push(condition);
    Object.assign(parameters, values);
  };
  if (lowUs !== undefined) ask(having, "start >= {lowUs:Int64}", { lowUs });
  if (below !== undefined) {
    ask(having, "(start, key) < ({belowUs:Int64}, {key:String})", { belowUs: below.startUs, key: below.key });
  }
  const isListed: string[] = [];
  const since = lowUs === undefined ? "" : "AND start_us >= {lowUs:Int64}";
  for (const [index, group] of lists.entries()) {
    if (group === ALL && lowUs === undefined) continue;
    // In the list of all each trace stands at its start, too; in others it may stand only where a later span does.
    const isBelow = group === ALL && below !== undefined ? "AND start_us <= {belowUs:Int64}" : "";
    const isIn = `list IN {lists${index}:Array(String)} ${since} ${isBelow}`;
    const condition = `trace_id GLOBAL IN (SELECT trace_id FROM lists WHERE ${isIn})`;
    ask(isListed, condition, { [`lists${index}`]: group });
  }
  if (minDurationMs !== undefined) {
    ask(having, "max(end_us) - start >= {minUs:Int64}", { minUs: toMicroseconds(minDurationMs) });
  }
  if (maxDurationMs !== undefined) {
    const condition = "(max(end_us) - start <= {maxUs:Int64} OR max(has_unfinished) = 1)";
    ask(having, condition, { maxUs: toMicroseconds(maxDurationMs) });
  }
  if (status?.includes("open") === true) {
    const roots = "groupUniqArrayArray(root_statuses)";
    ask(having, `(empty(${roots}) OR hasAny(${roots}, {statuses:Array(String)}))`, { statuses: status });
  }
  if (feedback !== undefined) ask(where, FEEDBACK[feedback]);
  if (text !== undefined) {
    const found = textCondition(text);
    const isHit = [...(lists.includes(ALL) ? [] : isListed), found.sql].join(" AND ");
    // Of a part of time all that has the text.
    const newest = isLast ? `ORDER BY start_us DESC LIMIT ${MAX_HITS}` : "";
    ask(where, `trace_id GLOBAL IN (SELECT trace_id FROM spans WHERE ${isHit} ${since} ${newest})`, found.parameters);
  }
  where.push(...isListed);
  return {
    where: where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`,
    having: having.length === 0 ? "" : `HAVING ${having.join(" AND ")}`,
    parameters,
  };
}

const FEEDBACK: Readonly<Record<NonNullable<TraceFilter["feedback"]>, string>> = {
  any: "trace_id GLOBAL IN (SELECT trace_id FROM feedback FINAL)",
  none: "trace_id GLOBAL NOT IN (SELECT trace_id FROM feedback FINAL)",
  positive: "trace_id GLOBAL IN (SELECT trace_id FROM feedback FINAL WHERE value > 0)",
  negative: "trace_id GLOBAL IN (SELECT trace_id FROM feedback FINAL WHERE value < 0)",
};
