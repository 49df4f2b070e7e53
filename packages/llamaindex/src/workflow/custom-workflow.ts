import { toSpanError } from "@portkey-tracing/core";
import type { Observer } from "../observer.ts";
import type { Run } from "../runs.ts";
import { read } from "../shapes.ts";
import { eventName, type HandlerContext } from "./shapes.ts";
import { type WorkflowKind, WorkflowRun } from "./workflow-run.ts";

/**
 * A workflow of the user's own: a step for each call of a handler, flat below the run, with the name of the step whose
 * event started it. The run ends when no handler works and none follows.
 */
export function startCustomWorkflow(observer: Observer, name: string): WorkflowRun {
  return new WorkflowRun(observer, name, createCustomKind(observer));
}

/** See {@link startCustomWorkflow}: for one run. */
export function createCustomKind(observer: Observer): WorkflowKind {
  const steps = new WeakMap<object, string>();
  const { runs } = observer;
  return {
    enter: (run, call) => startStep(observer, steps, run, call),
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
  steps: WeakMap<object, string>,
  run: Run,
  call: HandlerContext,
): Run | undefined {
  const [input] = call.inputs;
  const name = call.handler.name === "" ? eventName(call.inputEvents[0]) : call.handler.name;
  steps.set(call, name);
  const triggeredBy = call.prev === null ? undefined : steps.get(call.prev);
  const metadata = triggeredBy === undefined ? undefined : { triggered_by: triggeredBy };
  const values = call.inputs.length > 1 ? call.inputs.map(toOutput) : toOutput(input);
  return observer.runs.start({ type: "step", name, input: values, metadata, parent: run });
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
