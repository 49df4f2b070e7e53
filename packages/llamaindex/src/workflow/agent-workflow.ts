import { toText } from "../map/views.ts";
import type { Observer } from "../observer.ts";
import type { Run } from "../runs.ts";
import { type Callable, hasMethods, isLive, isTool, type Live, read, readList, readText } from "../shapes.ts";
import { startTool, wrapTool } from "../wrap/tool.ts";
import type { Handlers } from "./handlers.ts";
import { eventName, type HandlerContext } from "./shapes.ts";
import { type WorkflowKind, WorkflowRun } from "./workflow-run.ts";

/** What the event is called that ends a run of agents. */
const STOPS: ReadonlySet<string> = new Set(["llamaindex-stop", "StopEvent"]);

/** A workflow of agents: one span for each turn of an agent, with its models' and tools' calls below. */
export function startAgentWorkflow(observer: Observer, workflow: Live, name: string, handlers: Handlers): WorkflowRun {
  return new WorkflowRun(observer, name, createAgentKind(observer, workflow), handlers);
}

/** See {@link startAgentWorkflow}: for one run. */
export function createAgentKind(observer: Observer, workflow: Live): WorkflowKind {
  const { runs } = observer;
  let turn: Run | undefined;
  let agent: string | undefined;
  return {
    enter: (run, call) => {
      const next = agentOf(call) ?? agent;
      if (next === undefined) return run;
      if (turn === undefined || next !== agent) {
        if (turn !== undefined) runs.end(turn);
        agent = next;
        // An agent may have been added since.
        observer.look(read(agentNamed(workflow, next), "llm"));
        turn = runs.start({ type: "agent", name: next, input: inputOf(call), parent: run });
      }
      return turn;
    },
    left: () => undefined,
    failed: (run, inner, error) => {
      runs.fail(inner, error);
      runs.fail(run, error);
    },
    sent: (run, event) => {
      if (!STOPS.has(eventName(event))) return;
      const output = read(read(event, "data"), "result");
      if (turn !== undefined) runs.end(turn, { output });
      runs.end(run, { output });
    },
  };
}

/** Watches the models and the tools of a workflow's agents. */
export function watchAgents(observer: Observer, workflow: Live): void {
  const agents = hasMethods(workflow, "getAgents") ? (workflow["getAgents"] as Callable).call(workflow) : [];
  for (const agent of Array.isArray(agents) ? agents : []) observer.look(read(agent, "llm"));
  observer.workflows.method(workflow, "callTool", (callTool) => watchToolCall(observer, workflow, callTool));
}

function watchToolCall(observer: Observer, workflow: Live, callTool: Callable): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    const call = read(args[0], "data") ?? args[0];
    const run = observer.guard(() => startCall(observer, workflow, call));
    if (run === undefined) return callTool.apply(this, args);
    return observer.call(run, callTool, this, args, {
      resolved: (output) => observer.runs.end(run, { output }),
      rejected: (error) => observer.runs.fail(run, error),
    });
  };
}

function startCall(observer: Observer, workflow: Live, call: unknown): Run | undefined {
  const id = readText(call, "toolId");
  const name = readText(call, "toolName") ?? "tool";
  const tool = findTool(workflow, readText(call, "agentName"), name);
  if (tool !== undefined) wrapTool(observer, tool);
  const run = startTool(observer, { id, name, input: read(call, "toolKwargs"), subject: tool });
  observer.announce(run, id);
  return run;
}

function findTool(workflow: Live, agentName: string | undefined, name: string): Live | undefined {
  for (const tool of readList(agentNamed(workflow, agentName), "tools")) {
    if (isTool(tool) && readText(read(tool, "metadata"), "name") === name) return tool;
  }
  return undefined;
}

function agentNamed(workflow: Live, name: string | undefined): unknown {
  const agents = read(workflow, "agents");
  return agents instanceof Map ? agents.get(name) : undefined;
}

/** The agent whose turn it is, as the event that starts a handler says. */
function agentOf(call: HandlerContext): string | undefined {
  for (const input of call.inputs) {
    const data = read(input, "data");
    const name = readText(data, "currentAgentName") ?? readText(data, "agentName");
    if (name !== undefined) return name;
  }
  return undefined;
}

/** What an agent is asked: the last message that it is given. */
function inputOf(call: HandlerContext): unknown {
  const messages = readList(read(call.inputs[0], "data"), "input");
  const last = messages.at(-1);
  return isLive(last) ? toText(read(last, "content")) : undefined;
}
