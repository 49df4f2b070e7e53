import { addUsage } from "./add-usage.ts";
import type {
  EndEvent,
  ErrorEvent,
  EventOrigin,
  MarkEvent,
  RunChanges,
  SpanContext,
  StartEvent,
  TokenEvent,
  TraceEvent,
} from "./event.ts";
import { finishRun } from "./finish-run.ts";
import type { ModelRequests } from "./gateway/model-requests.ts";
import { toSpanId, toTraceId } from "./ids.ts";
import type { JsonObject } from "./json.ts";
import { type OpenRun, OpenRuns, type OpenTrace } from "./open-runs.ts";
import type { Runtime, Timer } from "./runtime.ts";
import type { Snapshot } from "./snapshot.ts";
import { toSoundId, toSoundName, toSoundTags, toSoundType } from "./sound.ts";
import type { Span, SpanError, SpanStatus, UnfinishedReason } from "./span.ts";
import { toSpanError } from "./span-error.ts";

/** What surrounds a run that starts: where it hangs when it has no parent run, and what it inherits. */
export interface Surroundings {
  readonly parent?: SpanContext | undefined;
  readonly metadata?: Readonly<JsonObject> | undefined;
  /** Id of a run that encloses `parent`: of the two, `parent` is the nearer one. */
  readonly within?: string | undefined;
}

/** What the tracer needs to know and to reach. */
export interface TracerOptions {
  readonly runtime: Runtime;
  /** Copies a value of the program into plain JSON. */
  readonly snapshot: (value: unknown, origin: EventOrigin) => Snapshot;
  /** The same within the bounds of a mark. */
  readonly snapshotOfMark: (value: unknown, origin: EventOrigin) => Snapshot;
  /** Metadata of every span. */
  readonly metadata: Readonly<JsonObject>;
  /** Trace id of every root, where the user pinned one. */
  readonly traceId: string | undefined;
  readonly maxOpenRuns: number;
  /** What the copies in open runs may hold together. */
  readonly maxOpenBytes: number;
  /** How long after its root's end a run may still be open. */
  readonly rootGraceMs: number;
  /** How long a run may be open without any event. */
  readonly idleLimitMs: number;
  readonly surroundings: () => Surroundings | undefined;
  /** Told of each mark that a bound left out. */
  readonly onTruncated: () => void;
  readonly onSpan: (span: Span, requests: ModelRequests | undefined) => void;
}

/** Where a new run hangs: under a run of this tracer, open or ended, or under a span of someone else. */
interface Parent {
  readonly context: SpanContext;
  readonly trace: OpenTrace | undefined;
  readonly run: OpenRun | undefined;
}

const MAX_MARKS = 256;
const MAX_STREAMED_CHARACTERS = 262_144;
const MAX_REMEMBERED = { ended: 10_000, closedEarly: 1_000, closedEarlyBytes: 33_554_432 };
const STALL_MS = 250;
const NOTHING: Snapshot = { value: undefined, bytes: 0 };

/**
 * Turns the events of frameworks into spans. Holds the open runs and nothing else; a span is handed on when its run
 * ends, and every run ends: by its own end event, or by one of the bounds.
 */
export class Tracer {
  private readonly runs = new OpenRuns(MAX_REMEMBERED);
  private readonly options: TracerOptions;
  private sweepTimer: Timer | undefined;
  private late = 0;

  constructor(options: TracerOptions) {
    this.options = options;
  }

  /** Runs that are open now. */
  get openRuns(): number {
    return this.runs.size;
  }

  /** Ends that came after their run had been closed as unfinished; each was sent again with its end. */
  get lateEnds(): number {
    return this.late;
  }

  /** A run whose end has not been seen. */
  openRun(runId: string): OpenRun | undefined {
    return this.runs.get(runId);
  }

  /** All of them, latest first. */
  allOpenRuns(): readonly OpenRun[] {
    return this.runs.all();
  }

  /** Position of a run in its trace; also for runs that ended lately. */
  contextOf(runId: string): SpanContext | undefined {
    return this.runs.get(runId)?.context ?? this.runs.getEnded(runId)?.context;
  }

  record(event: TraceEvent, origin: EventOrigin): void {
    if (event.kind === "start") {
      this.start(event, origin);
      return;
    }
    const run = this.runs.get(event.runId);
    if (run === undefined) {
      if (event.kind === "end" || event.kind === "error") this.endLate(event, origin);
      return;
    }
    // Two handlers of one client may both tell of a run: the one that told of its start is listened to.
    if (run.origin !== origin) return;
    this.runs.touch(run, this.options.runtime.now());
    switch (event.kind) {
      case "mark":
        return this.mark(run, event);
      case "token":
        return this.token(run, event);
      case "update":
        return this.change(run, event);
      case "end":
      case "error":
        this.change(run, event);
        this.runs.end(run, true);
        return this.emit(run, this.toStatus(event, run), event.timeMs);
    }
  }

  /**
   * Closes what is still open although its root has ended, and the traces in which a stream stands still: its reader has
   * left, or is slow. Should an end come after all, the span is sent again with it.
   */
  closeLeftovers(): void {
    const now = this.options.runtime.now();
    const runs = this.runs.all();
    const stalled = new Set(runs.filter((run) => run.chunks > 0).map((run) => run.trace));
    for (const run of runs) {
      if (run.trace.rootEnded) this.close(run, "root_ended");
      else if (stalled.has(run.trace) && now - run.trace.lastEventMs >= STALL_MS) this.close(run, "stalled");
    }
  }

  /** Closes everything. */
  closeAll(reason: UnfinishedReason): void {
    for (const run of this.runs.all()) this.close(run, reason);
    this.sweepTimer?.cancel();
    this.sweepTimer = undefined;
  }

  private start(event: StartEvent, origin: EventOrigin): void {
    if (toSoundId(event.runId) === undefined) throw new TypeError("a run without an id");
    // Some versions of LangChain deliver each event once for every place at which the handler was given.
    if (this.runs.get(event.runId) !== undefined) return;
    const run = this.open(event, origin);
    this.runs.add(run);
    const { maxOpenRuns, maxOpenBytes } = this.options;
    while (this.runs.size > maxOpenRuns || this.runs.bytes > maxOpenBytes) {
      const oldest = this.runs.oldest();
      if (oldest === undefined) break;
      this.close(oldest, "open_runs_overflow");
    }
    this.scheduleSweep();
  }

  private open(event: StartEvent, origin: EventOrigin): OpenRun {
    const now = this.options.runtime.now();
    const surroundings = event.detached === true ? undefined : this.options.surroundings();
    const parent = this.parentOf(event, surroundings);
    const traceId =
      parent?.context.traceId ?? toSoundId(event.traceId) ?? this.options.traceId ?? toTraceId(event.runId);
    const hidden = event.hidden === true;
    const input = hidden ? NOTHING : this.options.snapshot(event.input, origin);
    return {
      runId: event.runId,
      trace: parent?.trace ?? { open: new Set(), rootEnded: false, lastEventMs: now },
      parent: parent?.run,
      context: hidden ? withSpan(traceId, parent?.context.spanId) : { traceId, spanId: this.spanIdFor(event.runId) },
      parentSpanId: parent?.context.spanId,
      isRoot: parent?.trace === undefined,
      hidden,
      origin,
      type: toSoundType(event.type),
      startTimeMs: now,
      name: toSoundName(event.name),
      input: input.value,
      output: undefined,
      model: event.model,
      tags: toSoundTags(event.tags),
      metadata: { ...this.base(), ...surroundings?.metadata, ...this.toMetadata(event.metadata, origin) },
      marks: [],
      text: [],
      textLength: 0,
      chunks: 0,
      streamed: false,
      usage: undefined,
      signal: event.signal === undefined ? undefined : new WeakRef(event.signal),
      firstTokenMs: undefined,
      lastEventMs: now,
      bytes: input.bytes,
      requests: undefined,
    };
  }

  /** A parent run that was never seen counts as none: the handler may sit on an inner part only. */
  private parentOf(event: StartEvent, surroundings: Surroundings | undefined): Parent | undefined {
    const { parentRunId } = event;
    const isFurtherIn = parentRunId !== undefined && surroundings?.within === parentRunId;
    if (isFurtherIn && surroundings.parent !== undefined) {
      return { context: surroundings.parent, trace: undefined, run: undefined };
    }
    if (parentRunId !== undefined) {
      const run = this.runs.get(parentRunId);
      if (run !== undefined) return { context: run.context, trace: run.trace, run };
      const ended = this.runs.getEnded(parentRunId);
      if (ended !== undefined) return { context: ended.context, trace: ended.trace, run: undefined };
    }
    const context = event.parent ?? (toSoundId(event.traceId) === undefined ? surroundings?.parent : undefined);
    return context === undefined ? undefined : { context, trace: undefined, run: undefined };
  }

  /** A run id that is used again stands for another span. */
  private spanIdFor(runId: string): string {
    const ended = this.runs.getEnded(runId);
    return toSpanId(ended === undefined ? runId : `${runId}#${ended.count + 1}`);
  }

  private mark(run: OpenRun, event: MarkEvent): void {
    if (run.marks.length >= MAX_MARKS) return this.options.onTruncated();
    const { value: attributes, bytes } = this.options.snapshotOfMark(event.attributes, run.origin);
    this.runs.grow(run, bytes);
    const moment = { name: toSoundName(event.name), timeMs: run.lastEventMs };
    run.marks.push(attributes === undefined ? moment : { ...moment, attributes });
  }

  private token(run: OpenRun, event: TokenEvent): void {
    run.chunks += 1;
    run.streamed ||= event.isChunk !== false || run.chunks > 1;
    if (event.usage !== undefined) run.usage = addUsage(run.usage, event.usage);
    if (event.text === "") {
      if (event.hasContent === true) run.firstTokenMs ??= run.lastEventMs;
      return;
    }
    run.firstTokenMs ??= run.lastEventMs;
    const wasFull = run.textLength >= MAX_STREAMED_CHARACTERS;
    run.textLength += event.text.length;
    if (wasFull) return;
    run.text.push(event.text);
    this.runs.grow(run, event.text.length);
  }

  private change(run: OpenRun, changes: RunChanges): void {
    if (run.hidden) return;
    if (changes.type !== undefined) run.type = toSoundType(changes.type);
    if (changes.name !== undefined) run.name = toSoundName(changes.name);
    if (changes.tags !== undefined) run.tags = toSoundTags(changes.tags);
    if (changes.model !== undefined) run.model = { ...run.model, ...changes.model };
    if (changes.metadata !== undefined) Object.assign(run.metadata, this.toMetadata(changes.metadata, run.origin));
    if (changes.output !== undefined) run.output = this.options.snapshot(changes.output, run.origin).value;
  }

  /** Metadata of every span; each has a copy of its own, as a redactor may change what it is given. */
  private base(): Readonly<JsonObject> {
    const { metadata } = this.options;
    const isFlat = Object.values(metadata).every((value) => typeof value !== "object" || value === null);
    return isFlat ? metadata : structuredClone(metadata);
  }

  private toMetadata(metadata: Readonly<Record<string, unknown>> | undefined, origin: EventOrigin): JsonObject {
    const copy = metadata === undefined ? undefined : this.options.snapshot(metadata, origin).value;
    return typeof copy === "object" && copy !== null && !Array.isArray(copy) ? copy : {};
  }

  private toStatus(event: EndEvent | ErrorEvent, run: OpenRun): SpanStatus {
    if (event.kind === "end") return { code: "ok" };
    if (event.status === "interrupted") {
      const { value } = this.options.snapshot(event.value, run.origin);
      return value === undefined ? { code: "interrupted" } : { code: "interrupted", value };
    }
    if (event.status === "cancelled") {
      return event.error === undefined ? { code: "cancelled" } : { code: "cancelled", error: event.error };
    }
    return { code: "error", error: reasonOf(event.error, run) };
  }

  private close(run: OpenRun, reason: UnfinishedReason): void {
    this.runs.end(run, false);
    const error = stoppedBy(run);
    const status: SpanStatus = error === undefined ? { code: "unfinished", reason } : { code: "cancelled", error };
    this.emit(run, status, run.lastEventMs);
  }

  private emit(run: OpenRun, status: SpanStatus, timeMs: number | undefined): void {
    const { spanId } = run.context;
    if (run.hidden || spanId === undefined) return;
    this.options.onSpan(finishRun(run, spanId, status, timeMs ?? this.options.runtime.now()), run.requests);
  }

  /** The run was closed too early: its span goes out again, with the same ids and its real end. */
  private endLate(event: EndEvent | ErrorEvent, origin: EventOrigin): void {
    const ended = this.runs.getEnded(event.runId);
    const run = ended?.closedEarly;
    if (ended === undefined || run === undefined || run.origin !== origin) return;
    this.late += 1;
    this.runs.settle(ended);
    this.change(run, event);
    this.emit(run, this.toStatus(event, run), event.timeMs);
  }

  /** One timer for all runs, and none while nothing is open. */
  private scheduleSweep(): void {
    if (this.sweepTimer !== undefined) return;
    const { rootGraceMs, idleLimitMs } = this.options;
    this.sweepTimer = this.options.runtime.schedule(() => this.sweep(), Math.min(rootGraceMs, idleLimitMs));
  }

  private sweep(): void {
    this.sweepTimer = undefined;
    const now = this.options.runtime.now();
    for (const run of this.runs.all()) {
      const silentMs = now - run.trace.lastEventMs;
      if (run.trace.rootEnded && silentMs >= this.options.rootGraceMs) this.close(run, "root_ended");
      else if (silentMs >= this.options.idleLimitMs) this.close(run, "idle");
    }
    if (this.runs.size > 0) this.scheduleSweep();
  }
}

/** The error of a run; one that only says that the run was aborted gives way to a timeout, where the signal was one. */
function reasonOf(error: SpanError | undefined, run: OpenRun): SpanError {
  if (error === undefined) return { type: "Error", message: "unknown error" };
  const reason = error.httpStatus === 499 ? stoppedBy(run) : undefined;
  return reason?.httpStatus === 408 ? reason : error;
}

/** Why the program stopped a run, where its signal tells. */
function stoppedBy(run: OpenRun): SpanError | undefined {
  try {
    const signal = run.signal?.deref();
    return signal?.aborted === true ? toSpanError(signal.reason) : undefined;
  } catch {
    // What cannot be read tells nothing.
    return undefined;
  }
}

function withSpan(traceId: string, spanId: string | undefined): SpanContext {
  return spanId === undefined ? { traceId } : { traceId, spanId };
}
