import type { StatusCode } from "@portkey-tracing/core";
import { keepFacets } from "../facets.ts";
import { mergeRollUps, type RollUp, type Said } from "../roll-up.ts";
import type { FeedbackSummary, ModelUsage } from "../store.ts";
import type { Database } from "./database.ts";
import { fromKey, type Row } from "./rows.ts";

/** Of the spans of each trace that called the same model. An attempt that failed is no error of its trace. */
const ROLL_UPS = `SELECT trace_id, toString(model) AS model, toString(provider) AS provider,
    count() AS spans, countIf(errors > 0 AND type <> 'attempt') AS errors,
    sum(prompt) AS prompt, sum(completion) AS completion, sum(total) AS total, sum(cached) AS cached,
    min(start_us) AS starts, max(start_us + duration_us) AS ends, min(first_token_us) AS first_token,
    argMin((is_root, start_us, span_id, name, toString(status)), (NOT is_root, start_us, span_id)) AS head,
    argMinIf((start_us, span_id, user), (start_us, span_id), user <> '') AS user,
    argMinIf((start_us, span_id, session), (start_us, span_id), session <> '') AS session,
    groupUniqArrayArray(facets) AS facets
  FROM spans FINAL PREWHERE trace_id IN {keys:Array(String)}
  GROUP BY trace_id, model, provider`;

/** Roll-ups of traces by their keys, of their spans as they are now. */
export async function rollUpsOf(database: Database, keys: readonly string[]): Promise<ReadonlyMap<string, RollUp>> {
  const rollUps = new Map<string, RollUp>();
  if (keys.length === 0) return rollUps;
  for (const row of await database.ask(ROLL_UPS, { keys })) {
    const key = String(row["trace_id"]);
    const one = toRollUp(row as unknown as RollUpRow);
    const sum = rollUps.get(key);
    rollUps.set(key, sum === undefined ? one : mergeRollUps(sum, one));
  }
  return rollUps;
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

type SaidRow = readonly [startUs: number, spanId: string, value: string];

interface RollUpRow {
  readonly model: string;
  readonly provider: string;
  readonly spans: number;
  readonly errors: number;
  readonly prompt: number;
  readonly completion: number;
  readonly total: number;
  readonly cached: number;
  readonly starts: number;
  readonly ends: number;
  readonly first_token: number | null;
  readonly head: readonly [isRoot: boolean, startUs: number, spanId: string, name: string, status: StatusCode];
  readonly user: SaidRow;
  readonly session: SaidRow;
  readonly facets: readonly string[];
}

function toRollUp(row: RollUpRow): RollUp {
  const [isRoot, startUs, spanId, name, status] = row.head;
  return {
    startUs: row.starts,
    endUs: row.ends,
    spans: row.spans,
    errors: row.errors,
    promptTokens: exact(row.prompt),
    completionTokens: exact(row.completion),
    totalTokens: exact(row.total),
    usage: row.model === "" ? [] : [toUsage(row)],
    firstTokenUs: row.first_token ?? undefined,
    head: { isRoot, startUs, spanId: fromKey(spanId), name: fromKey(name), status },
    user: toSaid(row.user),
    session: toSaid(row.session),
    facets: keepFacets(row.facets),
  };
}

function toUsage({ model, provider, spans, prompt, completion, cached }: RollUpRow): ModelUsage {
  return {
    model,
    ...(provider === "" ? {} : { provider }),
    calls: spans,
    prompt: exact(prompt),
    completion: exact(completion),
    cached: exact(cached),
  };
}

function toSaid([startUs, spanId, value]: SaidRow): Said | undefined {
  return value === "" ? undefined : { startUs, spanId: fromKey(spanId), value: fromKey(value) };
}

/** Sums stay exact: beyond 2^53 they stand still. */
function exact(sum: number): number {
  return Math.min(sum, Number.MAX_SAFE_INTEGER);
}

function toFeedbackSummary(row: Row): FeedbackSummary {
  const [count = 0, weights = 0, sum = 0] = ["count", "weights", "sum"].map((name) => Number(row[name]));
  return { count, average: weights === 0 ? 0 : sum / weights };
}
