import type { Span } from "@portkey-tracing/core";
import { hasWords, searchTextOf, wordsOf } from "../search-text.ts";
import type { SqliteDatabase } from "./database.ts";

/**
 * The index of words. A question means beginnings of words: those of up to five characters are kept, as they occur in many
 * words, and all of these would have to be put together first.
 */
export const SEARCH_TABLE = `CREATE VIRTUAL TABLE search USING fts5 (
  words, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3 4 5',
  tokenize = 'unicode61 remove_diacritics 0'
);`;

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
  const from = progressOf(database);
  const rows = database.prepare("SELECT id, span FROM bodies WHERE id > ? ORDER BY id LIMIT ?").all(from, most);
  const add = database.prepare("INSERT INTO search (rowid, words) VALUES (?, ?)");
  for (const row of rows) add.run(Number(row["id"]), textOf(row["span"]));
  const last = rows.at(-1);
  if (last !== undefined) database.prepare("UPDATE search_progress SET indexed = ?").run(Number(last["id"]));
  return rows.length === most;
}

/** Traces that have a span with all words of a question, each at the beginning of a word. */
export function findText(database: SqliteDatabase, question: string): SearchHits {
  const words = wordsOf(question);
  if (words.length === 0) return { traces: [], incomplete: false };
  const hits = database
    .prepare(
      `SELECT bodies.trace AS trace FROM
      (SELECT rowid AS hit FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?) CROSS JOIN bodies ON bodies.id = hit`,
    )
    .all(matchOf(words), MAX_HITS);
  const rest = database
    .prepare("SELECT trace, span FROM bodies WHERE id > ? ORDER BY id DESC LIMIT ?")
    .all(progressOf(database), MAX_UNINDEXED);
  const unindexed = rest.filter((row) => hasWords(textOf(row["span"]), words));
  return {
    traces: [...new Set([...unindexed, ...hits].map((row) => Number(row["trace"])))],
    incomplete: hits.length === MAX_HITS || rest.length === MAX_UNINDEXED,
  };
}

/** Words, as they begin, in the language of the index. */
export function matchOf(words: readonly string[]): string {
  return words.map((word) => `"${word}"*`).join(" ");
}

/** The last span whose words are in the index. */
export function progressOf(database: SqliteDatabase): number {
  return Number(database.prepare("SELECT indexed FROM search_progress").get()?.["indexed"]);
}

function textOf(body: unknown): string {
  const span: Span = JSON.parse(String(body));
  return searchTextOf(span);
}
