import type { Observer } from "../observer.ts";
import { isLive, type Live, read } from "../shapes.ts";
import { createAgentKind, startAgentWorkflow, watchAgents } from "./agent-workflow.ts";
import { watchClassWorkflow } from "./class-workflow.ts";
import { createCustomKind, startCustomWorkflow } from "./custom-workflow.ts";
import { isAgentWorkflow, isClassAgentWorkflow, isClassWorkflow, isWorkflow } from "./shapes.ts";
import type { WorkflowKind, WorkflowRun } from "./workflow-run.ts";

const NO_WORKFLOW = "traceWorkflow() was given something else than a workflow of LlamaIndex: it runs untraced";

/** How the spans of a workflow look. */
export interface WorkflowOptions {
  /** Name of the root span of each run; `AgentWorkflow` or `Workflow` where it is not given. */
  readonly name?: string | undefined;
}

/** Watches each context that a workflow makes: one context is one run. */
export function traceWorkflow(observer: Observer, workflow: object, { name }: WorkflowOptions): void {
  const live = workflow as Live;
  if (isAgentWorkflow(live)) {
    watchAgents(observer, live);
    const inner = read(live, "workflow");
    if (isLive(inner))
      watchContexts(observer, inner, () => startAgentWorkflow(observer, live, name ?? "AgentWorkflow"));
  } else if (isClassAgentWorkflow(live)) {
    watchAgents(observer, live);
    const createKind = (): WorkflowKind => createAgentKind(observer, live);
    watchClassWorkflow(observer, live["workflow"], { name: name ?? "AgentWorkflow", createKind });
  } else if (isWorkflow(live)) {
    watchContexts(observer, live, () => startCustomWorkflow(observer, name ?? "Workflow"));
  } else if (isClassWorkflow(live)) {
    const createKind = (): WorkflowKind => createCustomKind(observer);
    watchClassWorkflow(observer, live, { name: name ?? "Workflow", createKind });
  } else {
    observer.tracing.diagnose({ code: "handler_failed", message: NO_WORKFLOW });
  }
}

function watchContexts(observer: Observer, workflow: Live, start: () => WorkflowRun): void {
  observer.workflows.method(workflow, "createContext", (createContext) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const context = createContext.apply(this, args);
      observer.guard(() => start().watch(context));
      return context;
    };
  });
}
