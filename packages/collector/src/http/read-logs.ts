import { randomBytes } from "node:crypto";
import type { JsonValue, Span } from "@portkey-tracing/core";
import { fromLogRecord } from "@portkey-tracing/core/wire";
import { isDeeperThan } from "./depth.ts";
import { readShape } from "./log-schema.ts";

/** A record that was not stored, and why. */
export interface RejectedLog {
  /** Place in the array that was sent; 0 for a log that came alone. */
  readonly index: number;
  /** The field, e.g. `request.body`; empty when the record itself is no object. */
  readonly path: string;
  readonly reason: string;
}

/** The spans of a request's logs, and what was refused. */
export interface LogsReading {
  readonly isArray: boolean;
  readonly spans: readonly Span[];
  readonly rejected: readonly RejectedLog[];
}

const MAX_DEPTH = 200;
const TOO_DEEP = { ok: false, path: "", reason: `expected at most ${MAX_DEPTH} levels` } as const;

/** Reads one log, or an array of them, each for itself: a broken one does not spoil its neighbours. */
export function readLogs(value: JsonValue, receivedAtMs: number): LogsReading {
  const records: JsonValue[] = Array.isArray(value) ? value : [value];
  const spans: Span[] = [];
  const rejected: RejectedLog[] = [];
  for (const [index, record] of records.entries()) {
    const reading = readLog(record, receivedAtMs);
    if (reading.ok) spans.push(reading.span);
    else rejected.push({ index, path: reading.path, reason: reading.reason });
  }
  return { isArray: Array.isArray(value), spans, rejected };
}

/** `logs[3].request.body: expected object`, or `request.body: …` for a log that came alone. */
export function describeRejection({ index, path, reason }: RejectedLog, isArray: boolean): string {
  const place = isArray ? `logs[${index}]` : "";
  return `${[place, path].filter((part) => part !== "").join(".") || "log"}: ${reason}`;
}

function readLog(record: JsonValue, receivedAtMs: number): ReturnType<typeof fromLogRecord> {
  const shape = readShape(record);
  if (!shape.ok) return shape;
  if (isDeeperThan(shape.unpacked, MAX_DEPTH)) return TOO_DEEP;
  const reading = fromLogRecord(record, {
    receivedAtMs,
    createTraceId: () => randomBytes(16).toString("hex"),
    createSpanId: () => randomBytes(8).toString("hex"),
  });
  // Once more: it reads texts that the schema knows nothing of.
  return reading.ok && isDeeperThan(reading.span, MAX_DEPTH) ? TOO_DEEP : reading;
}
