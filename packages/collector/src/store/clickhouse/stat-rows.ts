import { SLOT_MS, type StatRow } from "../stats.ts";
import type { Database } from "./database.ts";
import { IS_PROVISIONAL } from "./rows.ts";

/** A time, and how many slots are summed up into one. */
interface Asked {
  readonly fromMs: number;
  readonly toMs: number;
  readonly slots: number;
}

const SLOT_US = SLOT_MS * 1000;

/** See `Store.statRows`. */
export function statRowsOf(database: Database, asked: Asked): Promise<StatRow[]> {
  return ask(database, asked, "bucket", "");
}

/** See `Store.usageRows`. */
export function usageRowsOf(database: Database, asked: Asked): Promise<StatRow[]> {
  return ask(database, asked, "0", "AND model <> ''");
}

/**
 * Spans are asked for by time before the versions of each are compared, or those of whole days would be. So it is looked up
 * whether a provisional one was replaced by one of another time.
 */
const IS_CURRENT = `(NOT (${IS_PROVISIONAL}) OR (trace_id, span_id) GLOBAL NOT IN (
    SELECT trace_id, span_id FROM spans PREWHERE (trace_id, span_id) GLOBAL IN (SELECT trace_id, span_id FROM spans
      WHERE start_us >= {fromUs:Int64} AND start_us < {toUs:Int64} AND ${IS_PROVISIONAL})
    WHERE NOT (${IS_PROVISIONAL})))`;

async function ask(
  database: Database,
  { fromMs, toMs, slots }: Asked,
  bucket: string,
  condition: string,
): Promise<StatRow[]> {
  const sql = `SELECT intDiv(start_us, {us:Int64}) * {slots:Int64} AS slot, toString(type) AS type,
      toString(provider) AS provider, toString(model) AS model, ${bucket} AS bucket, count() AS spans,
      sum(errors) AS errors, sum(prompt) AS prompt, sum(completion) AS completion, sum(cached) AS cached
    FROM (SELECT start_us, type, provider, model, bucket, errors, prompt, completion, cached FROM spans FINAL
      PREWHERE start_us >= {fromUs:Int64} AND start_us < {toUs:Int64} WHERE ${IS_CURRENT} ${condition})
    GROUP BY slot, type, provider, model, bucket`;
  const rows = await database.ask(sql, {
    slots,
    us: slots * SLOT_US,
    fromUs: Math.floor((fromMs * 1000) / SLOT_US) * SLOT_US,
    toUs: Math.ceil((toMs * 1000) / SLOT_US) * SLOT_US,
  });
  return rows.map((row) => ({ ...row }) as unknown as StatRow);
}
