import type { SqliteDatabase, SqliteRow } from "./database.ts";

/**
 * The index of words lies in parts, each an FTS5 table without contents for a range of bodies in the order of arrival.
 * Words of spans that are gone stay in theirs, and are found by nobody, as their bodies are not there: FTS5 would put
 * whole levels of its trees together anew for them, which takes seconds. A part of which nothing is left goes as a
 * whole, bit by bit.
 */
export const SEARCH_PARTS = `CREATE TABLE search_parts (
  part INTEGER PRIMARY KEY AUTOINCREMENT,
  first INTEGER NOT NULL, -- the bodies whose words are looked for in it; none where the last is before the first
  last INTEGER NOT NULL,
  size INTEGER NOT NULL, -- characters of all words in it
  spans INTEGER NOT NULL, -- how many it has words of
  dropped INTEGER NOT NULL -- of how many of these nothing else is left
) STRICT;`;

/** A part, as the table has it. */
export interface SearchPart {
  readonly part: number;
  readonly first: number;
  readonly last: number;
  readonly size: number;
  readonly spans: number;
  readonly dropped: number;
}

/** What is put into the index of a body. */
export interface BodyWords {
  readonly id: number;
  readonly words: string;
}

/** A part is full with this share of all words, and not before it has so many characters. */
const SHARE = 1 / 16;
const MIN_SIZE = 131_072;

/** Rows of FTS5's own tables, of up to four kilobytes, that are taken out at a time. */
const ROWS_AT_ONCE = 100;

/**
 * A question means beginnings of words: those of up to five characters are kept, as they occur in many words, and all of
 * these would have to be put together first.
 */
const FTS5 = `fts5 (
  words, content = '', columnsize = 0, detail = none, prefix = '1 2 3 4 5', tokenize = 'unicode61 remove_diacritics 0'
)`;

/** Those that are searched, the newest first. */
export function partsOf(database: SqliteDatabase): SearchPart[] {
  return read(database, "WHERE first <= last ORDER BY first DESC");
}

/** The last body whose words are in the index. */
export function progressOf(database: SqliteDatabase): number {
  return Number(database.prepare("SELECT max(last) AS last FROM search_parts").get()?.["last"] ?? 0);
}

/** The table with the words of a part. */
export function tableOf({ part }: Pick<SearchPart, "part">): string {
  return `search_${part}`;
}

/** The part that takes what has arrived last: the newest as long as it is not full, else a new one. */
export function openPart(database: SqliteDatabase, first: number): SearchPart {
  const [newest] = partsOf(database);
  return newest !== undefined && newest.size < fullSize(database) ? newest : createPart(database, first);
}

/**
 * Adds words of bodies that follow those which are there, one at least, until the part is full. Answers what found no
 * room.
 */
export function addToPart(
  database: SqliteDatabase,
  { part, size }: SearchPart,
  bodies: readonly BodyWords[],
): readonly BodyWords[] {
  const add = database.prepare(`INSERT INTO ${tableOf({ part })} (rowid, words) VALUES (?, ?)`);
  const room = fullSize(database) - size;
  let [added, last, count] = [0, 0, 0];
  for (const { id, words } of bodies) {
    if (count > 0 && added >= room) break;
    add.run(id, words);
    [added, last, count] = [added + words.length, id, count + 1];
  }
  database
    .prepare("UPDATE search_parts SET last = max(last, ?), size = size + ?, spans = spans + ? WHERE part = ?")
    .run(last, added, count, part);
  return bodies.slice(count);
}

/** Writes down that bodies are gone. */
export function noteDropped(database: SqliteDatabase, bodies: readonly number[]): void {
  if (bodies.length === 0) return;
  database
    .prepare(
      `UPDATE search_parts SET dropped = dropped + gone.count FROM
      (SELECT part, count(*) AS count FROM json_each(?) JOIN search_parts ON value BETWEEN first AND last GROUP BY part) gone
      WHERE search_parts.part = gone.part`,
    )
    .run(JSON.stringify(bodies));
}

/** A new part that begins with a body. */
export function createPart(database: SqliteDatabase, first: number): SearchPart {
  const added = database
    .prepare("INSERT INTO search_parts (first, last, size, spans, dropped) VALUES (?, ?, 0, 0, 0)")
    .run(first, first - 1);
  const part = { part: Number(added.lastInsertRowid), first, last: first - 1, size: 0, spans: 0, dropped: 0 };
  database.exec(`CREATE VIRTUAL TABLE ${tableOf(part)} USING ${FTS5}`);
  return part;
}

/** Characters of a part that takes no more. */
export function fullSize(database: SqliteDatabase): number {
  const all = Number(database.prepare("SELECT total(size) AS size FROM search_parts").get()?.["size"]);
  return Math.max(MIN_SIZE, SHARE * all);
}

/** Takes out a piece of a part that is searched no more. Answers whether there was one. */
export function clearSomeOfParts(database: SqliteDatabase): boolean {
  const [part] = read(database, "WHERE first > last LIMIT 1");
  if (part === undefined) return false;
  if (!clearSomeOf(database, tableOf(part))) {
    database.exec(`DROP TABLE ${tableOf(part)}`);
    database.prepare("DELETE FROM search_parts WHERE part = ?").run(part.part);
  }
  return true;
}

/** FTS5's own tables, those of its rows by number: dropped in one piece, each of their pages is read at once. */
function clearSomeOf(database: SqliteDatabase, table: string): boolean {
  const owned = database
    .prepare("SELECT name FROM sqlite_master WHERE name IN (?, ?)")
    .all(`${table}_data`, `${table}_docsize`);
  return owned.some(({ name }) => {
    const sql = `DELETE FROM ${String(name)} WHERE rowid IN (SELECT rowid FROM ${String(name)} LIMIT ?)`;
    return Number(database.prepare(sql).run(ROWS_AT_ONCE).changes) > 0;
  });
}

/** The part that lies directly before a body. */
export function partBefore(database: SqliteDatabase, body: number): SearchPart | undefined {
  return read(database, "WHERE first <= last AND last < ? ORDER BY last DESC LIMIT 1", body)[0];
}

/** Parts of which at least every other span is gone, the oldest first. */
export function halfEmptyParts(database: SqliteDatabase): SearchPart[] {
  return read(
    database,
    "WHERE first <= last AND (dropped * 2 >= spans OR last < (SELECT min(id) FROM bodies)) ORDER BY first",
  );
}

function read(database: SqliteDatabase, where: string, ...values: number[]): SearchPart[] {
  return database
    .prepare(`SELECT * FROM search_parts ${where}`)
    .all(...values)
    .map(toPart);
}

function toPart(row: SqliteRow): SearchPart {
  const { part, first, last, size, spans, dropped } = row;
  return {
    part: Number(part),
    first: Number(first),
    last: Number(last),
    size: Number(size),
    spans: Number(spans),
    dropped: Number(dropped),
  };
}
