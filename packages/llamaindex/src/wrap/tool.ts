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

/** A call that LlamaIndex announced by an event tells its result by an event, too. */
interface WatchedCall {
  readonly run: Run;
  readonly announced: boolean;
}

const RESULT_GRACE_MS = 20;

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
    const watched = observer.guard(() => findRun(observer, tool, args[0]));
    if (watched === undefined) return call.apply(this, args);
    const { run, announced } = watched;
    return observer.call(run, call, this, args, {
      resolved: (output) => (announced ? awaitResult(observer, run, output) : observer.runs.end(run, { output })),
      rejected: (error) => observer.runs.fail(run, error),
    });
  };
}

/** LlamaIndex takes JSON values only; for anything else no result event comes, and the model is told of an error. */
function awaitResult(observer: Observer, run: Run, output: unknown): void {
  const message = `the tool returned ${output === undefined ? "undefined" : "a value"} that is not JSON`;
  observer.runs.later.plan(run, RESULT_GRACE_MS, () => {
    observer.runs.failAs(run, { type: "TypeError", message }, "error", { output });
  });
}

function findRun(observer: Observer, tool: Live, input: unknown): WatchedCall | undefined {
  const announced = observer.takeAnnounced(input);
  if (announced !== undefined) return { run: announced, announced: true };
  const current = observer.runs.current();
  if (current?.type !== "chain" || !current.isOpen) return undefined;
  const run = startTool(observer, { id: undefined, name: toolName(tool), input, subject: tool });
  return run === undefined ? undefined : { run, announced: false };
}

/** The name that models call a tool by. */
export function toolName(tool: unknown): string {
  return readText(read(tool, "metadata"), "name") ?? className(tool);
}
