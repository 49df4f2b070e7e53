import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Span } from "@portkey-tracing/core";
import { mergeRollUps, type RollUp, rollUpOf, toMicroseconds } from "./roll-up.ts";
import { openSqlite, type SqliteDatabase } from "./sqlite.ts";
import { fromTraceRow, toSpanRow, toSummary, toTraceRow } from "./sqlite-rows.ts";
import { prepareDatabase } from "./sqlite-schema.ts";
import type { InsertOutcome, Store, TraceList, TraceListQuery, TraceSummary } from "./store.ts";

/** Keeps spans in an SQLite file, created with its folder where it is not there, or in memory (`:memory:`). */
export async function createSqliteStore(path: string): Promise<Store> {
  if (path !== ":memory:") await mkdir(dirname(path), { recursive: true, mode: 0o700 });
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

const PUT_TRACE = `INSERT OR REPLACE INTO traces (
  trace_id, start_us, end_us, spans, errors, prompt_tokens, completion_tokens, total_tokens, models, head
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

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
      insertBody: database.prepare("INSERT INTO span_bodies (id, body) VALUES (?, ?)"),
      getTrace: database.prepare("SELECT * FROM traces WHERE trace_id = ?"),
      putTrace: database.prepare(PUT_TRACE),
      getSpans: database.prepare(GET_SPANS),
      firstPage: database.prepare(FIRST_PAGE),
      nextPage: database.prepare(NEXT_PAGE),
    };
  }

  async insert(spans: readonly Span[]): Promise<InsertOutcome> {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const inserted = this.#insertAll(spans);
      this.#database.exec("COMMIT");
      return { inserted, duplicates: spans.length - inserted };
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

  async getSpans(traceId: string): Promise<readonly Span[]> {
    return this.#statements.getSpans.all(traceId).map((row): Span => JSON.parse(String(row["body"])));
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #insertAll(spans: readonly Span[]): number {
    const rollUps = new Map<string, RollUp>();
    let inserted = 0;
    for (const span of spans) {
      const { changes, lastInsertRowid } = this.#statements.insertSpan.run(...toSpanRow(span));
      if (Number(changes) === 0) continue;
      inserted += 1;
      this.#statements.insertBody.run(Number(lastInsertRowid), JSON.stringify(span));
      const before = rollUps.get(span.traceId);
      const one = rollUpOf(span);
      rollUps.set(span.traceId, before === undefined ? one : mergeRollUps(before, one));
    }
    for (const [traceId, rollUp] of rollUps) this.#mergeTrace(traceId, rollUp);
    return inserted;
  }

  #mergeTrace(traceId: string, added: RollUp): void {
    const row = this.#statements.getTrace.get(traceId);
    const rollUp = row === undefined ? added : mergeRollUps(fromTraceRow(row), added);
    this.#statements.putTrace.run(...toTraceRow(traceId, rollUp));
  }
}
