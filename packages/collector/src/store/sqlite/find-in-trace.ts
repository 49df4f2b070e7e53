import type { Span } from "@portkey-tracing/core";
import { hasWords, searchTextOf, wordsOf } from "../search-text.ts";
import type { SqliteDatabase } from "./database.ts";
import { matchOf } from "./search.ts";
import { partsOf, progressOf, tableOf } from "./search-parts.ts";

/** Spans of a trace that are read for a question; of more, the index is asked. */
const MAX_READ = 1_000;

/** Ids of the spans of a trace that have all words of a question. What the index does not have yet is read. */
export function findInTrace(database: SqliteDatabase, trace: number, question: string): string[] {
  const words = wordsOf(question);
  if (words.length === 0) return [];
  const sql = "SELECT count(*) AS count, min(body) AS first, max(body) AS last FROM spans WHERE trace = ?";
  const { count, first, last } = database.prepare(sql).get(trace) ?? {};
  if (Number(count) <= MAX_READ) return readInTrace(database, trace, words, 0);
  const bodies = partsOf(database)
    .filter((part) => part.first <= Number(last) && part.last >= Number(first))
    .flatMap((part) =>
      database
        .prepare(`SELECT rowid AS body FROM ${tableOf(part)} WHERE ${tableOf(part)} MATCH ? AND rowid BETWEEN ? AND ?`)
        .all(matchOf(words), Math.max(part.first, Number(first)), Math.min(part.last, Number(last))),
    )
    .map((row) => Number(row["body"]));
  const hits = database
    .prepare("SELECT span_id FROM spans WHERE trace = ? AND body IN (SELECT value FROM json_each(?))")
    .all(trace, JSON.stringify(bodies))
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
    .map((row): Span => JSON.parse(String(row["span"])))
    .filter((span) => hasWords(searchTextOf(span), words))
    .map((span) => span.spanId);
}
