import { mergeRollUps, type RollUp, statusOf, toMicroseconds, toSummary } from "../roll-up.ts";
import type { FeedbackSummary, TraceFilter, TraceList, TraceListQuery, TraceSummary } from "../store.ts";
import type { Database, Parameters } from "./database.ts";
import { fromKey, type Row, toKey } from "./rows.ts";
import { textCondition } from "./text-condition.ts";

/** Traces with a text that a question looks at, the newest. */
const MAX_HITS = 10_000;

/** Candidates that are looked at in one go. */
const PAGE = 200;

interface Candidate {
  readonly key: string;
  readonly startUs: number;
}

/**
 * A part of the list. Candidates come from what is known of traces; whether they are what was asked for is decided by their
 * spans as they are now.
 */
export async function listTraces(
  database: Database,
  { limit, after, filter = {} }: TraceListQuery,
): Promise<TraceList> {
  const found: { candidate: Candidate; summary: TraceSummary }[] = [];
  let from =
    after === undefined ? undefined : { key: toKey(after.traceId), startUs: toMicroseconds(after.startTimeMs) };
  for (;;) {
    const candidates = await findCandidates(database, filter, from, Math.max(PAGE, limit + 1));
    const rollUps = await rollUpsOf(
      database,
      candidates.map((one) => one.key),
    );
    const feedback = await feedbackOf(
      database,
      candidates.map((one) => one.key),
    );
    for (const candidate of candidates) {
      const rollUp = rollUps.get(candidate.key);
      if (rollUp === undefined || !isAskedFor(rollUp, filter)) continue;
      found.push({ candidate, summary: toSummary(fromKey(candidate.key), rollUp, feedback.get(candidate.key)) });
    }
    from = candidates.at(-1);
    if (from === undefined || found.length > limit) break;
  }
  const traces = found.slice(0, limit);
  const last = found.length > limit ? traces.at(-1)?.candidate : undefined;
  return {
    traces: traces.map((one) => one.summary),
    ...(last === undefined ? {} : { next: { startTimeMs: last.startUs / 1000, traceId: fromKey(last.key) } }),
    ...((await hasTooManyHits(database, filter)) ? { incomplete: true } : {}),
  };
}

/** Roll-ups of traces by their keys, of their spans as they are now. */
export async function rollUpsOf(database: Database, keys: readonly string[]): Promise<ReadonlyMap<string, RollUp>> {
  const rollUps = new Map<string, RollUp>();
  if (keys.length === 0) return rollUps;
  const sql = "SELECT trace_id, type, roll_up FROM spans FINAL WHERE trace_id IN {keys:Array(String)}";
  for (const row of await database.ask(sql, { keys })) {
    const key = String(row["trace_id"]);
    const one = rollUpOfRow(row);
    const sum = rollUps.get(key);
    rollUps.set(key, sum === undefined ? one : mergeRollUps(sum, one));
  }
  return rollUps;
}

/** Earlier versions wrote failed attempts as errors. */
function rollUpOfRow(row: Row): RollUp {
  const rollUp: RollUp = JSON.parse(String(row["roll_up"]));
  return row["type"] === "attempt" ? { ...rollUp, errors: 0 } : rollUp;
}

/** What people said of traces, by their keys. */
export async function feedbackOf(
  database: Database,
  keys: readonly string[],
): Promise<ReadonlyMap<string, FeedbackSummary>> {
  if (keys.length === 0) return new Map();
  const sql = `SELECT trace_id, count() AS count, sum(weight) AS weights, sum(value * weight) AS sum
    FROM feedback FINAL WHERE trace_id IN {keys:Array(String)} GROUP BY trace_id`;
  const rows = await database.ask(sql, { keys });
  return new Map(rows.map((row) => [String(row["trace_id"]), toFeedbackSummary(row)]));
}

function toFeedbackSummary(row: Row): FeedbackSummary {
  const [count = 0, weights = 0, sum = 0] = ["count", "weights", "sum"].map((name) => Number(row[name]));
  return { count, average: weights === 0 ? 0 : sum / weights };
}

async function findCandidates(
  database: Database,
  filter: TraceFilter,
  from: Candidate | undefined,
  limit: number,
): Promise<readonly Candidate[]> {
  const { where, having, parameters } = conditionsOf(filter, from);
  const sql = `SELECT trace_id AS key, min(traces.start_us) AS start FROM traces ${where}
    GROUP BY trace_id ${having} ORDER BY start DESC, key DESC LIMIT ${limit}`;
  const rows = await database.ask(sql, parameters);
  return rows.map((row) => ({ key: String(row["key"]), startUs: Number(row["start"]) }));
}

function conditionsOf(
  filter: TraceFilter,
  from: Candidate | undefined,
): { readonly where: string; readonly having: string; readonly parameters: Parameters } {
  const { status, minDurationMs, maxDurationMs, fromMs, toMs, facets = [], feedback, text } = filter;
  const where: string[] = [];
  const having: string[] = [];
  const parameters: Record<string, string | number | readonly string[]> = {};
  const ask = (list: string[], condition: string, values: Parameters = {}): void => {
    list.push(condition);
    Object.assign(parameters, values);
  };
  if (from !== undefined) {
    ask(having, "(start, key) < ({startUs:Int64}, {key:String})", { startUs: from.startUs, key: from.key });
  }
  if (fromMs !== undefined) ask(having, "start >= {fromUs:Int64}", { fromUs: toMicroseconds(fromMs) });
  if (toMs !== undefined) ask(having, "start < {toUs:Int64}", { toUs: toMicroseconds(toMs) });
  if (minDurationMs !== undefined) {
    ask(having, "max(end_us) - start >= {minUs:Int64}", { minUs: toMicroseconds(minDurationMs) });
  }
  if (maxDurationMs !== undefined) {
    const condition = "(max(end_us) - start <= {maxUs:Int64} OR max(has_unfinished) = 1)";
    ask(having, condition, { maxUs: toMicroseconds(maxDurationMs) });
  }
  if (status !== undefined) {
    const roots = "groupUniqArrayArray(root_statuses)";
    const isOpen = status.includes("open") ? ` OR empty(${roots})` : "";
    ask(having, `(hasAny(${roots}, {statuses:Array(String)})${isOpen})`, { statuses: status });
  }
  if (facets.length > 0) {
    ask(having, "hasAll(groupUniqArrayArray(facets), {facets:Array(String)})", {
      facets: facets.map((facet) => facet.toWellFormed()),
    });
  }
  if (feedback !== undefined) ask(where, FEEDBACK[feedback]);
  if (text !== undefined) {
    const found = textCondition(text);
    ask(where, `trace_id GLOBAL IN (${hitsOf(found.sql)})`, found.parameters);
  }
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

function hitsOf(condition: string): string {
  return `SELECT trace_id FROM spans FINAL WHERE ${condition} ORDER BY start_us DESC LIMIT ${MAX_HITS}`;
}

async function hasTooManyHits(database: Database, { text }: TraceFilter): Promise<boolean> {
  if (text === undefined) return false;
  const { sql, parameters } = textCondition(text);
  const counted = `SELECT count() AS hits FROM (SELECT 1 FROM spans FINAL WHERE ${sql} LIMIT ${MAX_HITS + 1})`;
  const [row] = await database.ask(counted, parameters);
  return Number(row?.["hits"]) > MAX_HITS;
}

/** What a candidate's spans as they are now must be. Text and feedback were looked for in what is there now. */
function isAskedFor(
  rollUp: RollUp,
  { status, minDurationMs, maxDurationMs, fromMs, toMs, facets = [] }: TraceFilter,
): boolean {
  const durationUs = rollUp.endUs - rollUp.startUs;
  return (
    (status === undefined || status.includes(statusOf(rollUp.head))) &&
    (minDurationMs === undefined || durationUs >= toMicroseconds(minDurationMs)) &&
    (maxDurationMs === undefined || durationUs <= toMicroseconds(maxDurationMs)) &&
    (fromMs === undefined || rollUp.startUs >= toMicroseconds(fromMs)) &&
    (toMs === undefined || rollUp.startUs < toMicroseconds(toMs)) &&
    facets.every((facet) => rollUp.facets.includes(facet))
  );
}
