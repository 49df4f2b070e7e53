import type { Span } from "@portkey-tracing/core";
import { fromRowTexts, toRowText } from "../row-text.ts";
import type { Database } from "./database.ts";
import { fromKey, toKey } from "./rows.ts";
import { textCondition } from "./text-condition.ts";

/** The spans of a trace without their content. Those that an older version wrote are shortened now. */
export async function rowsOf(database: Database, traceId: string): Promise<Span[]> {
  const ask = (column: string, condition: string): ReturnType<Database["ask"]> =>
    database.ask(`SELECT ${column} AS text FROM spans FINAL PREWHERE trace_id = {key:String} WHERE ${condition}`, {
      key: toKey(traceId),
    });
  const texts = (await ask("row", "1")).map((row) => String(row["text"]));
  const known = texts.filter((text) => text !== "");
  const old = known.length === texts.length ? [] : await ask("body", "row = ''");
  const shortened = old.map((row) => toRowText(parse(row["text"])));
  return fromRowTexts(traceId, `[${[...known, ...shortened].join(",")}]`);
}

/** The span that a trace has its name from. Which one is found without its body. */
export async function headOf(database: Database, traceId: string): Promise<Span | undefined> {
  const sql = `SELECT body FROM spans FINAL PREWHERE trace_id = {key:String} AND span_id = (
      SELECT span_id FROM spans FINAL PREWHERE trace_id = {key:String} ORDER BY is_root DESC, start_us, span_id LIMIT 1)`;
  const [row] = await database.ask(sql, { key: toKey(traceId) });
  return row === undefined ? undefined : parse(row["body"]);
}

/** Ids of the spans of a trace that have all words of a question. */
export async function findInTrace(database: Database, traceId: string, text: string): Promise<string[]> {
  const { sql: condition, parameters } = textCondition(text);
  const sql = `SELECT span_id FROM spans FINAL PREWHERE trace_id = {key:String} WHERE ${condition}`;
  const rows = await database.ask(sql, { ...parameters, key: toKey(traceId) });
  return rows.map((row) => fromKey(String(row["span_id"])));
}

function parse(text: unknown): Span {
  const span: Span = JSON.parse(String(text));
  return span;
}
