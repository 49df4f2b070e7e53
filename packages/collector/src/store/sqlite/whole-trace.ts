import { fromRowTexts, toRowText } from "../row-text.ts";
import { toTreeLines } from "../whole-trace.ts";
import type { SqliteDatabase } from "./database.ts";
import { rowsOf } from "./one-trace.ts";

/** Some of the spans that were asked for. */
export interface Texts {
  /** Their JSON in UTF-8, with commas between them. */
  readonly json: Uint8Array;
  /** How many they are. None: the first is not there. */
  readonly count: number;
}

/** Read in one go, so that it takes a millisecond or two of a thread that others wait for. */
const PIECE_CHARACTERS = 262_144;

const FIND_BODY = `SELECT bodies.span AS span FROM spans CROSS JOIN bodies ON bodies.id = spans.body
  WHERE spans.trace = ? AND spans.span_id = ?`;

/** What an older version wrote has no row. */
const FIND_ROW = `SELECT row, CASE WHEN row IS NULL THEN (SELECT span FROM bodies WHERE id = spans.body) END AS span
  FROM spans WHERE trace = ? AND span_id = ?`;

/** The lines of a trace's tree as a JSON array; `undefined` where it has more spans than `most`. */
export function treeOf(database: SqliteDatabase, trace: number, most: number | null): string | undefined {
  if (most !== null && hasMore(database, trace, most)) return undefined;
  return JSON.stringify(toTreeLines(fromRowTexts("", rowsOf(database, trace))));
}

/** The first of some spans, whole, up to one that is not there. */
export function bodiesOf(database: SqliteDatabase, trace: number, spanIds: readonly string[]): Texts {
  const find = database.prepare(FIND_BODY);
  return joinFirst(spanIds, (spanId) => {
    const row = find.get(trace, spanId);
    return row === undefined ? undefined : String(row["span"]);
  });
}

/** The same of their rows. */
export function rowTextsOf(database: SqliteDatabase, trace: number, spanIds: readonly string[]): Texts {
  const find = database.prepare(FIND_ROW);
  return joinFirst(spanIds, (spanId) => {
    const { row, span } = find.get(trace, spanId) ?? {};
    if (typeof row === "string") return row;
    return span === undefined ? undefined : toRowText(JSON.parse(String(span)));
  });
}

function joinFirst(spanIds: readonly string[], read: (spanId: string) => string | undefined): Texts {
  const texts: string[] = [];
  let characters = 0;
  for (const spanId of spanIds) {
    const text = characters < PIECE_CHARACTERS ? read(spanId) : undefined;
    if (text === undefined) break;
    texts.push(text);
    characters += text.length;
  }
  return { json: new TextEncoder().encode(texts.join(",")), count: texts.length };
}

function hasMore(database: SqliteDatabase, trace: number, most: number): boolean {
  const sql = "SELECT count(*) AS count FROM (SELECT 1 FROM spans WHERE trace = ? LIMIT ?)";
  return Number(database.prepare(sql).get(trace, most + 1)?.["count"]) > most;
}
