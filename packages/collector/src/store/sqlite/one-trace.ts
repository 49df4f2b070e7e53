import type { Span } from "@portkey-tracing/core";
import type { RollUp } from "../roll-up.ts";
import { toRowText } from "../row-text.ts";
import { hasWords, searchTextOf, wordsOf } from "../search-text.ts";
import type { SqliteDatabase, SqliteRow } from "./database.ts";
import { matchOf, progressOf } from "./search.ts";

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

/** Spans of a trace that are read for a question; of more, the index is asked. */
const MAX_READ = 1_000;

/** Ids of the spans of a trace that have all words of a question. What the index does not have yet is read. */
export function findInTrace(database: SqliteDatabase, trace: number, question: string): string[] {
  const words = wordsOf(question);
  if (words.length === 0) return [];
  const sql = "SELECT count(*) AS count, min(body) AS first, max(body) AS last FROM spans WHERE trace = ?";
  const { count, first, last } = database.prepare(sql).get(trace) ?? {};
  if (Number(count) <= MAX_READ) return readInTrace(database, trace, words, 0);
  const hits = database
    .prepare(
      `SELECT span_id FROM spans WHERE trace = ? AND body IN
      (SELECT rowid FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ?)`,
    )
    .all(trace, matchOf(words), Number(first), Number(last))
    .map((row) => String(row["span_id"]));
  return [...new Set([...hits, ...readInTrace(database, trace, words, progressOf(database))])];
}

/** The same by looking at each span that came after one. */
function readInTrace(database: SqliteDatabase, trace: number, words: readonly string[], after: number): string[] {
  return database
    .prepare(
      "SELECT bodies.span AS span FROM spans CROSS JOIN bodies ON bodies.id = body WHERE spans.trace = ? AND body > ?",
    )
    .all(trace, after)
    .map((row) => parse(row["span"]))
    .filter((span) => hasWords(searchTextOf(span), words))
    .map((span) => span.spanId);
}

function toArray(texts: readonly string[]): string {
  return `[${texts.join(",")}]`;
}

function parse(text: unknown): Span {
  const span: Span = JSON.parse(String(text));
  return span;
}
