import { type RollUp, statusOf, toMicroseconds, toSummary } from "../roll-up.ts";
import type { TraceFilter, TraceList, TraceListQuery } from "../store.ts";
import { type Candidate, candidatesOf, hasTooManyHits } from "./candidates.ts";
import type { Database } from "./database.ts";
import { feedbackOf, rollUpsOf } from "./roll-ups.ts";
import { fromKey, toKey } from "./rows.ts";
import { textCondition } from "./text-condition.ts";

interface Found {
  readonly candidate: Candidate;
  readonly rollUp: RollUp;
}

/**
 * A part of the list. Candidates come from what was ever said of traces; whether they are what was asked for is decided by
 * their spans as they are now.
 */
export async function listTraces(
  database: Database,
  { limit, after, filter = {} }: TraceListQuery,
): Promise<TraceList> {
  const place =
    after === undefined ? undefined : { key: toKey(after.traceId), startUs: toMicroseconds(after.startTimeMs) };
  const { found, isOfAll } = await find(database, filter, place, limit + 1);
  const page = found.slice(0, limit);
  const feedback = await feedbackOf(
    database,
    page.map((one) => one.candidate.key),
  );
  const last = found.length > limit ? page.at(-1)?.candidate : undefined;
  return {
    traces: page.map(({ candidate: { key }, rollUp }) => toSummary(fromKey(key), rollUp, feedback.get(key))),
    ...(last === undefined ? {} : { next: { startTimeMs: last.startUs / 1000, traceId: fromKey(last.key) } }),
    ...(isOfAll && (await hasTooManyHits(database, filter)) ? { incomplete: true } : {}),
  };
}

async function find(
  database: Database,
  filter: TraceFilter,
  after: Candidate | undefined,
  wanted: number,
): Promise<{ readonly found: readonly Found[]; readonly isOfAll: boolean }> {
  const found: Found[] = [];
  let isOfAll = false;
  for await (const page of candidatesOf(database, filter, after, wanted)) {
    const { candidates } = page;
    ({ isOfAll } = page);
    // Nearly all of them are what was asked for.
    for (let first = 0; first < candidates.length && found.length < wanted; first += wanted) {
      found.push(...(await keep(database, filter, candidates.slice(first, first + wanted))));
    }
    if (found.length >= wanted) break;
  }
  return { found, isOfAll };
}

/** Those that are what was asked for. */
async function keep(database: Database, filter: TraceFilter, candidates: readonly Candidate[]): Promise<Found[]> {
  const keys = candidates.map((candidate) => candidate.key);
  const [rollUps, hits] = await Promise.all([rollUpsOf(database, keys), hitsAmong(database, filter, keys)]);
  return candidates.flatMap((candidate) => {
    const rollUp = rollUps.get(candidate.key);
    const isFound = rollUp !== undefined && isAskedFor(rollUp, filter) && hits?.has(candidate.key) !== false;
    return isFound ? [{ candidate, rollUp }] : [];
  });
}

/** Which of these traces have the text now. */
async function hitsAmong(
  database: Database,
  { text }: TraceFilter,
  keys: readonly string[],
): Promise<ReadonlySet<string> | undefined> {
  if (text === undefined) return undefined;
  const { sql, parameters } = textCondition(text);
  const hits = `SELECT DISTINCT trace_id FROM spans FINAL PREWHERE trace_id IN {keys:Array(String)} WHERE ${sql}`;
  const rows = await database.ask(hits, { ...parameters, keys });
  return new Set(rows.map((row) => String(row["trace_id"])));
}

/** What a candidate's spans as they are now must be. Feedback was looked for in what is there now. */
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
    facets.every((facet) => rollUp.facets.includes(facet.toWellFormed()))
  );
}
