import type { Span } from "@portkey-tracing/core";
import type { RollUp } from "../roll-up.ts";
import { toRowText } from "../row-text.ts";
import type { SqliteDatabase, SqliteRow } from "./database.ts";

/** The whole spans of a trace as a JSON array: parsed once, by who asked. */
export function spansOf(database: SqliteDatabase, trace: number): string {
  const rows = database
    .prepare("SELECT bodies.span AS span FROM spans CROSS JOIN bodies ON bodies.id = spans.body WHERE spans.trace = ?")
    .all(trace);
  return toArray(rows.map((row) => String(row["span"])));
}

/** The spans of a trace without their content, as a JSON array. Those that an older version wrote are shortened now. */
export function rowsOf(database: SqliteDatabase, trace: number): string {
  const rows = database
    .prepare(
      `SELECT row, CASE WHEN row IS NULL THEN (SELECT span FROM bodies WHERE id = spans.body) END AS span
      FROM spans WHERE trace = ?`,
    )
    .all(trace);
  return toArray(rows.map(({ row, span }) => (typeof row === "string" ? row : toRowText(parse(span)))));
}

/** The span that a trace has its name from. */
export function headOf(database: SqliteDatabase, { id, roll_up: text }: SqliteRow): Span | undefined {
  const rollUp: RollUp = JSON.parse(String(text));
  const row = database
    .prepare(
      "SELECT bodies.span AS span FROM spans JOIN bodies ON bodies.id = spans.body WHERE spans.trace = ? AND span_id = ?",
    )
    .get(Number(id), rollUp.head.spanId);
  return row === undefined ? undefined : parse(row["span"]);
}

function toArray(texts: readonly string[]): string {
  return `[${texts.join(",")}]`;
}

function parse(text: unknown): Span {
  const span: Span = JSON.parse(String(text));
  return span;
}
