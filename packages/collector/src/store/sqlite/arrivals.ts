import type { Span } from "@portkey-tracing/core";
import type { ArrivedTraces, SpanPage } from "../store.ts";
import type { SqliteDatabase } from "./database.ts";

/** A page of spans ends where it has so much. */
const MAX_PAGE_BYTES = 8_000_000;

/** Spans that have arrived after a body, see `Store.scan`. */
export function scan(database: SqliteDatabase, after: number, limit: number): SpanPage {
  const last = endOfPage(database, after, limit);
  const rows = database
    .prepare(
      "SELECT span FROM bodies WHERE id > ? AND id <= ? AND trace NOT IN (SELECT trace FROM forgotten) ORDER BY id",
    )
    .all(after, last);
  return { spans: rows.map(({ span }): Span => JSON.parse(String(span))), position: String(last) };
}

/** The position of now, without spans. */
export function lastArrival(database: SqliteDatabase): SpanPage {
  const last = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'bodies'").get();
  return { spans: [], position: String(last?.["seq"] ?? 0) };
}

/** See `Store.arrivedTraces`. */
export function arrivedTraces(database: SqliteDatabase, after: number, limit: number): ArrivedTraces {
  const rows = database
    .prepare(
      "SELECT id, trace FROM bodies WHERE id > ? AND trace NOT IN (SELECT trace FROM forgotten) ORDER BY id LIMIT ?",
    )
    .all(after, limit);
  const getId = database.prepare("SELECT trace_id FROM traces WHERE id = ?");
  const traces = new Set(rows.map((row) => Number(row["trace"])));
  return {
    // One that was forgotten in this moment is not there.
    traceIds: Array.from(traces, (trace) => getId.get(trace)?.["trace_id"]).filter((id) => typeof id === "string"),
    spans: rows.length,
    position: String(rows.at(-1)?.["id"] ?? after),
  };
}

/** The last body of so many, or of those before them that are a page by their bytes. */
function endOfPage(database: SqliteDatabase, after: number, limit: number): number {
  const rows = database
    .prepare(
      `SELECT id, octet_length(span) AS bytes FROM bodies
      WHERE id > ? AND trace NOT IN (SELECT trace FROM forgotten) ORDER BY id LIMIT ?`,
    )
    .all(after, limit);
  let bytes = 0;
  const end = rows.find((row) => (bytes += Number(row["bytes"])) >= MAX_PAGE_BYTES) ?? rows.at(-1);
  return Number(end?.["id"] ?? after);
}
