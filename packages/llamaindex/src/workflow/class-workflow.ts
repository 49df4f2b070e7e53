import type { Observer } from "../observer.ts";
import type { Run } from "../runs.ts";
import { type Callable, isLive, isPromiseLike, type Live, read, readText } from "../shapes.ts";
import { watchStream } from "../streams.ts";
import type { HandlerContext } from "./shapes.ts";
import type { WorkflowKind } from "./workflow-run.ts";

/** How the runs of one workflow look; each run has a kind of its own. */
export interface ClassWorkflowOptions {
  readonly name: string;
  readonly createKind: () => WorkflowKind;
}

/**
 * Watches a workflow of `@llamaindex/workflow` 1.0, which is a class: steps are added to it, and a run is an object that
 * does its work when somebody waits for it, or reads its events.
 */
export function watchClassWorkflow(observer: Observer, workflow: Live, options: ClassWorkflowOptions): void {
  const kinds = new WeakMap<Run, WorkflowKind>();
  const steps = new WeakMap<object, Callable>();
  const stepFor = (step: unknown): unknown => {
    if (typeof step !== "function") return step;
    const known = steps.get(step) ?? watchStep(observer, kinds, step as Callable);
    steps.set(step, known);
    return known;
  };
  const { workflows } = observer;
  workflows.method(workflow, "addStep", (addStep) => {
    return function (this: unknown, ...[inputs, step, ...rest]: unknown[]): unknown {
      return addStep.call(this, inputs, stepFor(step), ...rest);
    };
  });
  for (const method of ["hasStep", "removeStep"]) {
    workflows.method(workflow, method, (original) => {
      return function (this: unknown, step: unknown): unknown {
        return original.call(this, stepFor(step));
      };
    });
  }
  workflows.method(workflow, "run", (run) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const context = run.apply(this, args);
      if (isLive(context)) observer.guard(() => watchRun(observer, context, args[0], options, kinds));
      return context;
    };
  });
}

function watchRun(
  observer: Observer,
  context: Live,
  input: unknown,
  { name, createKind }: ClassWorkflowOptions,
  kinds: WeakMap<Run, WorkflowKind>,
): void {
  let started: Run | undefined;
  const kind = createKind();
  const begin = (): Run | undefined => {
    started ??= observer.runs.start({ type: "workflow", name, input: read(input, "data") ?? input });
    if (started !== undefined) kinds.set(started, kind);
    return started;
  };
  const end = (run: Run, stop: unknown): void => {
    kind.sent(run, stop);
    observer.runs.end(run, { output: read(read(stop, "data"), "result") ?? read(stop, "data") });
  };
  replace(context, "then", (then) => (onDone, onFailed) => {
    const run = observer.guard(begin);
    if (run === undefined) return then.call(context, onDone, onFailed);
    return observer.runs.inside(run, () =>
      then.call(
        context,
        (stop: unknown) => {
          observer.guard(() => end(run, stop));
          return typeof onDone === "function" ? (onDone as Callable).call(undefined, stop) : stop;
        },
        (error: unknown) => {
          observer.guard(() => observer.runs.fail(run, error));
          if (typeof onFailed !== "function") throw error;
          return (onFailed as Callable).call(undefined, error);
        },
      ),
    );
  });
  replace(context, Symbol.asyncIterator, (iterate) => () => {
    const run = observer.guard(begin);
    if (run === undefined) return iterate.call(context);
    const events = observer.runs.inside(run, () => iterate.call(context));
    let last: unknown;
    watchStream(events, {
      inside: (fn) => observer.runs.inside(run, fn),
      chunk: (event) => {
        last = event;
      },
      done: () => observer.guard(() => end(run, last)),
      failed: (error) => observer.guard(() => observer.runs.fail(run, error)),
      left: () => observer.guard(() => end(run, last)),
    });
    return events;
  });
}

/** A step works in the frame of its run, which so is known. */
function watchStep(observer: Observer, kinds: WeakMap<Run, WorkflowKind>, step: Callable): Callable {
  const watched = function (this: unknown, ...args: unknown[]): unknown {
    const run = runAround(observer, kinds);
    const kind = run === undefined ? undefined : kinds.get(run);
    const inner = run === undefined ? undefined : observer.guard(() => kind?.enter(run, toCall(step, args)));
    if (run === undefined || kind === undefined || inner === undefined) return step.apply(this, args);
    const result = observer.runs.inside(inner, () => step.apply(this, args));
    if (!isPromiseLike(result)) return result;
    return result.then(
      (output) => {
        observer.guard(() => kind.left(run, inner, output));
        return output;
      },
      (error: unknown) => {
        observer.guard(() => kind.failed(run, inner, error));
        throw error;
      },
    );
  };
  return Object.defineProperty(watched, "name", { value: read(step, "name"), configurable: true });
}

function runAround(observer: Observer, kinds: WeakMap<Run, WorkflowKind>): Run | undefined {
  let run = observer.runs.current();
  while (run !== undefined && !kinds.has(run)) run = run.parent;
  return run;
}

/** The call of a step as the workflows of later versions tell it. */
function toCall(handler: Callable, [, ...inputs]: readonly unknown[]): HandlerContext {
  const names = inputs.map((input) => ({ toString: () => readText(input, "displayName") ?? "event" }));
  return { handler, inputs, inputEvents: names, prev: null };
}

function replace(
  target: Live,
  key: string | symbol,
  wrap: (original: Callable) => (...args: unknown[]) => unknown,
): void {
  const original = read(target, key);
  if (typeof original !== "function") return;
  const value = wrap(original as Callable);
  Reflect.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: false });
}
