import type { Span } from "@portkey-tracing/core";
import type { TreeLine } from "../store.ts";
import { TraceGone, toTreeLines } from "../whole-trace.ts";
import type { Database } from "./database.ts";
import { rowsOf } from "./one-trace.ts";
import { toKey } from "./rows.ts";

/** Spans that are asked for at first; then as many as are likely to make up so many characters. */
const FIRST_SPANS = 10;
const MOST_SPANS = 2_000;
const PIECE_CHARACTERS = 4_000_000;

const ROWS_AT_ONCE = 500;

/** See `Store.getTree`. */
export async function treeOf(database: Database, traceId: string): Promise<TreeLine[]> {
  return toTreeLines(await rowsOf(database, traceId));
}

/** See `Store.readRows`. They are small: read as one, and given some at a time. */
export async function* readRows(
  database: Database,
  traceId: string,
  spanIds: readonly string[],
): AsyncGenerator<readonly Span[]> {
  const rows = new Map((await rowsOf(database, traceId)).map((row) => [row.spanId, row]));
  for (let at = 0; at < spanIds.length; at += ROWS_AT_ONCE) {
    yield spanIds.slice(at, at + ROWS_AT_ONCE).map((id) => rows.get(id) ?? gone());
  }
}

/**
 * See `Store.readSpans`. Each question reads through the whole trace, which lies in another order than that of its tree, so
 * pieces are larger than those of a file.
 */
export async function* readSpans(
  database: Database,
  traceId: string,
  spanIds: readonly string[],
): AsyncGenerator<Uint8Array> {
  const key = toKey(traceId);
  let most = FIRST_SPANS;
  for (let at = 0; at < spanIds.length; ) {
    const keys = spanIds.slice(at, at + most).map(toKey);
    const text = (await bodiesOf(database, key, keys)).join(",");
    yield new TextEncoder().encode(text);
    at += keys.length;
    const each = Math.ceil(text.length / keys.length);
    most = Math.max(1, Math.min(MOST_SPANS, Math.floor(PIECE_CHARACTERS / each)));
  }
}

async function bodiesOf(database: Database, key: string, keys: readonly string[]): Promise<string[]> {
  const sql = `SELECT span_id, body FROM spans FINAL
    WHERE trace_id = {key:String} AND span_id IN {keys:Array(String)}`;
  const rows = await database.ask(sql, { key, keys });
  const bodies = new Map(rows.map((row) => [String(row["span_id"]), String(row["body"])]));
  return keys.map((one) => bodies.get(one) ?? gone());
}

function gone(): never {
  throw new TraceGone();
}
