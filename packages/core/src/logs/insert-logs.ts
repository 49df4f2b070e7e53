import type { SpanContext } from "../event.ts";
import { createSpanId, createTraceId } from "../ids.ts";
import type { JsonValue } from "../json.ts";
import type { Span } from "../span.ts";
import { fromLogRecord } from "../wire/from-log-record.ts";
import type { LogRecord } from "../wire/log-record.ts";

/** A log as Portkey's API takes it; of a log by hand less is wanted than what spans give. */
export type LogInput = DeepPartial<LogRecord> | Readonly<Record<string, unknown>>;

type DeepPartial<T> = { readonly [K in keyof T]?: T[K] extends object ? DeepPartial<T[K]> : T[K] };

/** What became of logs by hand. */
export interface InsertReport {
  /** Those that wait to be sent, as spans do. */
  readonly inserted: number;
  /** Those that were not taken, and why. */
  readonly refused: readonly RefusedLog[];
}

/** A log that was not taken. */
export interface RefusedLog {
  /** Its place in the list. */
  readonly index: number;
  /** Path of the field that is wrong, e.g. `request.body`; empty for the log itself. */
  readonly field: string;
  readonly reason: string;
}

/** What reading logs by hand needs. */
export interface LogReader {
  readonly toPlain: (value: unknown) => JsonValue | undefined;
  readonly nowMs: number;
  /** The span around the code that inserts: where a log hangs that names no trace. */
  readonly around: SpanContext | undefined;
}

/** Reads logs into spans. Never throws. */
export function readLogs(
  given: LogInput | readonly LogInput[],
  reader: LogReader,
): { readonly spans: readonly Span[]; readonly refused: readonly RefusedLog[] } {
  const logs: readonly unknown[] = Array.isArray(given) ? given : [given];
  const spans: Span[] = [];
  const refused: RefusedLog[] = [];
  for (const [index, log] of logs.entries()) {
    const reading = readLog(log, reader);
    if ("span" in reading) spans.push(reading.span);
    else refused.push({ index, ...reading });
  }
  return { spans, refused };
}

function readLog(log: unknown, { toPlain, nowMs, around }: LogReader): { span: Span } | Omit<RefusedLog, "index"> {
  const value = toPlain(log);
  if (value === undefined) return { field: "", reason: "expected object" };
  let isPlaced = false;
  const reading = fromLogRecord(value, {
    receivedAtMs: nowMs,
    createTraceId: () => {
      isPlaced = around !== undefined;
      return around?.traceId ?? createTraceId();
    },
    createSpanId,
  });
  if (!reading.ok) return { field: reading.path, reason: reading.reason };
  const { span } = reading;
  const parentSpanId = span.parentSpanId ?? (isPlaced ? around?.spanId : undefined);
  return { span: parentSpanId === undefined ? span : { ...span, parentSpanId } };
}
