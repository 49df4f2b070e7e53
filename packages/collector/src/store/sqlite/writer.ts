import type { Span } from "@portkey-tracing/core";
import { isProvisional } from "../provisional.ts";
import { mergeRollUps, type RollUp, rollUpOf, statusOf } from "../roll-up.ts";
import { toRowText } from "../row-text.ts";
import { addStat, type StatRow, statRowOf } from "../stats.ts";
import type { Feedback } from "../store.ts";
import type { SqliteDatabase } from "./database.ts";
import { noteDropped } from "./search-parts.ts";
import { addStatRows } from "./stat-rows.ts";

/** A number that spans which are yet to be forgotten have is given to no other trace. */
const ADD_TRACE = `INSERT INTO traces (id, trace_id, start_us, duration_us, status, revision, roll_up)
  VALUES (1 + max((SELECT ifnull(max(id), 0) FROM traces), (SELECT ifnull(max(trace), 0) FROM forgotten)), ?, 0, 0, '', 0, '')`;

const PUT_TRACE = `UPDATE traces SET start_us = ?, duration_us = ?, status = ?, roll_up = ?, revision = revision + 1
  WHERE id = ?`;

const PUT_FEEDBACK = `INSERT INTO feedback (id, trace_id, value, weight, metadata, created_ms, updated_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
  value = excluded.value, weight = excluded.weight, metadata = excluded.metadata, updated_ms = excluded.updated_ms
  WHERE excluded.updated_ms >= feedback.updated_ms`;

/** A trace that a batch has changed. */
interface Changed {
  readonly id: number;
  /** Facets that are written. */
  readonly facets: readonly string[];
  rollUp: RollUp | undefined;
  isChanged: boolean;
  /** A span of it was replaced: a sum cannot be taken back from a roll-up. */
  isStale: boolean;
}

/** Writes spans and feedback, and keeps everything that is derived from them. Callers hold the transaction. */
export class SqliteWriter {
  readonly #database: SqliteDatabase;
  readonly #statements;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#statements = {
      findTrace: database.prepare("SELECT id, roll_up FROM traces WHERE trace_id = ?"),
      addTrace: database.prepare(ADD_TRACE),
      putTrace: database.prepare(PUT_TRACE),
      addSpan: database.prepare(
        "INSERT INTO spans (trace, span_id, body, is_unfinished, row) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      ),
      findSpan: database.prepare("SELECT body, is_unfinished FROM spans WHERE trace = ? AND span_id = ?"),
      putSpan: database.prepare(
        "UPDATE spans SET body = ?, is_unfinished = 0, row = ? WHERE trace = ? AND span_id = ?",
      ),
      addBody: database.prepare("INSERT INTO bodies (id, trace, span) VALUES (?, ?, ?)"),
      getBody: database.prepare("SELECT span FROM bodies WHERE id = ?"),
      getBodies: database.prepare(
        "SELECT bodies.span AS span FROM spans CROSS JOIN bodies ON bodies.id = spans.body WHERE spans.trace = ?",
      ),
      dropBody: database.prepare("DELETE FROM bodies WHERE id = ?"),
      lastBody: database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'bodies'"),
      addFacet: database.prepare("INSERT INTO facets (facet, trace) VALUES (?, ?) ON CONFLICT DO NOTHING"),
      dropFacet: database.prepare("DELETE FROM facets WHERE facet = ? AND trace = ?"),
      putFeedback: database.prepare(PUT_FEEDBACK),
    };
  }

  /** Adds what is new, replaces what was provisional. */
  insert(spans: readonly Span[]): void {
    const traces = new Map<string, Changed>();
    const stats = new Map<string, StatRow>();
    const replaced: number[] = [];
    let body = Number(this.#statements.lastBody.get()?.["seq"] ?? 0);
    for (const span of spans) {
      body += 1;
      const trace = traces.get(span.traceId) ?? this.#open(span.traceId);
      traces.set(span.traceId, trace);
      const mayBeReplaced = isProvisional(span) ? 1 : 0;
      const added = this.#statements.addSpan.run(trace.id, span.spanId, body, mayBeReplaced, toRowText(span));
      if (Number(added.changes) > 0) {
        const one = rollUpOf(span);
        trace.rollUp = trace.rollUp === undefined ? one : mergeRollUps(trace.rollUp, one);
      } else if (mayBeReplaced === 1 || !this.#replace(trace, span, body, stats, replaced)) {
        body -= 1;
        continue;
      }
      trace.isChanged = true;
      this.#statements.addBody.run(body, trace.id, JSON.stringify(span));
      addStat(stats, statRowOf(span), 1);
    }
    for (const trace of traces.values()) this.#close(trace);
    addStatRows(this.#database, stats.values());
    noteDropped(this.#database, replaced);
  }

  putFeedback(feedback: readonly Feedback[]): void {
    for (const { id, traceId, value, weight, metadata, createdMs, updatedMs } of feedback) {
      this.#statements.putFeedback.run(id, traceId, value, weight, JSON.stringify(metadata), createdMs, updatedMs);
    }
  }

  #open(traceId: string): Changed {
    const row = this.#statements.findTrace.get(traceId);
    const state = { isChanged: false, isStale: false };
    if (row === undefined) {
      const id = Number(this.#statements.addTrace.run(traceId).lastInsertRowid);
      return { id, facets: [], rollUp: undefined, ...state };
    }
    const rollUp: RollUp = JSON.parse(String(row["roll_up"]));
    return { id: Number(row["id"]), facets: rollUp.facets, rollUp, ...state };
  }

  /** Takes what was provisional away. `false` where what is there stays. */
  #replace(trace: Changed, span: Span, body: number, stats: Map<string, StatRow>, replaced: number[]): boolean {
    const known = this.#statements.findSpan.get(trace.id, span.spanId);
    if (known?.["is_unfinished"] !== 1) return false;
    const old = Number(known["body"]);
    const provisional: Span = JSON.parse(String(this.#statements.getBody.get(old)?.["span"]));
    addStat(stats, statRowOf(provisional), -1);
    this.#statements.dropBody.run(old);
    replaced.push(old);
    this.#statements.putSpan.run(body, toRowText(span), trace.id, span.spanId);
    trace.isStale = true;
    return true;
  }

  /** Writes the roll-up of a trace, and the facets that are new in it. */
  #close(trace: Changed): void {
    if (!trace.isChanged) return;
    if (trace.isStale) trace.rollUp = this.#sumUp(trace.id);
    if (trace.rollUp === undefined) return;
    const { startUs, endUs, head, facets } = trace.rollUp;
    this.#statements.putTrace.run(startUs, endUs - startUs, statusOf(head), JSON.stringify(trace.rollUp), trace.id);
    for (const facet of without(trace.facets, facets)) this.#statements.dropFacet.run(facet, trace.id);
    for (const facet of without(facets, trace.facets)) this.#statements.addFacet.run(facet, trace.id);
  }

  #sumUp(trace: number): RollUp | undefined {
    const [first, ...rest] = this.#statements.getBodies.all(trace).map((row) => {
      const span: Span = JSON.parse(String(row["span"]));
      return rollUpOf(span);
    });
    return first === undefined ? undefined : rest.reduce(mergeRollUps, first);
  }
}

function without(all: readonly string[], known: readonly string[]): readonly string[] {
  if (all === known) return [];
  const set = new Set(known);
  return all.filter((one) => !set.has(one));
}
