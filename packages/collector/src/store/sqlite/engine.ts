import type { Span } from "@portkey-tracing/core";
import type { StatRow } from "../stats.ts";
import type {
  ArrivedTraces,
  Feedback,
  FeedbackNews,
  Pruned,
  Retention,
  SpanPage,
  TraceList,
  TraceListQuery,
  TraceSummary,
} from "../store.ts";
import { arrivedTraces, lastArrival, scan } from "./arrivals.ts";
import { isSqliteError, openSqlite, rollBack, type SqliteDatabase, type SqliteRow } from "./database.ts";
import { findInTrace } from "./find-in-trace.ts";
import { listTraces, summaryOf } from "./list.ts";
import { headOf, rowsOf, spansOf } from "./one-trace.ts";
import { createPruner, type Pruner } from "./prune.ts";
import { prepareDatabase, prepareReading, workAtLeisure } from "./schema.ts";
import { indexSome } from "./search.ts";
import { statRowsOf, usageRowsOf } from "./stat-rows.ts";
import { bodiesOf, rowTextsOf, type Texts, treeOf } from "./whole-trace.ts";
import { SqliteWriter } from "./writer.ts";

/** Opens an engine on a file, or in memory. What writes fails where it is for reading only. */
export async function openEngine(path: string, isForReading: boolean = false): Promise<SqliteEngine> {
  const database = await openSqlite(path, isForReading);
  try {
    if (isForReading) {
      prepareReading(database);
      return new SqliteEngine(database);
    }
    let writer: SqliteWriter | undefined;
    prepareDatabase(database, (spans) => {
      writer ??= new SqliteWriter(database);
      writer.insert(spans.map((text): Span => JSON.parse(text)));
    });
    return new SqliteEngine(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** What the store does, on one connection and without waiting: each call is done when it returns. */
export class SqliteEngine {
  readonly #database: SqliteDatabase;
  readonly #writer: SqliteWriter;
  readonly #prune: Pruner;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#writer = new SqliteWriter(database);
    this.#prune = createPruner(database, (work) => this.#transactSoon(work));
  }

  insert(spans: readonly Span[]): void {
    this.#transact(() => this.#writer.insert(spans));
  }

  putFeedback(feedback: readonly Feedback[]): void {
    this.#transact(() => this.#writer.putFeedback(feedback));
  }

  indexSome(most: number): boolean {
    return workAtLeisure(this.#database, () => this.#transact(() => indexSome(this.#database, most)));
  }

  prune(retention: Retention): Pruned {
    return this.#prune(retention);
  }

  /** In one transaction: what is indexed while it looks would be found neither in the index nor beside it. */
  listTraces(query: TraceListQuery): TraceList {
    return this.#transact(() => listTraces(this.#database, query), "BEGIN");
  }

  getSummary(traceId: string): TraceSummary | undefined {
    const row = this.#findTrace(traceId);
    return row === undefined ? undefined : summaryOf(this.#database, row);
  }

  getRevision(traceId: string): string | undefined {
    const row = this.#findTrace(traceId);
    return row === undefined ? undefined : `${String(row["id"])}.${String(row["revision"])}`;
  }

  /** A JSON array, as the next one. */
  getSpans(traceId: string): string {
    return this.#ofTrace(traceId, spansOf) ?? "[]";
  }

  getRows(traceId: string): string {
    return this.#ofTrace(traceId, rowsOf) ?? "[]";
  }

  /** A JSON array, too; `undefined` where the trace has more spans than `most`. */
  getTree(traceId: string, most: number | null): string | undefined {
    const row = this.#findTrace(traceId);
    return row === undefined ? "[]" : treeOf(this.#database, Number(row["id"]), most);
  }

  readSpans(traceId: string, spanIds: readonly string[]): Texts {
    return this.#readSome(traceId, (database, trace) => bodiesOf(database, trace, spanIds));
  }

  readRows(traceId: string, spanIds: readonly string[]): Texts {
    return this.#readSome(traceId, (database, trace) => rowTextsOf(database, trace, spanIds));
  }

  getHead(traceId: string): Span | undefined {
    const row = this.#findTrace(traceId);
    return row && headOf(this.#database, row);
  }

  findSpans(traceId: string, text: string): string[] {
    return this.#transact(
      () => this.#ofTrace(traceId, (database, trace) => findInTrace(database, trace, text)) ?? [],
      "BEGIN",
    );
  }

  getSpan(traceId: string, spanId: string): Span | undefined {
    const row = this.#database
      .prepare(
        `SELECT bodies.span AS span FROM traces JOIN spans ON spans.trace = traces.id JOIN bodies ON bodies.id = spans.body
        WHERE traces.trace_id = ? AND spans.span_id = ?`,
      )
      .get(traceId, spanId);
    return row === undefined ? undefined : spanOf(row);
  }

  scan(after: string | undefined, limit: number): SpanPage {
    return scan(this.#database, Number(after ?? 0), limit);
  }

  arrivals(after: string | undefined, limit: number): SpanPage {
    return after === undefined ? lastArrival(this.#database) : this.scan(after, limit);
  }

  arrivedTraces(after: string, limit: number): ArrivedTraces {
    return arrivedTraces(this.#database, Number(after), limit);
  }

  statRows(fromMs: number, toMs: number, slots: number): StatRow[] {
    return statRowsOf(this.#database, { fromMs, toMs, slots });
  }

  usageRows(fromMs: number, toMs: number, slots: number): StatRow[] {
    return usageRowsOf(this.#database, { fromMs, toMs, slots });
  }

  getFeedback(id: string): Feedback | undefined {
    const row = this.#database.prepare("SELECT * FROM feedback WHERE id = ?").get(id);
    return row === undefined ? undefined : feedbackOf(row);
  }

  listFeedback(traceId: string): Feedback[] {
    return this.#database
      .prepare("SELECT * FROM feedback WHERE trace_id = ? ORDER BY created_ms, id")
      .all(traceId)
      .map(feedbackOf);
  }

  latestFeedback(limit: number): FeedbackNews[] {
    return this.#database
      .prepare("SELECT id, trace_id, updated_ms FROM feedback ORDER BY updated_ms DESC LIMIT ?")
      .all(limit)
      .map((row) => ({
        traceId: String(row["trace_id"]),
        version: `${String(row["updated_ms"])}.${String(row["id"])}`,
      }));
  }

  close(): void {
    this.#checkpoint();
    this.#database.close();
  }

  /**
   * Closing does it by itself only once all statements were collected as garbage. Where it cannot be done (a full disk)
   * nothing is lost: what is in the write-ahead log is read from there next time.
   */
  #checkpoint(): void {
    try {
      this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (error) {
      if (!isSqliteError(error)) throw error;
    }
  }

  #readSome(traceId: string, read: (database: SqliteDatabase, trace: number) => Texts): Texts {
    return this.#transact(() => this.#ofTrace(traceId, read) ?? { json: new Uint8Array(), count: 0 }, "BEGIN");
  }

  #ofTrace<T>(traceId: string, read: (database: SqliteDatabase, trace: number) => T): T | undefined {
    const row = this.#findTrace(traceId);
    return row === undefined ? undefined : read(this.#database, Number(row["id"]));
  }

  #findTrace(traceId: string): SqliteRow | undefined {
    return this.#database.prepare("SELECT * FROM traces WHERE trace_id = ?").get(traceId);
  }

  /** What may come back after the machine has failed need not be on disk at once: it goes there with what is stored next. */
  #transactSoon<T>(work: () => T): T {
    this.#database.exec("PRAGMA synchronous = NORMAL");
    try {
      return this.#transact(work);
    } finally {
      this.#database.exec("PRAGMA synchronous = FULL");
    }
  }

  #transact<T>(work: () => T, begin: "BEGIN" | "BEGIN IMMEDIATE" = "BEGIN IMMEDIATE"): T {
    this.#database.exec(begin);
    try {
      const result = work();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      rollBack(this.#database);
      throw error;
    }
  }
}

function spanOf(row: SqliteRow): Span {
  const span: Span = JSON.parse(String(row["span"]));
  return span;
}

function feedbackOf(row: SqliteRow): Feedback {
  return {
    id: String(row["id"]),
    traceId: String(row["trace_id"]),
    value: Number(row["value"]),
    weight: Number(row["weight"]),
    metadata: JSON.parse(String(row["metadata"])),
    createdMs: Number(row["created_ms"]),
    updatedMs: Number(row["updated_ms"]),
  };
}
