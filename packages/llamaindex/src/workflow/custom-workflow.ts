import { toSpanError } from "@portkey-tracing/core";
import type { Observer } from "../observer.ts";
import type { Run } from "../runs.ts";
import { isLive, read } from "../shapes.ts";
import type { Handlers } from "./handlers.ts";
import { eventName, type HandlerContext } from "./shapes.ts";
import { type WorkflowKind, WorkflowRun } from "./workflow-run.ts";

/**
 * A workflow of the user's own: a step for each call of a handler, flat below the run, with the name of the step whose
 * event started it. The run ends when no handler works and none follows.
 */
export function startCustomWorkflow(observer: Observer, name: string, handlers: Handlers): WorkflowRun {
  return new WorkflowRun(observer, name, createCustomKind(observer, handlers), handlers);
}

/** See {@link startCustomWorkflow}: for one run. */
export function createCustomKind(observer: Observer, handlers?: Handlers): WorkflowKind {
  const steps = new WeakMap<object, string>();
  const { runs } = observer;
  return {
    enter: (run, call) => {
      const given = handlers?.nameOf(call) ?? call.handler.name;
      const name = given === "" ? eventName(call.inputEvents[0]) : given;
      const triggeredBy = call.prev === null ? undefined : steps.get(identityOf(call.prev));
      steps.set(identityOf(call), name);
      return startStep(observer, run, call, { name, triggeredBy });
    },
    left: (_run, step, output) => runs.end(step, { output: toOutput(output) }),
    failed: (run, step, error) => {
      run.failure = toSpanError(error);
      runs.fail(step, error);
      // Branches that still work tell of themselves, if there is time left for it.
      if (run.children.size === 0 || endsTheProcess()) runs.fail(run, error);
    },
    sent: (run, event) => runs.update(run, { output: toOutput(event) }),
  };
}

function startStep(
  observer: Observer,
  run: Run,
  call: HandlerContext,
  { name, triggeredBy }: { readonly name: string; readonly triggeredBy: string | undefined },
): Run | undefined {
  const metadata = triggeredBy === undefined ? undefined : { triggered_by: triggeredBy };
  const input = call.inputs.length > 1 ? call.inputs.map(toOutput) : toOutput(call.inputs[0]);
  return observer.runs.start({ type: "step", name, input, metadata, parent: run });
}

/** A middleware may have copied a call: the list of what it sends is the same. */
function identityOf(call: object): object {
  const outputs = read(call, "outputs");
  return isLive(outputs) ? outputs : call;
}

/** An event as its name and its data. */
function toOutput(event: unknown): unknown {
  const data = read(event, "data");
  if (event === undefined || (data === undefined && read(event, "toJSON") === undefined)) return event;
  return { event: eventName(event), data };
}

/** The rejected promise of a handler is nobody's: without a listener for those, Node ends the process. */
function endsTheProcess(): boolean {
  const { process } = globalThis as { process?: { listenerCount?: (event: string) => number } };
  return process?.listenerCount?.("unhandledRejection") === 0;
}
