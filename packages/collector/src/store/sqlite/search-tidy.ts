import type { SqliteDatabase } from "./database.ts";
import { wordsOfRow } from "./search.ts";
import { addToPart, createPart, fullSize, halfEmptyParts, partBefore, type SearchPart } from "./search-parts.ts";

/** Bodies whose words are put elsewhere at a time. */
const BODIES_AT_ONCE = 50;

/**
 * Does a piece of what keeps the index of words about as large as what it is an index of. Spans mostly go in the order in
 * which they came, so that a part is empty soon after it is half empty. Where they do not (clocks differ, old spans were
 * imported), what is left of a part goes into the one before. Answers whether there was something to do.
 */
export function tidyParts(database: SqliteDatabase): boolean {
  return halfEmptyParts(database).some((part) => {
    const oldest = database
      .prepare("SELECT id FROM bodies WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 1")
      .get(part.first, part.last);
    if (oldest === undefined) {
      endAt(database, part, part.last);
      return true;
    }
    const droppedBehind = part.dropped - (Number(oldest["id"]) - part.first);
    if (droppedBehind * 2 < part.spans || isNewest(database, part)) return false;
    moveSome(database, part);
    return true;
  });
}

function moveSome(database: SqliteDatabase, part: SearchPart): void {
  const bodies = database
    .prepare("SELECT id, span FROM bodies WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?")
    .all(part.first, part.last, BODIES_AT_ONCE)
    .map(wordsOfRow);
  const before = partBefore(database, part.first);
  const hasRoom = before !== undefined && before.size < fullSize(database);
  const left = addToPart(database, hasRoom ? before : createPart(database, part.first), bodies);
  const moved = bodies.slice(0, bodies.length - left.length);
  endAt(database, part, moved.at(-1)?.id ?? part.last);
}

/** What lies up to a body is looked for in the part no more. */
function endAt(database: SqliteDatabase, { part }: SearchPart, body: number): void {
  database.prepare("UPDATE search_parts SET first = ? WHERE part = ?").run(body + 1, part);
}

/** It still grows. */
function isNewest(database: SqliteDatabase, { last }: SearchPart): boolean {
  return database.prepare("SELECT 1 FROM search_parts WHERE first > ? AND first <= last").get(last) === undefined;
}
