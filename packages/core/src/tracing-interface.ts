import type { DeliveryReport } from "./delivery-books.ts";
import type { Diagnostic } from "./diagnostics.ts";
import type { Recorder, SpanContext } from "./event.ts";
import type { Feedback, FeedbackChange, FeedbackResult } from "./feedback/feedback.ts";
import type { ModelCallTracking } from "./gateway/model-calls.ts";
import type { IncomingHeaders } from "./headers/incoming.ts";
import type { InsertReport, LogInput } from "./logs/insert-logs.ts";
import type { SpanOptions } from "./span-by-hand.ts";
import type { RunLocator } from "./whereabouts.ts";

/** The same of feedback. A list counts as one: it is one request. */
export interface FeedbackReport extends DeliveryReport {
  /** What this process took over from the spool; it counts as recorded here. */
  readonly recovered: number;
}

/** What became of spans and of feedback. */
export interface TracingReport extends DeliveryReport {
  readonly feedback: FeedbackReport;
}

/** Counts for the operator: delivery, and what the bounds did. */
export interface TracingStats extends TracingReport {
  /** Spans of earlier processes that this one took over from the spool; they count as recorded here. */
  readonly recovered: number;
  /** Runs whose end has not been seen yet. */
  readonly openRuns: number;
  /** Ends that came after their run had been closed as `unfinished`: each was sent again, with its end and the same ids. */
  readonly lateEnds: number;
  /** Inputs, outputs and their parts that `capture` limits cut short, and marks beyond the 256 that a span keeps. */
  readonly truncated: number;
  /** Parts of spans that were withheld because a redactor threw. */
  readonly redactionFailures: number;
  /** Events that could not be recorded because reading them failed. */
  readonly failedEvents: number;
}

/** Bounds of a flush. */
export interface FlushOptions {
  /** Longest wait in milliseconds; 5,000 where it is not given. */
  readonly timeoutMs?: number | undefined;
}

/** Options of {@link Tracing.withTrace}. */
export interface TraceOptions extends SpanOptions {
  /** Trace id of everything inside. Free text; 32 hex are best. Beats `traceparent`, which beats `headers`. */
  readonly traceId?: string | undefined;
  /** Span of another service that called this one. Wants a trace id. */
  readonly parentSpanId?: string | undefined;
  /** W3C `traceparent` of the request that is served: goes on with its trace, below its span. */
  readonly traceparent?: string | undefined;
  /** All headers of that request: `x-portkey-trace-id` and its like are looked for, then `traceparent`. */
  readonly headers?: IncomingHeaders | null | undefined;
}

/** One client for any number of handlers: what they share is sent together, and hangs together. */
export interface Tracing extends Recorder {
  /** `false` where there is neither a key nor a collector, or `enabled` is `false`: nothing is kept, nothing is sent. */
  readonly enabled: boolean;
  /** Waits until all that was recorded before the call is sent or dropped, or the time is over. Never rejects. */
  flush(options?: FlushOptions | null): Promise<TracingReport>;
  /** Closes open runs as `unfinished`, flushes, and takes no more. Never rejects. */
  shutdown(options?: FlushOptions | null): Promise<TracingReport>;
  /** Counts since the start. */
  stats(): TracingStats;
  /** Runs a function under one root span; everything traced inside, by any handler of this tracing, hangs below it. */
  withTrace<R>(options: TraceOptions, fn: () => R): R;
  /** Runs a function under a span of its own. Its result, or what it throws, is passed on as it is. */
  span<R>(name: string, fn: () => R, options?: SpanOptions): R;
  /** The span that encloses the code that runs now, as far as this tracing made it. */
  currentSpan(): SpanContext | undefined;
  /**
   * Headers that carry the current span to another service, or to a gateway: `x-portkey-trace-id`,
   * `x-portkey-parent-span-id` and `traceparent`. Empty outside of every span.
   */
  headers(): Record<string, string>;
  /**
   * Says what somebody thinks of a trace, or of several. With a spool it is on disk when this returns. Resolves when the
   * server has answered, when it is lost, or, as `pending`, when it waits for longer; wrong values are refused before they
   * are sent. Never rejects: there is no need to wait for it.
   */
  feedback(feedback: Feedback | readonly Feedback[]): Promise<FeedbackResult>;
  /** Changes feedback that was accepted, by its id. */
  updateFeedback(id: string, change: FeedbackChange): Promise<FeedbackResult>;
  /** The plain logger. */
  readonly logs: {
    /**
     * Inserts logs as they are, one or many, through the same queue as spans. One without ids hangs below the span
     * around the call. A log that is no log is refused, with the field at fault; the others are taken. Never throws.
     */
    insert(logs: LogInput | readonly LogInput[]): InsertReport;
  };
  /** For integrations, and for {@link portkeyFetch}: which HTTP request belongs to which call of a model. */
  readonly calls: ModelCallTracking;
  /** For integrations: how to find the framework's run that encloses the code that runs now. */
  locateBy(locator: RunLocator): void;
  /** For integrations: runs a function so that what it starts hangs below `context`. */
  runInside<R>(context: SpanContext, fn: () => R): R;
  /** For integrations: tells the operator. Each code at most once a minute. */
  diagnose(diagnostic: Diagnostic): void;
}
