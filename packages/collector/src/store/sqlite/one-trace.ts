import type { Span } from "@portkey-tracing/core";
import type { RollUp } from "../roll-up.ts";
import { toRowText } from "../row-text.ts";
import { hasWords, searchTextOf, wordsOf } from "../search-text.ts";
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

/**
 * Ids of the spans of a trace that have all words of a question. The index is asked between the first and the last span of
 * the trace; what it does not have yet is read.
 */
export function findInTrace(database: SqliteDatabase, trace: number, question: string): string[] {
  const words = wordsOf(question);
  if (words.length === 0) return [];
  const match = words.map((word) => `"${word}"*`).join(" ");
  const bounds = database.prepare("SELECT min(body) AS first, max(body) AS last FROM spans WHERE trace = ?").get(trace);
  const indexed = Number(database.prepare("SELECT indexed FROM search_progress").get()?.["indexed"]);
  const hits = database
    .prepare(
      `SELECT span_id FROM spans WHERE trace = ? AND body IN
      (SELECT rowid FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ?)`,
    )
    .all(trace, match, bounds?.["first"] ?? 0, bounds?.["last"] ?? 0);
  const rest = database
    .prepare(
      "SELECT bodies.span AS span FROM spans CROSS JOIN bodies ON bodies.id = body WHERE spans.trace = ? AND body > ?",
    )
    .all(trace, indexed)
    .map((row) => parse(row["span"]))
    .filter((span) => hasWords(searchTextOf(span), words));
  return [...new Set([...hits.map((row) => String(row["span_id"])), ...rest.map((span) => span.spanId)])];
}

function toArray(texts: readonly string[]): string {
  return `[${texts.join(",")}]`;
}

function parse(text: unknown): Span {
  const span: Span = JSON.parse(String(text));
  return span;
}
