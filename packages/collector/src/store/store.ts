import type { Span, StatusCode } from "@portkey-tracing/core";
import type { TokenCounts } from "@portkey-tracing/core/tree";

/** One trace in a list. */
export interface TraceSummary {
  readonly traceId: string;
  /** Name of the root; until that has arrived, of the earliest span. */
  readonly name: string;
  /** Start of the earliest span, milliseconds since the Unix epoch with fractions. */
  readonly startTimeMs: number;
  /** From the earliest start to the latest end, milliseconds. */
  readonly durationMs: number;
  /** Status of the root, which ends last; `open` until it has arrived. */
  readonly status: StatusCode | "open";
  readonly spans: number;
  /** Spans that failed. */
  readonly errors: number;
  /** Each model call counted once. */
  readonly tokens: TokenCounts;
  /** Models that were asked, sorted; the first 20 of them. */
  readonly models: readonly string[];
}

/** Place of a trace in the list. */
export interface TracePosition {
  readonly startTimeMs: number;
  readonly traceId: string;
}

/** What part of the list is asked for: newest first, from behind `after` on. */
export interface TraceListQuery {
  readonly limit: number;
  readonly after?: TracePosition | undefined;
}

/** A part of the list. `next` is there when more follows: pass it as `after`. */
export interface TraceList {
  readonly traces: readonly TraceSummary[];
  readonly next?: TracePosition;
}

/** What became of the spans of one insert. */
export interface InsertOutcome {
  readonly inserted: number;
  /** Spans that were there already. They change nothing, whatever they contain. */
  readonly duplicates: number;
  /** Spans that had been stored as `unfinished`, and whose end has now come: it takes the place of what was there. */
  readonly replaced: number;
}

/**
 * Keeps spans. A span is identified by trace id and span id; the order in which spans arrive, and the batches they arrive
 * in, make no difference to what can be read of them. Methods reject when the store itself fails (disk full, closed).
 */
export interface Store {
  /** All of them or none: when it resolves they are stored as durably as the store promises. */
  insert(spans: readonly Span[]): Promise<InsertOutcome>;
  listTraces(query: TraceListQuery): Promise<TraceList>;
  /** `undefined` for a trace of which no span has arrived. */
  getSummary(traceId: string): Promise<TraceSummary | undefined>;
  /**
   * A number that is another one whenever a span of the trace was added or replaced since, and the same as long as none
   * was; `undefined` for an unknown trace.
   */
  getRevision(traceId: string): Promise<number | undefined>;
  /** All spans of a trace, in no particular order; none for an unknown one. */
  getSpans(traceId: string): Promise<readonly Span[]>;
  close(): Promise<void>;
}
