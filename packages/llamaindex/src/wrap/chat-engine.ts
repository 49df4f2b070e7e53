import { toAnswer } from "../map/views.ts";
import type { Observer } from "../observer.ts";
import type { Run } from "../runs.ts";
import {
  type Callable,
  className,
  type EventCaller,
  isAsyncIterable,
  isChatAgent,
  isChatEngine,
  type Live,
  read,
} from "../shapes.ts";
import { watchRunStream } from "./stage.ts";

/**
 * Chat engines and agents of the callback kind. Engines emit no event: a first call is known by what happens inside it,
 * and its span ends by silence; further calls of the same engine are watched from outside.
 */
export function wrapChat(observer: Observer, engine: Live): void {
  observer.patches.method(engine, "chat", (chat) => watchChat(observer, engine, chat));
}

function watchChat(observer: Observer, engine: Live, chat: Callable): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    const run = observer.begin(() => {
      nameEngines(observer);
      const type = isChatAgent(engine) ? "agent" : "chat_engine";
      return observer.runs.start({ type, name: className(engine), input: read(args[0], "message"), subject: engine });
    });
    if (run === undefined) return chat.apply(this, args);
    return observer.call(run, chat, this, args, {
      resolved: (value) => finishChat(observer, run, value),
      rejected: (error) => observer.runs.fail(run, error),
    });
  };
}

function finishChat(observer: Observer, run: Run, value: unknown): void {
  if (isAsyncIterable(value) && watchRunStream(observer, run, value)) return;
  observer.runs.end(run, { output: toAnswer(value) });
}

/** Gives a span to each chat engine that encloses the code that runs now and has none yet. */
export function nameEngines(observer: Observer): void {
  for (const innermost of observer.copies.callers()) nameChain(observer, innermost);
}

function nameChain(observer: Observer, caller: EventCaller): void {
  if (caller.parent) nameChain(observer, caller.parent);
  const engine = caller.caller;
  if (observer.runs.isBound(caller) || !isChatEngine(engine)) return;
  const watched = enclosingRunOf(observer, engine);
  if (watched !== undefined) {
    observer.runs.bind(caller, watched);
    return;
  }
  const start = { type: "chat_engine", name: className(engine), subject: engine, caller, endsBy: "silence" } as const;
  observer.runs.start(start);
  observer.look(engine);
}

/** The open run of a wrapped object around the code that runs now. */
export function enclosingRunOf(observer: Observer, subject: object): Run | undefined {
  let run = observer.runs.current();
  while (run !== undefined && !(run.subject === subject && run.isOpen)) run = run.parent;
  return run;
}
