import type { Observer } from "../observer.ts";
import { type Callable, hasMethods, isLive, type Live, read } from "../shapes.ts";
import { createAgentKind, startAgentWorkflow, watchAgents } from "./agent-workflow.ts";
import { watchClassWorkflow } from "./class-workflow.ts";
import { createCustomKind, startCustomWorkflow } from "./custom-workflow.ts";
import { Handlers } from "./handlers.ts";
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
    if (isLive(inner)) {
      const start: Start = (handlers) => startAgentWorkflow(observer, live, name ?? "AgentWorkflow", handlers);
      watchContexts(observer, inner, start);
    }
  } else if (isClassAgentWorkflow(live)) {
    watchAgents(observer, live);
    const createKind = (): WorkflowKind => createAgentKind(observer, live);
    watchClassWorkflow(observer, live["workflow"], { name: name ?? "AgentWorkflow", createKind });
  } else if (isWorkflow(live)) {
    watchContexts(observer, live, (handlers) => startCustomWorkflow(observer, name ?? "Workflow", handlers));
  } else if (isClassWorkflow(live)) {
    const createKind = (): WorkflowKind => createCustomKind(observer);
    watchClassWorkflow(observer, live, { name: name ?? "Workflow", createKind });
  } else {
    observer.tracing.diagnose({ code: "handler_failed", message: NO_WORKFLOW });
  }
}

/** Makes what watches one run. */
type Start = (handlers: Handlers) => WorkflowRun;

function watchContexts(observer: Observer, workflow: Live, start: Start): void {
  const { workflows } = observer;
  const handlers = new Handlers();
  handlers.watch(workflows, workflow);
  const watch = (context: unknown): void => {
    observer.guard(() => start(handlers).watch(context));
  };
  workflows.method(workflow, "createContext", (createContext) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const context = createContext.apply(this, args);
      watch(context);
      return context;
    };
  });
  if (hasMethods(workflow, "resume")) workflows.method(workflow, "resume", (resume) => watchResumed(resume, watch));
}

/**
 * A run that goes on from a snapshot sends the events that it holds before anybody has its context. So it is given none,
 * and they are sent when the context is watched.
 */
function watchResumed(resume: Callable, watch: (context: unknown) => void): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    const [snapshot, ...rest] = args;
    const queue = read(snapshot, "queue");
    if (!isLive(snapshot) || !Array.isArray(queue)) return resume.apply(this, args);
    let events: readonly unknown[] = [];
    const held = [...(queue as unknown[])];
    const map = (toEvent: (item: unknown) => unknown): unknown[] => {
      events = queue.map((item) => toEvent(item));
      return [];
    };
    Object.defineProperty(held, "map", { value: map });
    const context = resume.call(this, { ...snapshot, queue: held }, ...rest);
    watch(context);
    const send = read(context, "sendEvent");
    if (typeof send === "function") (send as Callable).apply(context, [...events]);
    return context;
  };
}
