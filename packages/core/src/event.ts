import type { ModelCall, SpanError, SpanSource, SpanType, Usage } from "./span.ts";

/**
 * Where events come from, and how that framework's objects are to be read.
 * One constant object for each integration.
 */
export interface EventOrigin {
  readonly source: SpanSource;
  /**
   * Gives a lighter stand-in for one of the framework's own objects (a message, a document), or `undefined` to have it
   * read as it is. Called for each object inside inputs and outputs; what it returns is read in turn.
   */
  readonly view?: (value: object) => unknown;
}

/** Position of a span in its trace: what a child needs to know of its parent. */
export interface SpanContext {
  /** The trace id as it stands on the wire. */
  readonly traceId: string;
  /** 16 lower-case hex; absent when only the trace is known (a pinned trace without a span of its own). */
  readonly spanId?: string;
}

/** A run has begun. Values are read at once; no reference to them is kept. */
export interface StartEvent {
  readonly kind: "start";
  /** The framework's id of the run: unique while the run is open. */
  readonly runId: string;
  /** Id of the enclosing run. One that this tracer never saw counts as none. */
  readonly parentRunId?: string | undefined;
  /** Parent for a run without `parentRunId`: a span of another framework, or of another process. */
  readonly parent?: SpanContext | undefined;
  /** Pins the trace id of a root. */
  readonly traceId?: string | undefined;
  readonly type: SpanType;
  readonly name: string;
  readonly input?: unknown;
  readonly model?: ModelCall | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** The code that records runs in some other call's context: a run without a parent is a root, whatever surrounds it. */
  readonly detached?: boolean | undefined;
  /** What stops the run, as far as it is known: where its end is never told, an aborted signal says why. */
  readonly signal?: AbortSignal | undefined;
  /** Framework plumbing: makes no span, its children move up to its parent. */
  readonly hidden?: boolean | undefined;
}

/** Something happened inside an open run. */
export interface MarkEvent {
  readonly kind: "mark";
  readonly runId: string;
  readonly name: string;
  readonly attributes?: unknown;
  /** The framework's own object of this event: one that was delivered several times has the same one each time. */
  readonly of?: unknown;
}

/** A token, or chunk, of a model's streamed answer. Costs a counter and, for the first one with content, a time stamp. */
export interface TokenEvent {
  readonly kind: "token";
  readonly runId: string;
  /** The text of the chunk; kept up to a bound, for a stream whose end never comes. */
  readonly text: string;
  /** Chunk without text that still is an answer: a piece of a tool call. */
  readonly hasContent?: boolean | undefined;
  /** `false` where only a text is handed over: some models tell a whole answer in this way. */
  readonly isChunk?: boolean | undefined;
  /** Tokens that this chunk counts. Kept for a stream whose end never comes. */
  readonly usage?: Usage | undefined;
  /**
   * What `usage` counts. This chunk alone, unless it says otherwise: all chunks `so-far`, or how an answer has `begun`, of
   * which a later chunk tells the completion as a whole.
   */
  readonly counts?: "so-far" | "begun" | undefined;
  /** As of a mark. */
  readonly of?: unknown;
}

/** What can be added to an open run when, or before, it ends. */
export interface RunChanges {
  readonly type?: SpanType | undefined;
  readonly name?: string | undefined;
  /** What the run was given, where its start did not tell: that of a stream is known when it has been read. */
  readonly input?: unknown;
  readonly output?: unknown;
  readonly model?: ModelCall | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** More is known of an open run. */
export interface UpdateEvent extends RunChanges {
  readonly kind: "update";
  readonly runId: string;
  /**
   * The run is over since then unless something follows, which nothing tells: what closes it takes this for its end.
   * `null` where something followed. Milliseconds since the Unix epoch.
   */
  readonly restsSinceMs?: number | null | undefined;
}

/** A run returned. */
export interface EndEvent extends RunChanges {
  readonly kind: "end";
  readonly runId: string;
  /** When it really ended, where that is earlier than now. Milliseconds since the Unix epoch. */
  readonly timeMs?: number | undefined;
}

/** A run did not return: it failed, was stopped, or waits for a human. */
export interface ErrorEvent extends RunChanges {
  readonly kind: "error";
  readonly runId: string;
  /** `unfinished` is for ends that were never seen. */
  readonly status: "error" | "cancelled" | "interrupted";
  readonly error?: SpanError | undefined;
  /** With `interrupted`: what the human is asked. */
  readonly value?: unknown;
  readonly timeMs?: number | undefined;
}

/** A fact from a framework. */
export type TraceEvent = StartEvent | MarkEvent | TokenEvent | UpdateEvent | EndEvent | ErrorEvent;

/** Takes events: what integrations are given. */
export interface Recorder {
  /** Records one event, or what a mapper makes of it. Never throws, whatever the mapper does. */
  record(event: TraceEvent | (() => TraceEvent), origin: EventOrigin): void;
  /** Where a run stands in its trace; also for runs that ended lately. */
  contextOf(runId: string): SpanContext | undefined;
}
