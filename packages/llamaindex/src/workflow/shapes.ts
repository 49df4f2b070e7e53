import { type Callable, hasMethods, isLive, type Live, read } from "../shapes.ts";

/** What LlamaIndex's workflow core keeps of one call of a handler. */
export interface HandlerContext {
  handler: Callable;
  readonly inputs: readonly unknown[];
  readonly inputEvents: readonly unknown[];
  /** The call whose event started this one; the root of the run at the top. */
  readonly prev: object | null;
}

/** A context's inner channels. They are not public; where they are missing, the workflow runs untraced. */
export interface Channels {
  readonly calls: Live;
  readonly events: Live;
}

/** The inner channels of a workflow's context. */
export function channelsOf(context: unknown): Channels | undefined {
  const calls = read(context, "__internal__call_context");
  const events = read(context, "__internal__call_send_event");
  return hasMethods(calls, "subscribe") && hasMethods(events, "subscribe") ? { calls, events } : undefined;
}

/** Something that makes contexts. */
export function isWorkflow(value: unknown): value is Live {
  return hasMethods(value, "createContext", "handle");
}

/** `agent()` and `multiAgent()`: a workflow around agents. */
export function isAgentWorkflow(value: unknown): value is Live {
  return hasMethods(value, "getAgents", "callTool") && isWorkflow(read(value, "workflow"));
}

/** A workflow of `@llamaindex/workflow` 1.0. */
export function isClassWorkflow(value: unknown): value is Live {
  return hasMethods(value, "addStep", "run") && !isWorkflow(value);
}

/** `agent()` and `multiAgent()` of `@llamaindex/workflow` 1.0. */
export function isClassAgentWorkflow(value: unknown): value is Live {
  return hasMethods(value, "getAgents", "callTool") && isClassWorkflow(read(value, "workflow"));
}

export function isHandlerContext(value: unknown): value is HandlerContext {
  return isLive(value) && typeof value["handler"] === "function" && Array.isArray(value["inputs"]);
}

/** What an event is called: its debug label, else LlamaIndex's numbering. */
export function eventName(event: unknown): string {
  const name = read(event, "toString");
  if (typeof name !== "function") return "event";
  const text: unknown = (name as Callable).call(event);
  return typeof text === "string" ? text : "event";
}
