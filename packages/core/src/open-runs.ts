import type { EventOrigin, SpanContext } from "./event.ts";
import type { ModelRequests } from "./gateway/model-requests.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { Mark, ModelCall, SpanType, Usage } from "./span.ts";

/** The runs of one trace that are still open, and whether its root has ended. */
export interface OpenTrace {
  readonly open: Set<OpenRun>;
  rootEnded: boolean;
  lastEventMs: number;
}

/** An event, and how often in a row it was delivered. */
export interface Delivery {
  readonly what: string;
  readonly of: unknown;
  times: number;
}

/** A run whose end has not been seen. The only mutable state of the tracer. */
export interface OpenRun {
  readonly runId: string;
  readonly trace: OpenTrace;
  /** The run that it started in, for as long as it is open itself: what has ended holds nothing alive. */
  parent: OpenRun | undefined;
  readonly context: SpanContext;
  readonly parentSpanId: string | undefined;
  /** How often its start was delivered. */
  copies: number;
  /** The last mark or token, and how often it was delivered. */
  last: Delivery | undefined;
  readonly isRoot: boolean;
  readonly hidden: boolean;
  readonly origin: EventOrigin;
  type: SpanType;
  readonly startTimeMs: number;
  name: string;
  input: JsonValue | undefined;
  output: JsonValue | undefined;
  model: ModelCall | undefined;
  tags: readonly string[];
  metadata: JsonObject;
  marks: Mark[];
  /** Text of a streamed answer so far, in pieces. */
  text: string[];
  textLength: number;
  chunks: number;
  streamed: boolean;
  /** Tokens that the chunks so far have counted. */
  usage: Usage | undefined;
  /** Of these, tokens of the completion that a later chunk tells again. */
  begun: number;
  /** Tokens of the completion that two chunks told. */
  toldTwice: number;
  /** The program's own, and it reaches whatever listens to it: held for as long as the run is open, and no longer. */
  signal: AbortSignal | undefined;
  firstTokenMs: number | undefined;
  lastEventMs: number;
  /** Its end, if nothing follows. */
  restsSinceMs: number | undefined;
  /** Bytes of the copies that it holds. */
  bytes: number;
  /** HTTP requests of a call to a model, where they are seen. */
  requests: ModelRequests | undefined;
}

/** What is remembered of a run that has ended, so that late children find their parent. */
export interface EndedRun {
  readonly trace: OpenTrace;
  readonly context: SpanContext;
  /** Set when it was closed without its end having been seen: what is needed to send it again, whole, when that comes. */
  closedEarly: OpenRun | undefined;
  /** How many runs had this id so far. */
  readonly count: number;
}

/** What is remembered of runs that are no longer open. */
export interface OpenRunsLimits {
  /** How many of those that have ended. */
  readonly ended: number;
  /** How many of those whose end was not seen, and what they may hold together. */
  readonly closedEarly: number;
  readonly closedEarlyBytes: number;
}

/** Open runs by id, and a bounded memory of those that ended lately. */
export class OpenRuns {
  private readonly open = new Map<string, OpenRun>();
  /**
   * Two generations: the older one is dropped whole, for a Map whose first keys are deleted is slow to find its first
   * key.
   */
  private ended = new Map<string, EndedRun>();
  private endedBefore = new Map<string, EndedRun>();

  private readonly closedEarly = new Set<EndedRun>();
  private openBytes = 0;
  private closedBytes = 0;
  private readonly limits: OpenRunsLimits;

  constructor(limits: OpenRunsLimits) {
    this.limits = limits;
  }

  get size(): number {
    return this.open.size;
  }

  /** What the open ones hold, in bytes. */
  get bytes(): number {
    return this.openBytes;
  }

  get(runId: string): OpenRun | undefined {
    return this.open.get(runId);
  }

  getEnded(runId: string): EndedRun | undefined {
    return this.ended.get(runId) ?? this.endedBefore.get(runId);
  }

  /** Latest first, so that children come before their parents. */
  all(): OpenRun[] {
    return [...this.open.values()].toReversed();
  }

  oldest(): OpenRun | undefined {
    return this.open.values().next().value;
  }

  add(run: OpenRun): void {
    this.open.set(run.runId, run);
    run.trace.open.add(run);
    this.openBytes += run.bytes;
  }

  /** Notes that an open run holds more. */
  grow(run: OpenRun, bytes: number): void {
    run.bytes += bytes;
    this.openBytes += bytes;
  }

  /** Notes a sign of life. */
  touch(run: OpenRun, timeMs: number): void {
    run.lastEventMs = Math.max(run.lastEventMs, timeMs);
    run.trace.lastEventMs = Math.max(run.trace.lastEventMs, timeMs);
  }

  /** Takes a run out; it is remembered until at least half of the limit have ended after it. */
  end(run: OpenRun, endWasSeen: boolean): void {
    this.open.delete(run.runId);
    run.trace.open.delete(run);
    this.openBytes -= run.bytes;
    if (run.isRoot) run.trace.rootEnded = true;
    if (run.parent !== undefined) this.touch(run.parent, run.lastEventMs);
    run.parent = undefined;
    const earlier = this.getEnded(run.runId);
    if (earlier !== undefined) this.settle(earlier);
    const count = (earlier?.count ?? 0) + 1;
    const ended: EndedRun = { trace: run.trace, context: run.context, closedEarly: undefined, count };
    this.ended.set(run.runId, ended);
    if (!endWasSeen) this.remember(ended, run);
    if (this.ended.size * 2 >= this.limits.ended) this.turn();
  }

  /** Gives up what was kept of a run whose end has come late. */
  settle(ended: EndedRun): void {
    if (this.closedEarly.delete(ended)) this.closedBytes -= ended.closedEarly?.bytes ?? 0;
    ended.closedEarly = undefined;
  }

  private remember(ended: EndedRun, run: OpenRun): void {
    ended.closedEarly = run;
    this.closedEarly.add(ended);
    this.closedBytes += run.bytes;
    for (const oldest of this.closedEarly) {
      if (this.closedEarly.size <= this.limits.closedEarly && this.closedBytes <= this.limits.closedEarlyBytes) return;
      this.settle(oldest);
    }
  }

  private turn(): void {
    const oldest = this.endedBefore;
    this.endedBefore = this.ended;
    this.ended = new Map();
    for (const [runId, ended] of oldest) {
      if (ended.closedEarly !== undefined && this.getEnded(runId) !== ended) this.settle(ended);
    }
  }
}
