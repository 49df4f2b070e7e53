import type { JsonObject, Span, StatusCode } from "@portkey-tracing/core";
import type { TokenCounts } from "@portkey-tracing/core/tree";
import type { StatRow } from "./stats.ts";

/** Status of the root, which ends last; `open` until it has arrived. */
export type TraceStatus = StatusCode | "open";

/** One trace in a list. */
export interface TraceSummary {
  readonly traceId: string;
  /** Name of the root; until that has arrived, of the earliest span. */
  readonly name: string;
  /** Start of the earliest span, milliseconds since the Unix epoch with fractions. */
  readonly startTimeMs: number;
  /** From the earliest start to the latest end, milliseconds. */
  readonly durationMs: number;
  readonly status: TraceStatus;
  readonly spans: number;
  /** Spans that failed. Attempts are not counted: what came of them, their call says. */
  readonly errors: number;
  /** Each model call counted once. */
  readonly tokens: TokenCounts;
  /** Models that were asked, sorted; the first 20 of them. */
  readonly models: readonly string[];
  /** What each of these models was asked and answered. */
  readonly usage: readonly ModelUsage[];
  /** From the earliest start to the first token of any answer, milliseconds; where a model streamed. */
  readonly firstTokenMs?: number;
  readonly user?: string;
  readonly session?: string;
  readonly feedback?: FeedbackSummary;
}

/** Tokens of one model in one trace. */
export interface ModelUsage {
  readonly model: string;
  readonly provider?: string;
  readonly calls: number;
  readonly prompt: number;
  readonly completion: number;
  /** Part of `prompt`. */
  readonly cached: number;
}

/** What people said of a trace. */
export interface FeedbackSummary {
  readonly count: number;
  /** Mean of the values by their weights, −10 to 10; 0 where all weights are 0. */
  readonly average: number;
}

/** One piece of feedback. */
export interface Feedback {
  readonly id: string;
  readonly traceId: string;
  /** A whole number from −10 to 10. */
  readonly value: number;
  /** From 0 to 1. */
  readonly weight: number;
  readonly metadata: Readonly<JsonObject>;
  /** Milliseconds since the Unix epoch. */
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** That a piece of feedback was given, or changed. Both members together tell one such event from all others. */
export interface FeedbackNews {
  readonly traceId: string;
  /** The piece and its version. */
  readonly version: string;
}

/** Place of a trace in the list. */
export interface TracePosition {
  readonly startTimeMs: number;
  readonly traceId: string;
}

/** What must be true of a trace. Members that are absent ask for nothing. */
export interface TraceFilter {
  /** Words: one span of the trace has all of them, each at the beginning of a word, in any case. */
  readonly text?: string | undefined;
  /** One of these. */
  readonly status?: readonly TraceStatus[] | undefined;
  readonly minDurationMs?: number | undefined;
  readonly maxDurationMs?: number | undefined;
  /** Start, milliseconds since the Unix epoch: not before, and before. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** Facets, see `facetsOf`: all of them. */
  readonly facets?: readonly string[] | undefined;
  /** `positive` and `negative`: at least one piece of feedback is. */
  readonly feedback?: "any" | "none" | "positive" | "negative" | undefined;
}

/** What part of the list is asked for: newest first, from behind `after` on. */
export interface TraceListQuery {
  readonly limit: number;
  readonly after?: TracePosition | undefined;
  readonly filter?: TraceFilter | undefined;
}

/** A part of the list. `next` is there when more follows: pass it as `after`. */
export interface TraceList {
  readonly traces: readonly TraceSummary[];
  readonly next?: TracePosition;
  /** More spans had the text than a search looks at: the newest were looked at, older traces may be missing. */
  readonly incomplete?: true;
}

/** A span's line in the tree of its trace. */
export interface TreeLine {
  readonly spanId: string;
  readonly depth: number;
  /** It names a parent that is not there. */
  readonly orphan: boolean;
}

/** Spans in the order of the store, and the place behind the last of them. */
export interface SpanPage {
  readonly spans: readonly Span[];
  readonly position: string;
}

/** Traces that spans have arrived of, each once, how many spans, and the place behind the last of them. */
export interface ArrivedTraces {
  readonly traceIds: readonly string[];
  readonly spans: number;
  readonly position: string;
}

/** What is kept at most. Absent: no bound. */
export interface Retention {
  /** Traces that started before, milliseconds since the Unix epoch, go. */
  readonly beforeMs?: number | undefined;
  /** The oldest traces go until the store is no larger. */
  readonly maxBytes?: number | undefined;
}

/** What one step of retention did. */
export interface Pruned {
  readonly traces: number;
  /** There is more to do. */
  readonly more: boolean;
}

/**
 * Keeps spans and feedback. A span is identified by trace id and span id. The first that comes is kept, but for one
 * that is provisional (`unfinished`, or an inferred attempt): what is known later takes its place. The order in which
 * spans arrive, and the batches they arrive in, make no difference to what can be read of them. Methods reject when the
 * store itself fails (disk full, closed).
 */
export interface Store {
  /** All of them or none: when it resolves they are stored as durably as the store promises. */
  insert(spans: readonly Span[]): Promise<void>;
  listTraces(query: TraceListQuery): Promise<TraceList>;
  /** `undefined` for a trace of which no span has arrived. */
  getSummary(traceId: string): Promise<TraceSummary | undefined>;
  /**
   * A text that is another one whenever a span of the trace was added or replaced since, and the same as long as none
   * was; `undefined` for an unknown trace.
   */
  getRevision(traceId: string): Promise<string | undefined>;
  /** All spans of a trace as one value, in no particular order; none for an unknown one. Of a large one, see `readSpans`. */
  getSpans(traceId: string): Promise<readonly Span[]>;
  /** The same without their content, see `withoutContent`. */
  getRows(traceId: string): Promise<readonly Span[]>;
  /** The spans of a trace in the order of its tree; none for an unknown one. */
  getTree(traceId: string): Promise<readonly TreeLine[]>;
  /**
   * Spans of a trace by their ids and in their order, whole, some hundred kilobytes or a span at a time: each piece is
   * their JSON in UTF-8, with commas between them. What takes the place of a span meanwhile is given instead of it.
   * Nothing is held open between two pieces, however long the reader takes. Throws `TraceGone` where one of them is not
   * there (any more).
   */
  readSpans(traceId: string, spanIds: readonly string[]): AsyncIterable<Uint8Array>;
  /** The same of their rows, see `getRows`. */
  readRows(traceId: string, spanIds: readonly string[]): AsyncIterable<readonly Span[]>;
  getSpan(traceId: string, spanId: string): Promise<Span | undefined>;
  /** The span that a trace has its name from, see {@link TraceSummary}; `undefined` for an unknown trace. */
  getHead(traceId: string): Promise<Span | undefined>;
  /** Ids of the spans of a trace that have a text as `TraceFilter` means it, in no particular order. */
  findSpans(traceId: string, text: string): Promise<readonly string[]>;
  /**
   * All spans, each once: from the first on, or from behind a position. Fewer than asked for where they are large; the
   * last page has none.
   */
  scan(after: string | undefined, limit: number): Promise<SpanPage>;
  /** Spans that have arrived since a position; without one, none, and the position of now. */
  arrivals(after: string | undefined, limit: number): Promise<SpanPage>;
  /** The traces of these spans, without reading the spans; perhaps also those of spans that were there already. */
  arrivedTraces(after: string, limit: number): Promise<ArrivedTraces>;
  /**
   * Sums of the spans that started in a time, rounded outwards to five minutes, for each so many slots from a multiple of
   * that number on: a row's `slot` is the first of them.
   */
  statRows(fromMs: number, toMs: number, slots: number): Promise<readonly StatRow[]>;
  /** The same of the calls to models only, of all durations together: `bucket` is 0. */
  usageRows(fromMs: number, toMs: number, slots: number): Promise<readonly StatRow[]>;
  /**
   * Stores feedback, also of traces that are not there yet. Of an id that is there already, the later `updatedMs`
   * counts.
   */
  putFeedback(feedback: readonly Feedback[]): Promise<void>;
  getFeedback(id: string): Promise<Feedback | undefined>;
  /** All feedback of a trace, in the order in which it was given. */
  listFeedback(traceId: string): Promise<readonly Feedback[]>;
  /** What was given or changed last, by `updatedMs`, the latest first. */
  latestFeedback(limit: number): Promise<readonly FeedbackNews[]>;
  /** Does a part of the work of retention, some hundredths of a second of it. Whole traces go, with their feedback. */
  prune(retention: Retention): Promise<Pruned>;
  close(): Promise<void>;
}
