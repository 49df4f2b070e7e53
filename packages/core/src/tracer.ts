import { beginRun, type RunSettings, toMetadata } from "./begin-run.ts";
import { countChunk, withCountsOfChunks } from "./count-chunks.ts";
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
import { finishRun, partialOutput } from "./finish-run.ts";
import type { ModelRequests } from "./gateway/model-requests.ts";
import { type OpenRun, OpenRuns } from "./open-runs.ts";
import { isRepeated } from "./repeated.ts";
import type { Timer } from "./runtime.ts";
import type { Snapshot } from "./snapshot.ts";
import { toSoundId, toSoundName, toSoundTags, toSoundType } from "./sound.ts";
import type { Span, SpanStatus, UnfinishedReason } from "./span.ts";
import { reasonOf, stoppedBy } from "./stop-reason.ts";

/** What the tracer needs to know and to reach. */
export interface TracerOptions extends RunSettings {
  /** The same within the bounds of a mark. */
  readonly snapshotOfMark: (value: unknown, origin: EventOrigin) => Snapshot;
  readonly maxOpenRuns: number;
  /** What the copies in open runs may hold together. */
  readonly maxOpenBytes: number;
  /** How long after its root's end a run may still be open. */
  readonly rootGraceMs: number;
  /** How long a run may be open without any event. */
  readonly idleLimitMs: number;
  /** Told of each mark that a bound left out. */
  readonly onTruncated: () => void;
  readonly onSpan: (span: Span, requests: ModelRequests | undefined) => void;
}

const MAX_MARKS = 256;
const MAX_STREAMED_CHARACTERS = 262_144;
const MAX_REMEMBERED = { ended: 10_000, closedEarly: 1_000, closedEarlyBytes: 33_554_432 };
const STALL_MS = 250;

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
    if (run.origin !== origin || isRepeated(run, event)) return;
    this.runs.touch(run, this.options.runtime.now());
    switch (event.kind) {
      case "mark":
        return this.mark(run, event);
      case "token":
        return this.token(run, event);
      case "update":
        if (event.restsSinceMs !== undefined) run.restsSinceMs = event.restsSinceMs ?? undefined;
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
      if (run.trace.rootEnded || run.restsSinceMs !== undefined) this.close(run, "root_ended");
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
    const open = this.runs.get(event.runId);
    if (open !== undefined) {
      if (open.origin === origin) open.copies += 1;
      return;
    }
    const run = beginRun(event, origin, this.runs, this.options);
    this.runs.add(run);
    const { maxOpenRuns, maxOpenBytes } = this.options;
    while (this.runs.size > maxOpenRuns || this.runs.bytes > maxOpenBytes) {
      const oldest = this.runs.oldest();
      if (oldest === undefined) break;
      this.close(oldest, "open_runs_overflow");
    }
    this.scheduleSweep();
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
    if (event.usage !== undefined) countChunk(run, event.usage, event.counts);
    if (event.text === "") {
      if (event.hasContent === true) run.firstTokenMs ??= run.lastEventMs;
      return;
    }
    run.firstTokenMs ??= run.lastEventMs;
    const room = MAX_STREAMED_CHARACTERS - run.textLength;
    run.textLength += event.text.length;
    if (room >= 0 && event.text.length > room) this.options.onTruncated();
    if (room <= 0) return;
    const kept = event.text.slice(0, room);
    run.text.push(kept);
    this.runs.grow(run, kept.length);
  }

  private change(run: OpenRun, changes: RunChanges): void {
    if (run.hidden) return;
    if (changes.type !== undefined) run.type = toSoundType(changes.type);
    if (changes.name !== undefined) run.name = toSoundName(changes.name);
    if (changes.tags !== undefined) run.tags = toSoundTags(changes.tags);
    if (changes.model !== undefined) run.model = { ...run.model, ...changes.model };
    if (changes.metadata !== undefined) {
      // Spread, as assigning a member called `__proto__` would do something else.
      run.metadata = { ...run.metadata, ...toMetadata(changes.metadata, run.origin, this.options.snapshot) };
    }
    if (changes.input !== undefined) run.input = this.options.snapshot(changes.input, run.origin).value;
    if (changes.output !== undefined) {
      run.output = withCountsOfChunks(run, this.options.snapshot(changes.output, run.origin).value);
    }
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
    run.signal = undefined;
    run.last = undefined;
    if (error !== undefined) this.emit(run, { code: "cancelled", error }, run.lastEventMs);
    else if (run.restsSinceMs !== undefined) this.emit(run, { code: "ok" }, run.restsSinceMs);
    else this.emit(run, { code: "unfinished", reason }, run.lastEventMs);
  }

  private emit(run: OpenRun, status: SpanStatus, timeMs: number | undefined): void {
    const { spanId } = run.context;
    if (run.hidden || spanId === undefined) return;
    run.output ??= this.options.snapshot(partialOutput(run), run.origin).value;
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
