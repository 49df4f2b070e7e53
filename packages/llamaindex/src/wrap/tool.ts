import type { Observer } from "../observer.ts";
import type { Run } from "../runs.ts";
import { type Callable, className, type EventCaller, isLive, type Live, read, readText } from "../shapes.ts";
import { nameEngines } from "./chat-engine.ts";

/** What is known of a tool call before it is answered. */
export interface ToolCall {
  readonly id: string | undefined;
  readonly name: string;
  readonly input: unknown;
  readonly caller?: EventCaller | undefined;
  readonly subject?: object | undefined;
  readonly endsBy?: Run["endsBy"];
}

/** Values that are looked at in an answer before it is taken for JSON. */
const MAX_VALUES = 10_000;

/** Starts the span of a tool call. */
export function startTool(observer: Observer, call: ToolCall): Run | undefined {
  const { id, name, input, caller, subject, endsBy = "itself" } = call;
  nameEngines(observer);
  const metadata = id === undefined ? undefined : { tool_call_id: id };
  const run = observer.runs.start({ type: "tool", name, input, metadata, subject, caller, endsBy });
  if (run !== undefined && isLive(input)) observer.byToolInput.set(input, run);
  return run;
}

/**
 * Watches a tool. LlamaIndex announces most calls by an event, just before it makes them: then what the tool does hangs
 * below that span, and what it throws is its error. A call without an event has a span only where a model's `exec` makes
 * it: other engines use tools as plain functions.
 */
export function wrapTool(observer: Observer, tool: Live): void {
  observer.patches.method(tool, "call", (call) => watchCall(observer, tool, call));
}

function watchCall(observer: Observer, tool: Live, call: Callable): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    const run = observer.begin(() => findRun(observer, tool, args[0]));
    if (run === undefined) return call.apply(this, args);
    return observer.call(run, call, this, args, {
      resolved: (output) => finishTool(observer, run, output),
      rejected: (error) => observer.runs.fail(run, error),
    });
  };
}

/** LlamaIndex takes JSON values without null; of anything else it tells the model that the tool failed. */
function finishTool(observer: Observer, run: Run, output: unknown): void {
  if (isTaken(output, { left: MAX_VALUES })) {
    observer.runs.end(run, { output });
    return;
  }
  const error = { type: "Error", message: "the tool's answer is not a JSON value, or holds null" };
  observer.runs.failAs(run, error, { output });
}

function isTaken(value: unknown, budget: { left: number }): boolean {
  budget.left -= 1;
  if (budget.left < 0 || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return true;
  }
  return typeof value === "object" && value !== null && Object.values(value).every((part) => isTaken(part, budget));
}

function findRun(observer: Observer, tool: Live, input: unknown): Run | undefined {
  const announced = observer.takeAnnounced(input);
  if (announced !== undefined) return announced;
  const current = observer.runs.current();
  if (current?.type !== "chain" || !current.isOpen) return undefined;
  return startTool(observer, { id: undefined, name: toolName(tool), input, subject: tool });
}

/** The name that models call a tool by. */
export function toolName(tool: unknown): string {
  return readText(read(tool, "metadata"), "name") ?? className(tool);
}
