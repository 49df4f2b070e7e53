import type { Span } from "@portkey-tracing/core";
import { hasWords, searchTextOf, wordsOf } from "../search-text.ts";
import type { SqliteDatabase, SqliteRow } from "./database.ts";
import { addToPart, type BodyWords, openPart, partsOf, progressOf, tableOf } from "./search-parts.ts";

/** Spans that a question looks at: the newest that have its words, and the newest that are not in the index yet. */
const MAX_HITS = 10_000;
const MAX_UNINDEXED = 5_000;

/** Traces that have a text. */
export interface SearchHits {
  /** Numbers of traces. */
  readonly traces: readonly number[];
  readonly incomplete: boolean;
}

/**
 * Puts spans that are not yet in the index there, the oldest first. Indexing costs more than storing, so it is done when
 * there is time, and questions look at what is left by themselves. Answers whether there is more to do. Callers hold the
 * transaction.
 */
export function indexSome(database: SqliteDatabase, most: number): boolean {
  const rows = database
    .prepare("SELECT id, span FROM bodies WHERE id > ? ORDER BY id LIMIT ?")
    .all(progressOf(database), most);
  let left: readonly BodyWords[] = rows.map(wordsOfRow);
  for (let [first] = left; first !== undefined; [first] = left) {
    left = addToPart(database, openPart(database, first.id), left);
  }
  return rows.length === most;
}

/** Traces that have a span with all words of a question, each at the beginning of a word. */
export function findText(database: SqliteDatabase, question: string): SearchHits {
  const words = wordsOf(question);
  if (words.length === 0) return { traces: [], incomplete: false };
  const hits = hitsOf(database, words);
  const rest = database
    .prepare("SELECT trace, span FROM bodies WHERE id > ? ORDER BY id DESC LIMIT ?")
    .all(progressOf(database), MAX_UNINDEXED);
  const unindexed = rest.filter((row) => hasWords(textOf(row["span"]), words)).map((row) => Number(row["trace"]));
  return {
    traces: [...new Set([...unindexed, ...hits])],
    incomplete: hits.length === MAX_HITS || rest.length === MAX_UNINDEXED,
  };
}

/** Words, as they begin, in the language of the index. */
export function matchOf(words: readonly string[]): string {
  return words.map((word) => `"${word}"*`).join(" ");
}

/** What is put into the index of a body. */
export function wordsOfRow({ id, span }: SqliteRow): BodyWords {
  return { id: Number(id), words: textOf(span) };
}

/**
 * The newest parts first: what has enough hits asks no more of them. Of spans that are gone there are words, but no
 * bodies.
 */
function hitsOf(database: SqliteDatabase, words: readonly string[]): number[] {
  const hits: number[] = [];
  for (const part of partsOf(database)) {
    const table = tableOf(part);
    const rows = database
      .prepare(
        `SELECT bodies.trace AS trace FROM ${table} CROSS JOIN bodies ON bodies.id = ${table}.rowid
        WHERE ${table} MATCH ? AND ${table}.rowid BETWEEN ? AND ? ORDER BY ${table}.rowid DESC LIMIT ?`,
      )
      .all(matchOf(words), part.first, part.last, MAX_HITS - hits.length);
    for (const row of rows) hits.push(Number(row["trace"]));
    if (hits.length === MAX_HITS) break;
  }
  return hits;
}

function textOf(body: unknown): string {
  const span: Span = JSON.parse(String(body));
  return searchTextOf(span);
}
