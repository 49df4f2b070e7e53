import type { Span } from "@portkey-tracing/core";
import { connect, type Database } from "./clickhouse/database.ts";
import { feedbackOf, listTraces, rollUpsOf } from "./clickhouse/list.ts";
import { findInTrace, headOf, rowsOf } from "./clickhouse/one-trace.ts";
import { prune } from "./clickhouse/prune.ts";
import { fromFeedbackRow, fromKey, type Row, toFeedbackRow, toKey, toSpanRow } from "./clickhouse/rows.ts";
import { schemaOf } from "./clickhouse/schema.ts";
import { statRowsOf, usageRowsOf } from "./clickhouse/stat-rows.ts";
import { createGroupCommit } from "./group-commit.ts";
import { toSummary } from "./roll-up.ts";
import type { SpanPage, Store } from "./store.ts";

/** Spans that are inserted together. */
const INSERT_SPANS = 20_000;

/** What arrives within this time may become visible in another order than it came. */
const OVERLAP_US = 2_000_000;

/** Spans of that time that are remembered. */
const MAX_TOLD = 100_000;

/**
 * Keeps spans in ClickHouse, through its HTTP interface: `http://user:password@host:8123/database`. Any number of collectors
 * may write to it and read from it; they share nothing else. Tables are made where they are not there.
 */
export async function createClickHouseStore(address: string): Promise<Store> {
  const database = await connect(address);
  try {
    await prepare(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  const commits = createGroupCommit<Row>((rows) => database.insert("spans", rows), INSERT_SPANS);
  const clock = createClock();
  return {
    insert: async (spans) => {
      const rows = spans.map((span) => toSpanRow(span, clock()));
      if (rows.length > 0) await commits.add(rows);
    },
    listTraces: (query) => listTraces(database, query),
    getSummary: async (traceId) => {
      const key = toKey(traceId);
      const rollUp = (await rollUpsOf(database, [key])).get(key);
      return rollUp === undefined
        ? undefined
        : toSummary(traceId, rollUp, (await feedbackOf(database, [key])).get(key));
    },
    getRevision: (traceId) => getRevision(database, traceId),
    getSpans: async (traceId) => {
      const sql = "SELECT body FROM spans FINAL WHERE trace_id = {key:String}";
      return (await database.ask(sql, { key: toKey(traceId) })).map(spanOf);
    },
    getRows: (traceId) => rowsOf(database, traceId),
    getHead: (traceId) => headOf(database, traceId),
    findSpans: (traceId, text) => findInTrace(database, traceId, text),
    getSpan: async (traceId, spanId) => {
      const sql = "SELECT body FROM spans FINAL WHERE trace_id = {key:String} AND span_id = {span:String}";
      const [row] = await database.ask(sql, { key: toKey(traceId), span: toKey(spanId) });
      return row === undefined ? undefined : spanOf(row);
    },
    scan: (after, limit) => scan(database, after, limit),
    arrivals: (after, limit) => arrivals(database, after, limit),
    statRows: (fromMs, toMs, slots) => statRowsOf(database, { fromMs, toMs, slots }),
    usageRows: (fromMs, toMs, slots) => usageRowsOf(database, { fromMs, toMs, slots }),
    putFeedback: (feedback) => database.insert("feedback", feedback.map(toFeedbackRow)),
    getFeedback: async (id) => {
      const [row] = await database.ask("SELECT * FROM feedback FINAL WHERE id = {id:String}", { id: toKey(id) });
      return row === undefined ? undefined : fromFeedbackRow(row);
    },
    listFeedback: async (traceId) => {
      const sql = "SELECT * FROM feedback FINAL WHERE trace_id = {key:String} ORDER BY created_ms, id";
      return (await database.ask(sql, { key: toKey(traceId) })).map(fromFeedbackRow);
    },
    latestFeedback: async (limit) => {
      const sql = `SELECT id, trace_id, updated_ms FROM feedback ORDER BY updated_ms DESC LIMIT 1 BY id LIMIT ${limit}`;
      return (await database.ask(sql)).map((row) => ({
        traceId: fromKey(String(row["trace_id"])),
        version: `${String(row["updated_ms"])}.${String(row["id"])}`,
      }));
    },
    prune: (retention) => prune(database, retention),
    close: async () => {
      await commits.settled();
      await database.close();
    },
  };
}

/** Makes the tables. On a cluster, where they are made by hand, it looks whether they are those of this version. */
async function prepare(database: Database): Promise<void> {
  const sql = `SELECT engine, has((SELECT groupArray(name) FROM system.columns
      WHERE database = currentDatabase() AND table = 'spans'), 'row') AS known
    FROM system.tables WHERE database = currentDatabase() AND name = 'spans'`;
  const [table] = await database.ask(sql);
  if (table?.["engine"] !== "Distributed") for (const statement of schemaOf()) await database.run(statement);
  else if (table["known"] !== 1) throw new Error("its tables are those of an older version: see clickHouseSchema");
}

async function getRevision(database: Database, traceId: string): Promise<string | undefined> {
  const sql = `SELECT count() AS spans, hex(groupBitXor(cityHash64(span_id, version))) AS hash
    FROM spans FINAL WHERE trace_id = {key:String}`;
  const [row] = await database.ask(sql, { key: toKey(traceId) });
  const spans = Number(row?.["spans"] ?? 0);
  return spans === 0 ? undefined : `${spans}.${String(row?.["hash"])}`;
}

/** In the order of the table's key: complete, and at the same place for ever. */
async function scan(database: Database, after: string | undefined, limit: number): Promise<SpanPage> {
  const [trace, span]: string[] = after === undefined ? ["", ""] : JSON.parse(after);
  const sql = `SELECT trace_id, span_id, body FROM spans FINAL
    WHERE (trace_id, span_id) > ({trace:String}, {span:String}) ORDER BY trace_id, span_id LIMIT ${limit}`;
  const rows = await database.ask(sql, { trace: trace ?? "", span: span ?? "" });
  const last = rows.at(-1);
  const position = last === undefined ? [trace, span] : [last["trace_id"], last["span_id"]];
  return { spans: rows.map(spanOf), position: JSON.stringify(position) };
}

/** A position is a time, and what was told of the time just before it: that may yet become visible. */
async function arrivals(database: Database, after: string | undefined, limit: number): Promise<SpanPage> {
  if (after === undefined) {
    const now = `SELECT arrived_us, toString(cityHash64(trace_id, span_id)) AS hash FROM spans FINAL
      WHERE arrived_us > (SELECT max(arrived_us) FROM spans) - ${OVERLAP_US} ORDER BY arrived_us DESC LIMIT ${MAX_TOLD}`;
    const rows = await database.ask(now);
    const position = { lastUs: Number(rows[0]?.["arrived_us"] ?? 0), told: rows.map(nameOf) };
    return { spans: [], position: JSON.stringify(position) };
  }
  const { lastUs, told }: { lastUs: number; told: string[] } = JSON.parse(after);
  const known = new Set(told);
  const sql = `SELECT arrived_us, toString(cityHash64(trace_id, span_id)) AS hash, body FROM spans FINAL
    WHERE arrived_us > {fromUs:Int64} ORDER BY arrived_us LIMIT ${limit + known.size}`;
  const rows = await database.ask(sql, { fromUs: lastUs - OVERLAP_US });
  const fresh = rows.filter((row) => !known.has(nameOf(row))).slice(0, limit);
  const nextUs = Math.max(lastUs, ...fresh.map((row) => Number(row["arrived_us"])));
  const recent = [...told, ...fresh.map(nameOf)].filter((name) => Number(name.split(".")[0]) > nextUs - OVERLAP_US);
  return { spans: fresh.map(spanOf), position: JSON.stringify({ lastUs: nextUs, told: recent }) };
}

function nameOf(row: Row): string {
  return `${String(row["arrived_us"])}.${String(row["hash"])}`;
}

function spanOf(row: Row): Span {
  const span: Span = JSON.parse(String(row["body"]));
  return span;
}

/** Microseconds that go forward with each call, also where the machine's clock does not. */
function createClock(): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, Date.now() * 1000);
    return last;
  };
}
