import { SLOT_MS, type StatRow } from "../stats.ts";
import type { SqliteDatabase } from "./database.ts";

/** A time, and how many slots are summed up into one. */
interface Asked {
  readonly fromMs: number;
  readonly toMs: number;
  readonly slots: number;
}

const SUMS = `sum(spans) AS spans, sum(errors) AS errors, sum(prompt) AS prompt, sum(completion) AS completion,
  sum(cached) AS cached`;

/** See `Store.statRows`. What is summed up here need not go from thread to thread. */
export function statRowsOf(database: SqliteDatabase, asked: Asked): StatRow[] {
  return ask(
    database,
    asked,
    `SELECT slot - slot % ?3 AS interval, type, provider, model, bucket, ${SUMS} FROM stats
    WHERE slot >= ?1 AND slot < ?2 GROUP BY interval, type, provider, model, bucket`,
  );
}

/** See `Store.usageRows`. */
export function usageRowsOf(database: SqliteDatabase, asked: Asked): StatRow[] {
  return ask(
    database,
    asked,
    `SELECT slot - slot % ?3 AS interval, type, provider, model, 0 AS bucket, ${SUMS} FROM stats
    WHERE slot >= ?1 AND slot < ?2 AND model <> '' GROUP BY interval, type, provider, model`,
  );
}

const ADD_STAT = `INSERT INTO stats (slot, type, provider, model, bucket, spans, errors, prompt, completion, cached)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
  spans = spans + excluded.spans, errors = errors + excluded.errors, prompt = prompt + excluded.prompt,
  completion = completion + excluded.completion, cached = cached + excluded.cached`;

const DROP_STAT =
  "DELETE FROM stats WHERE slot = ? AND type = ? AND provider = ? AND model = ? AND bucket = ? AND spans <= 0";

/** Adds sums to those which are there; the sums of spans that are gone are negative. */
export function addStatRows(database: SqliteDatabase, rows: Iterable<StatRow>): void {
  for (const { slot, type, provider, model, bucket, spans, errors, prompt, completion, cached } of rows) {
    const key = [slot, type, provider, model, bucket] as const;
    database.prepare(ADD_STAT).run(...key, spans, errors, prompt, completion, cached);
    if (spans < 0) database.prepare(DROP_STAT).run(...key);
  }
}

function ask(database: SqliteDatabase, { fromMs, toMs, slots }: Asked, sql: string): StatRow[] {
  const rows = database.prepare(sql).all(Math.floor(fromMs / SLOT_MS), Math.ceil(toMs / SLOT_MS), slots);
  return rows.map(({ interval: slot, ...row }) => ({ slot, ...row }) as unknown as StatRow);
}
