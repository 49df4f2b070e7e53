import type { Span } from "@portkey-tracing/core";
import { arrivals, arrivedTraces } from "./clickhouse/arrivals.ts";
import { connect, type Database } from "./clickhouse/database.ts";
import { listTraces } from "./clickhouse/list.ts";
import { findInTrace, headOf, rowsOf } from "./clickhouse/one-trace.ts";
import { prune } from "./clickhouse/prune.ts";
import { feedbackOf, rollUpsOf } from "./clickhouse/roll-ups.ts";
import { fromFeedbackRow, fromKey, type Row, toFeedbackRow, toKey, toSpanRow } from "./clickhouse/rows.ts";
import { schemaOf } from "./clickhouse/schema.ts";
import { statRowsOf, usageRowsOf } from "./clickhouse/stat-rows.ts";
import { readRows, readSpans, treeOf } from "./clickhouse/whole-trace.ts";
import { createGroupCommit } from "./group-commit.ts";
import { toSummary } from "./roll-up.ts";
import type { SpanPage, Store } from "./store.ts";

/** Spans that are inserted together. */
const INSERT_SPANS = 10_000;

/** While more spans than these wait for an insert that is under way, a second one begins. */
const MANY_SPANS = 2_000;

/** A page of spans ends where it has so much. */
const MAX_PAGE_BYTES = 8_000_000;

/** An insert costs a server much more than a span. */
const LINGER_MS = 10;

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
  const commit = (rows: readonly Row[]): Promise<void> => database.insert("spans", rows);
  const first = createGroupCommit<Row>(commit, INSERT_SPANS, LINGER_MS);
  const second = createGroupCommit<Row>(commit, INSERT_SPANS, LINGER_MS);
  const clock = createClock();
  return {
    insert: async (spans) => {
      const rows = spans.map((span) => toSpanRow(span, clock()));
      if (rows.length > 0) await (first.waiting < MANY_SPANS ? first : second).add(rows);
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
      const sql = "SELECT body FROM spans FINAL PREWHERE trace_id = {key:String}";
      return (await database.ask(sql, { key: toKey(traceId) })).map(spanOf);
    },
    getRows: (traceId) => rowsOf(database, traceId),
    getTree: (traceId) => treeOf(database, traceId),
    readSpans: (traceId, spanIds) => readSpans(database, traceId, spanIds),
    readRows: (traceId, spanIds) => readRows(database, traceId, spanIds),
    getHead: (traceId) => headOf(database, traceId),
    findSpans: (traceId, text) => findInTrace(database, traceId, text),
    getSpan: async (traceId, spanId) => {
      const sql = "SELECT body FROM spans FINAL PREWHERE trace_id = {key:String} AND span_id = {span:String}";
      const [row] = await database.ask(sql, { key: toKey(traceId), span: toKey(spanId) });
      return row === undefined ? undefined : spanOf(row);
    },
    scan: (after, limit) => scan(database, after, limit),
    arrivals: (after, limit) => arrivals(database, after, limit),
    arrivedTraces: (after, limit) => arrivedTraces(database, after, limit),
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
      await Promise.all([first.settled(), second.settled()]);
      await database.close();
    },
  };
}

/** Makes the tables. On a cluster, where they are made by hand, it looks whether they are those of this version. */
async function prepare(database: Database): Promise<void> {
  const sql = `SELECT engine, has((SELECT groupArray(name) FROM system.columns
      WHERE database = currentDatabase() AND table = 'spans'), 'session')
      AND has((SELECT groupArray(name) FROM system.tables WHERE database = currentDatabase()), 'lists') AS known
    FROM system.tables WHERE database = currentDatabase() AND name = 'spans'`;
  const [table] = await database.ask(sql);
  if (table?.["engine"] !== "Distributed") for (const statement of schemaOf()) await database.run(statement);
  else if (table["known"] !== 1) throw new Error("its tables are those of an older version: see clickHouseSchema");
}

async function getRevision(database: Database, traceId: string): Promise<string | undefined> {
  const sql = `SELECT count() AS spans, hex(groupBitXor(cityHash64(span_id, version))) AS hash
    FROM spans FINAL PREWHERE trace_id = {key:String}`;
  const [row] = await database.ask(sql, { key: toKey(traceId) });
  const spans = Number(row?.["spans"] ?? 0);
  return spans === 0 ? undefined : `${spans}.${String(row?.["hash"])}`;
}

/** In the order of the table's key: complete, and at the same place for ever. */
async function scan(database: Database, after: string | undefined, limit: number): Promise<SpanPage> {
  const [trace, span]: string[] = after === undefined ? ["", ""] : JSON.parse(after);
  const inner = `SELECT trace_id, span_id, body FROM spans FINAL
    WHERE (trace_id, span_id) > ({trace:String}, {span:String}) ORDER BY trace_id, span_id LIMIT ${limit}`;
  const sql = `SELECT trace_id, span_id, body FROM (
      SELECT *, sum(length(body)) OVER (ORDER BY trace_id, span_id ROWS UNBOUNDED PRECEDING) AS bytes FROM (${inner})
    ) WHERE bytes - length(body) < ${MAX_PAGE_BYTES} ORDER BY trace_id, span_id`;
  const rows = await database.ask(sql, { trace: trace ?? "", span: span ?? "" });
  const last = rows.at(-1);
  const position = last === undefined ? [trace, span] : [last["trace_id"], last["span_id"]];
  return { spans: rows.map(spanOf), position: JSON.stringify(position) };
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
