import { dirname } from "node:path";
import type { Span } from "@portkey-tracing/core";
import { makeFolder } from "./make-folder.ts";
import { mergeRollUps, type RollUp, rollUpOf, toMicroseconds } from "./roll-up.ts";
import { openSqlite, type SqliteDatabase } from "./sqlite.ts";
import { fromTraceRow, toSpanRow, toSummary, toTraceRow } from "./sqlite-rows.ts";
import { prepareDatabase } from "./sqlite-schema.ts";
import type { InsertOutcome, Store, TraceList, TraceListQuery, TraceSummary } from "./store.ts";

/** Keeps spans in an SQLite file, created with its folder where it is not there, or in memory (`:memory:`). */
export async function createSqliteStore(path: string): Promise<Store> {
  if (path !== ":memory:") await makeFolder(dirname(path));
  const database = await openSqlite(path);
  try {
    prepareDatabase(database);
    return new SqliteStore(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

const INSERT_SPAN = `INSERT INTO spans (
  trace_id, span_id, parent_span_id, name, type, source, status, start_us, duration_us,
  provider, model, prompt_tokens, completion_tokens, total_tokens
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (trace_id, span_id) DO NOTHING`;

/** Its body goes with it. */
const DELETE_UNFINISHED = "DELETE FROM spans WHERE trace_id = ? AND span_id = ? AND status = 'unfinished'";

const PUT_TRACE = `INSERT INTO traces (
  trace_id, start_us, end_us, spans, errors, prompt_tokens, completion_tokens, total_tokens, models, head
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (trace_id) DO UPDATE SET
  start_us = excluded.start_us, end_us = excluded.end_us, spans = excluded.spans, errors = excluded.errors,
  prompt_tokens = excluded.prompt_tokens, completion_tokens = excluded.completion_tokens,
  total_tokens = excluded.total_tokens, models = excluded.models, head = excluded.head, revision = revision + 1`;

const GET_SPANS = `SELECT body FROM spans JOIN span_bodies USING (id) WHERE trace_id = ?`;

const FIRST_PAGE = `SELECT * FROM traces ORDER BY start_us DESC, trace_id DESC LIMIT ?`;

const NEXT_PAGE = `SELECT * FROM traces WHERE (start_us, trace_id) < (?, ?)
  ORDER BY start_us DESC, trace_id DESC LIMIT ?`;

/** Every method is one synchronous transaction: nothing can come between its statements. */
class SqliteStore implements Store {
  readonly #database: SqliteDatabase;
  readonly #statements;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#statements = {
      insertSpan: database.prepare(INSERT_SPAN),
      deleteUnfinished: database.prepare(DELETE_UNFINISHED),
      insertBody: database.prepare("INSERT INTO span_bodies (id, body) VALUES (?, ?)"),
      getTrace: database.prepare("SELECT * FROM traces WHERE trace_id = ?"),
      getRevision: database.prepare("SELECT revision FROM traces WHERE trace_id = ?"),
      putTrace: database.prepare(PUT_TRACE),
      getSpans: database.prepare(GET_SPANS),
      firstPage: database.prepare(FIRST_PAGE),
      nextPage: database.prepare(NEXT_PAGE),
    };
  }

  async insert(spans: readonly Span[]): Promise<InsertOutcome> {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const { inserted, replaced } = this.#insertAll(spans);
      this.#database.exec("COMMIT");
      return { inserted, replaced, duplicates: spans.length - inserted - replaced };
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  async listTraces({ limit, after }: TraceListQuery): Promise<TraceList> {
    const { firstPage, nextPage } = this.#statements;
    const rows =
      after === undefined
        ? firstPage.all(limit + 1)
        : nextPage.all(toMicroseconds(after.startTimeMs), after.traceId, limit + 1);
    const traces = rows.slice(0, limit).map(toSummary);
    const last = traces.at(-1);
    if (rows.length <= limit || last === undefined) return { traces };
    return { traces, next: { startTimeMs: last.startTimeMs, traceId: last.traceId } };
  }

  async getSummary(traceId: string): Promise<TraceSummary | undefined> {
    const row = this.#statements.getTrace.get(traceId);
    return row === undefined ? undefined : toSummary(row);
  }

  async getRevision(traceId: string): Promise<number | undefined> {
    const row = this.#statements.getRevision.get(traceId);
    return row === undefined ? undefined : Number(row["revision"]);
  }

  async getSpans(traceId: string): Promise<readonly Span[]> {
    return this.#readSpans(traceId);
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #insertAll(spans: readonly Span[]): { inserted: number; replaced: number } {
    const rollUps = new Map<string, RollUp>();
    const changed = new Set<string>();
    let inserted = 0;
    let replaced = 0;
    for (const span of spans) {
      if (this.#insertOne(span)) {
        inserted += 1;
        const before = rollUps.get(span.traceId);
        const one = rollUpOf(span);
        rollUps.set(span.traceId, before === undefined ? one : mergeRollUps(before, one));
      } else if (this.#replaceUnfinished(span)) {
        replaced += 1;
        changed.add(span.traceId);
      }
    }
    for (const [traceId, rollUp] of rollUps) if (!changed.has(traceId)) this.#mergeTrace(traceId, rollUp);
    for (const traceId of changed) this.#sumUpAnew(traceId);
    return { inserted, replaced };
  }

  #insertOne(span: Span): boolean {
    const { changes, lastInsertRowid } = this.#statements.insertSpan.run(...toSpanRow(span));
    if (Number(changes) === 0) return false;
    this.#statements.insertBody.run(Number(lastInsertRowid), JSON.stringify(span));
    return true;
  }

  #replaceUnfinished(span: Span): boolean {
    if (span.status.code === "unfinished") return false;
    const { changes } = this.#statements.deleteUnfinished.run(span.traceId, span.spanId);
    return Number(changes) > 0 && this.#insertOne(span);
  }

  /** A sum cannot be taken back from a roll-up; this reads all spans of the trace. */
  #sumUpAnew(traceId: string): void {
    const [first, ...rest] = this.#readSpans(traceId).map(rollUpOf);
    if (first === undefined) return;
    this.#statements.putTrace.run(...toTraceRow(traceId, rest.reduce(mergeRollUps, first)));
  }

  #readSpans(traceId: string): Span[] {
    return this.#statements.getSpans.all(traceId).map((row): Span => JSON.parse(String(row["body"])));
  }

  #mergeTrace(traceId: string, added: RollUp): void {
    const row = this.#statements.getTrace.get(traceId);
    const rollUp = row === undefined ? added : mergeRollUps(fromTraceRow(row), added);
    this.#statements.putTrace.run(...toTraceRow(traceId, rollUp));
  }
}
