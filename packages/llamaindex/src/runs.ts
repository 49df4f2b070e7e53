import {
  createTraceId,
  type EventOrigin,
  type ModelCall,
  type RunChanges,
  type SpanContext,
  type SpanError,
  type SpanType,
  type Tracing,
  toSpanError,
} from "@portkey-tracing/core";
import type { Copies } from "./copies.ts";
import { Later } from "./later.ts";
import type { EventCaller } from "./shapes.ts";

/** How a run came to its end. */
type Outcome = { readonly failed: false } | { readonly failed: true; readonly error: SpanError };

/** One unit of work of LlamaIndex that becomes a span. */
export interface Run {
  readonly id: string;
  readonly type: SpanType;
  readonly context: SpanContext;
  /** The live object that does the work. */
  readonly subject: object | undefined;
  readonly parent: Run | undefined;
  /** The frame around the code that started it. */
  readonly startedIn: SpanContext | undefined;
  readonly sequence: number;
  readonly children: Set<Run>;
  /**
   * Who tells that the run has ended: a wrapper, whatever happens; events, which tell of no failure, so that a failing
   * child stands for it; or nobody, so that it ends when nothing follows.
   */
  endsBy: "itself" | "events" | "silence";
  isOpen: boolean;
  /** Its work has a frame of its own: what has another frame is not inside it. */
  isFramed: boolean;
  /** What failed inside, where other work inside goes on. */
  failure: SpanError | undefined;
  /** What a stream has told so far. */
  soFar: (() => unknown) | undefined;
}

/** What a run starts with. */
export interface RunStart {
  readonly type: SpanType;
  readonly name: string;
  readonly input?: unknown;
  readonly model?: ModelCall | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly subject?: object | undefined;
  /** The enclosing run; where absent, it is found from the context of the code that runs now. */
  readonly parent?: Run | undefined;
  /** LlamaIndex's own notion of the method that the run stands for. */
  readonly caller?: EventCaller | undefined;
  readonly endsBy?: Run["endsBy"];
  /** Trace of a root that goes on with another one. */
  readonly traceId?: string | undefined;
  /** Makes no span: what is inside hangs below the parent. */
  readonly hidden?: boolean;
}

/** Pause after the last child of a run that ends by silence; a workflow may wait for timers, and for people. */
const QUIET_MS = { workflow: 250, other: 20 };

/** Calls of models hold no other work but calls of other models, whatever runs inside them. */
const LEAVES: ReadonlySet<SpanType> = new Set(["llm", "embedding"]);

/** True for the call of a model. */
export const isLeaf = ({ type }: { readonly type: SpanType }): boolean => LEAVES.has(type);

/** The open runs of one handler, and the rule that finds the parent of a new one. */
export class Runs {
  readonly later: Later = new Later();
  private readonly tracing: Tracing;
  private readonly origin: EventOrigin;
  private readonly copies: Copies;
  private readonly byContext = new WeakMap<SpanContext, Run>();
  private readonly byCaller = new WeakMap<EventCaller, Run[]>();
  private sequence = 0;

  constructor(tracing: Tracing, origin: EventOrigin, copies: Copies) {
    this.tracing = tracing;
    this.origin = origin;
    this.copies = copies;
  }

  /** Starts a run; `undefined` while tracing is off. */
  start(start: RunStart): Run | undefined {
    const { type, name, input, model, metadata, caller, hidden, traceId } = start;
    const parent = start.parent ?? this.askedBy(start) ?? this.enclosing();
    const id = createTraceId();
    const fields = { type, name, input, model, metadata, hidden, traceId };
    this.tracing.record({ kind: "start", runId: id, parentRunId: parent?.id, ...fields }, this.origin);
    const context = this.tracing.contextOf(id);
    if (context === undefined) return undefined;
    const run = this.create(start, id, context, parent);
    this.byContext.set(context, run);
    if (parent !== undefined && this.later.cancel(parent)) this.rest(parent, null);
    parent?.children.add(run);
    if (caller !== undefined) this.bind(caller, run);
    return run;
  }

  /** Says which run a method call of LlamaIndex belongs to. */
  bind(caller: EventCaller, run: Run): void {
    const known = this.byCaller.get(caller);
    if (known === undefined) this.byCaller.set(caller, [run]);
    else known.push(run);
  }

  /** True once a method call of LlamaIndex has a run. */
  isBound(caller: EventCaller): boolean {
    return this.byCaller.has(caller);
  }

  /** The run whose frame encloses the code that runs now. */
  current(): Run | undefined {
    const context = this.tracing.currentSpan();
    return context === undefined ? undefined : this.byContext.get(context);
  }

  /** Runs a function so that what it starts hangs below a run. */
  inside<R>(run: Run, fn: () => R): R {
    run.isFramed = true;
    const framed = (): R => this.tracing.runInside(run.context, fn);
    return isLeaf(run) ? this.tracing.calls.run(run.id, framed) : framed();
  }

  /**
   * The run that encloses the code that runs now. A frame is sure. LlamaIndex's own method calls refine it where the
   * method was entered before it could be framed: they count for runs that were started in this very frame.
   */
  enclosing(): Run | undefined {
    const frame = this.tracing.currentSpan();
    let found: Run | undefined;
    for (const innermost of this.copies.callers()) {
      for (let caller: EventCaller | null | undefined = innermost; caller; caller = caller.parent) {
        for (const run of this.byCaller.get(caller) ?? []) {
          const fits = run.isOpen && !run.isFramed && run.startedIn === frame && !isLeaf(run);
          if (fits && run.sequence > (found?.sequence ?? 0)) found = run;
        }
      }
    }
    return found ?? this.framed(frame);
  }

  token(run: Run, text: string, hasContent: boolean): void {
    this.tracing.record({ kind: "token", runId: run.id, text, hasContent }, this.origin);
  }

  update(run: Run, changes: RunChanges): void {
    if (run.isOpen) this.tracing.record({ kind: "update", runId: run.id, ...changes }, this.origin);
  }

  end(run: Run, changes: RunChanges & { readonly timeMs?: number | undefined } = {}): void {
    if (!run.isOpen) return;
    this.tracing.record({ kind: "end", runId: run.id, ...changes }, this.origin);
    this.close(run, { failed: false });
  }

  /** Ends a run with what was thrown inside it, and with it what below it would never end. */
  fail(run: Run, thrown: unknown, changes: RunChanges = {}): void {
    this.failAs(run, toSpanError(thrown), changes);
  }

  /** Ends a run that somebody stopped: a stream that its reader left. A model's stream inside it is left, too. */
  cancel(run: Run, changes: RunChanges = {}): void {
    if (!run.isOpen) return;
    for (const child of run.children) if (isLeaf(child)) this.cancel(child);
    const output = run.soFar?.();
    this.tracing.record({ kind: "error", runId: run.id, status: "cancelled", output, ...changes }, this.origin);
    this.close(run, { failed: false });
  }

  failAs(run: Run, error: SpanError, changes: RunChanges & { timeMs?: number } = {}): void {
    if (!run.isOpen) return;
    for (const child of run.children) if (child.endsBy !== "itself") this.failAs(child, error);
    this.tracing.record({ kind: "error", runId: run.id, status: "error", error, ...changes }, this.origin);
    this.close(run, { failed: true, error });
  }

  private create(start: RunStart, id: string, context: SpanContext, parent: Run | undefined): Run {
    this.sequence += 1;
    return {
      id,
      type: start.type,
      context,
      subject: start.subject,
      parent,
      startedIn: this.tracing.currentSpan(),
      sequence: this.sequence,
      children: new Set(),
      endsBy: start.endsBy ?? "itself",
      isOpen: true,
      isFramed: false,
      failure: undefined,
      soFar: undefined,
    };
  }

  /** A model of the program's may ask other models. */
  private askedBy(start: RunStart): Run | undefined {
    const run = isLeaf(start) ? this.current() : undefined;
    return run?.isOpen === true && isLeaf(run) && run.subject !== start.subject ? run : undefined;
  }

  private framed(frame: SpanContext | undefined): Run | undefined {
    let run = frame && this.byContext.get(frame);
    while (run !== undefined && isLeaf(run)) run = run.parent;
    return run;
  }

  private close(run: Run, outcome: Outcome): void {
    run.isOpen = false;
    this.later.cancel(run);
    const { parent } = run;
    parent?.children.delete(run);
    if (parent?.isOpen === true && parent.children.size === 0) this.conclude(parent, outcome, run.type);
  }

  /** What closes the client, or flushes it, ends a run that rests. */
  private rest(run: Run, restsSinceMs: number | null): void {
    if (run.isOpen) this.tracing.record({ kind: "update", runId: run.id, restsSinceMs }, this.origin);
  }

  /** Ends the runs whose end nothing tells, once their last child has ended and nothing follows. */
  private conclude(run: Run, outcome: Outcome, childType: SpanType): void {
    if (run.endsBy === "itself") return;
    const timeMs = performance.timeOrigin + performance.now();
    // What a tool throws is told to the model, and the agent goes on.
    const error = run.failure ?? (outcome.failed && childType !== "tool" ? outcome.error : undefined);
    if (error !== undefined) {
      this.later.plan(run, QUIET_MS.other, () => this.failAs(run, error, { timeMs }));
    } else if (run.endsBy === "silence") {
      this.rest(run, timeMs);
      const quietMs = run.type === "workflow" ? QUIET_MS.workflow : QUIET_MS.other;
      this.later.plan(run, quietMs, () => this.end(run, { timeMs }));
    }
  }
}
