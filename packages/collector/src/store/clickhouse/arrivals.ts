import type { Span } from "@portkey-tracing/core";
import type { ArrivedTraces, SpanPage } from "../store.ts";
import type { Database } from "./database.ts";
import { fromKey, type Row } from "./rows.ts";

/** What arrives within this time may become visible in another order than it came. */
const OVERLAP_US = 2_000_000;

/** Spans of that time that are remembered. */
const MAX_TOLD = 100_000;

interface Position {
  readonly lastUs: number;
  /** Names of what was told of the time just before. */
  readonly told: readonly string[];
}

/**
 * Spans that have arrived since a position, see `Store.arrivals`. A position is a time, and what was told of the time just
 * before it: that may yet become visible. Times are those of ClickHouse's clock, and not of the collectors'.
 */
export async function arrivals(database: Database, after: string | undefined, limit: number): Promise<SpanPage> {
  if (after === undefined) return { spans: [], position: JSON.stringify(await now(database)) };
  const { rows, position } = await newRows(database, after, limit);
  const names = new Set(rows.map(nameOf));
  const times = [...names].map(timeOf);
  const spans = names.size === 0 ? [] : await spansOf(database, names, Math.min(...times), Math.max(...times));
  return { spans, position };
}

/** The traces of these spans, and of those that came again. */
export async function arrivedTraces(database: Database, after: string, limit: number): Promise<ArrivedTraces> {
  const { rows, position } = await newRows(database, after, limit);
  const keys = new Set(rows.map((row) => String(row["trace_id"])));
  return { traceIds: Array.from(keys, fromKey), spans: rows.length, position };
}

/** All rows since a position, also those of spans that are there already: each moves the position. */
async function newRows(
  database: Database,
  after: string,
  limit: number,
): Promise<{ readonly rows: readonly Row[]; readonly position: string }> {
  const { lastUs, told }: Position = JSON.parse(after);
  const known = new Set(told);
  const sql = `SELECT arrived_us, trace_id, ${HASH} FROM spans WHERE arrived_us > {fromUs:Int64}
    ORDER BY arrived_us, hash LIMIT {most:UInt32}`;
  const all = await database.ask(sql, { fromUs: lastUs - OVERLAP_US, most: limit + known.size });
  const rows = all.filter((row) => !known.has(nameOf(row))).slice(0, limit);
  const names = new Set(rows.map(nameOf));
  const nextUs = Math.max(lastUs, ...[...names].map(timeOf));
  const recent = [...told, ...names].filter((name) => timeOf(name) > nextUs - OVERLAP_US);
  return { rows, position: JSON.stringify({ lastUs: nextUs, told: recent }) };
}

/** The spans among these rows: what is not there any more was replaced, and what never was came again. */
async function spansOf(
  database: Database,
  names: ReadonlySet<string>,
  fromUs: number,
  toUs: number,
): Promise<readonly Span[]> {
  const sql = `SELECT arrived_us, ${HASH}, body FROM spans FINAL
    PREWHERE (trace_id, span_id) GLOBAL IN (SELECT trace_id, span_id FROM spans
      WHERE arrived_us BETWEEN {fromUs:Int64} AND {toUs:Int64})
    WHERE arrived_us BETWEEN {fromUs:Int64} AND {toUs:Int64} ORDER BY arrived_us, hash`;
  const rows = await database.ask(sql, { fromUs, toUs });
  return rows.filter((row) => names.has(nameOf(row))).map(spanOf);
}

const HASH = "toString(cityHash64(trace_id, span_id)) AS hash";

/** What arrived long ago is not looked at: an index says where it lies. */
async function now(database: Database): Promise<Position> {
  const [time] = await database.ask("SELECT toUnixTimestamp64Micro(now64(6)) AS now");
  const lastUs = Number(time?.["now"]);
  const sql = `SELECT arrived_us, ${HASH} FROM spans WHERE arrived_us > {fromUs:Int64}
    ORDER BY arrived_us DESC LIMIT ${MAX_TOLD}`;
  const rows = await database.ask(sql, { fromUs: lastUs - OVERLAP_US });
  return { lastUs, told: rows.map(nameOf) };
}

function nameOf(row: Row): string {
  return `${String(row["arrived_us"])}.${String(row["hash"])}`;
}

function timeOf(name: string): number {
  return Number(name.slice(0, name.indexOf(".")));
}

function spanOf(row: Row): Span {
  const span: Span = JSON.parse(String(row["body"]));
  return span;
}
