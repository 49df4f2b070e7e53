import type { Observer } from "../observer.ts";
import type { Run } from "../runs.ts";
import { alike, type Callable, isPromiseLike, type Live, read } from "../shapes.ts";
import type { Handlers } from "./handlers.ts";
import { channelsOf, type HandlerContext, isHandlerContext } from "./shapes.ts";

/** How one kind of workflow turns the calls of its handlers into spans. */
export interface WorkflowKind {
  /** The run whose frame encloses a call, started where the call has one of its own. */
  readonly enter: (run: Run, call: HandlerContext) => Run | undefined;
  readonly left: (run: Run, inner: Run, output: unknown) => void;
  readonly failed: (run: Run, inner: Run, error: unknown) => void;
  readonly sent: (run: Run, event: unknown) => void;
}

type Listener = (...args: unknown[]) => void;

/** Gives what takes the listener away again. */
type Subscribe = (listener: Listener) => () => void;

/** Longest delay of an error for the spans that tell of it. */
const FLUSH_MS = 500;

/**
 * One run of a workflow, from the first event that is sent to it. LlamaIndex calls each handler through a channel of
 * the run's context; the handler is replaced there for that call, so that it works in the frame of a span.
 */
export class WorkflowRun {
  private readonly observer: Observer;
  private readonly name: string;
  private readonly kind: WorkflowKind;
  private readonly handlers: Handlers | undefined;
  private run: Run | undefined;

  constructor(observer: Observer, name: string, kind: WorkflowKind, handlers?: Handlers) {
    this.observer = observer;
    this.name = name;
    this.kind = kind;
    this.handlers = handlers;
  }

  watch(context: unknown): void {
    const channels = channelsOf(context);
    if (channels === undefined) return;
    subscribe(channels.events, (event) => {
      this.observer.guard(() => this.send(event));
    });
    subscribeLast(channels.calls, (call, next) => {
      this.observer.guard(() => this.prepare(context, call));
      if (typeof next === "function") (next as Callable).call(undefined, call);
    });
  }

  private send(event: unknown): void {
    if (this.run === undefined || this.isContinued(this.run)) this.run = this.start(event, this.run);
    if (this.run !== undefined) this.kind.sent(this.run, event);
  }

  /** An event from outside after a silence: somebody goes on with a run that was thought to be over. */
  private isContinued(run: Run): boolean {
    return !run.isOpen && run.failure === undefined && this.observer.runs.current() === undefined;
  }

  private start(event: unknown, before: Run | undefined): Run | undefined {
    return this.observer.runs.start({
      type: "workflow",
      name: this.name,
      input: read(event, "data"),
      endsBy: "silence",
      traceId: before?.context.traceId,
    });
  }

  private prepare(context: unknown, call: unknown): void {
    const { run } = this;
    if (run === undefined || !isHandlerContext(call) || this.handlers?.isHeldBack(context, call) === true) return;
    const inner = this.kind.enter(run, call);
    if (inner === undefined) return;
    call.handler = this.around(run, inner, call.handler);
  }

  /** A handler that fails never lets its workflow end, and may end the process: the spans go out before the error does. */
  private around(run: Run, inner: Run, handler: Callable): Callable {
    const { observer, kind } = this;
    const watched = function (this: unknown, ...args: unknown[]): unknown {
      let result: unknown;
      try {
        result = observer.runs.inside(inner, () => handler.apply(this, args));
      } catch (error) {
        observer.guard(() => kind.failed(run, inner, error));
        void observer.tracing.flush({ timeoutMs: FLUSH_MS });
        throw error;
      }
      if (!isPromiseLike(result)) {
        observer.guard(() => kind.left(run, inner, result));
        return result;
      }
      return result.then(
        (output) => {
          observer.guard(() => kind.left(run, inner, output));
          return output;
        },
        async (error: unknown) => {
          observer.guard(() => kind.failed(run, inner, error));
          await observer.tracing.flush({ timeoutMs: FLUSH_MS });
          throw error;
        },
      );
    };
    return alike(watched, handler);
  }
}

function subscribe(channel: Live, listener: Listener): void {
  const { subscribe: add } = channel;
  if (typeof add === "function") (add as Subscribe).call(channel, listener);
}

/**
 * Listens after all others, whenever they came: middlewares know handlers by identity and may put others in their place,
 * so that they have to see them before they are wrapped.
 */
function subscribeLast(channel: Live, listener: Listener): void {
  const { subscribe: add } = channel;
  if (typeof add !== "function") return;
  let leave = (add as Subscribe).call(channel, listener);
  channel["subscribe"] = function (this: unknown, other: Listener): unknown {
    const undo = (add as Subscribe).call(this, other);
    leave();
    leave = (add as Subscribe).call(this, listener);
    return undo;
  };
}
