import { SLOT_MS, type StatRow } from "../stats.ts";
import type { Database } from "./database.ts";

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
      WHERE start_us >= {fromUs:Int64} AND start_us < {toUs:Int64} ${condition})
    GROUP BY slot, type, provider, model, bucket`;
  const rows = await database.ask(sql, {
    slots,
    us: slots * SLOT_US,
    fromUs: Math.floor((fromMs * 1000) / SLOT_US) * SLOT_US,
    toUs: Math.ceil((toMs * 1000) / SLOT_US) * SLOT_US,
  });
  return rows.map((row) => ({ ...row }) as unknown as StatRow);
}
