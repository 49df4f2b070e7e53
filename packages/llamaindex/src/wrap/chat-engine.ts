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
  isLive,
  type Live,
  read,
} from "../shapes.ts";
import { watchStream } from "../streams.ts";
import { watchRunStream } from "./stage.ts";

/**
 * Chat engines and agents of the callback kind. Engines emit no event: a first call is known by what happens inside it,
 * and its span ends by silence; further calls of the same engine are watched from outside.
 */
export function wrapChat(observer: Observer, engine: Live): void {
  observer.patches.method(engine, "chat", (chat) => watchChat(observer, engine, chat));
}

/** The same for the method of a class, whose objects are made later. */
export function watchChatOf(observer: Observer, chat: Callable): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    return isLive(this) ? watchChat(observer, this, chat).apply(this, args) : chat.apply(this, args);
  };
}

function watchChat(observer: Observer, engine: Live, chat: Callable): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    const run = observer.begin(() => startChat(observer, engine, read(args[0], "message")));
    if (run === undefined) return chat.apply(this, args);
    return observer.call(run, chat, this, args, {
      resolved: (value) => finishChat(observer, run, value),
      rejected: (error) => observer.runs.fail(run, error),
    });
  };
}

/** A call that is watched at the object already is not watched at its class again. */
function startChat(observer: Observer, engine: Live, input: unknown): Run | undefined {
  const current = observer.runs.current();
  if (current?.isOpen === true && current.subject === engine) return undefined;
  observer.look(engine);
  nameEngines(observer, engine);
  const type = isChatAgent(engine) ? "agent" : "chat_engine";
  const run = observer.runs.start({ type, name: className(engine), input, subject: engine });
  if (run !== undefined) bindOwnCall(observer, engine, run);
  return run;
}

/** A method of a class is entered when LlamaIndex has noted the call already. */
function bindOwnCall(observer: Observer, engine: Live, run: Run): void {
  for (const innermost of observer.copies.callers()) {
    if (innermost.caller !== engine || observer.runs.isBound(innermost)) continue;
    observer.runs.bind(innermost, run);
    if (run.type === "agent") observer.agents.set(innermost, run);
  }
}

function finishChat(observer: Observer, run: Run, value: unknown): void {
  if (isAsyncIterable(value) && watchRunStream(observer, run, value)) return;
  observer.runs.end(run, { output: toAnswer(value) });
}

/** Gives a span to each chat engine that encloses the code that runs now and has none yet, but for one that gets it now. */
export function nameEngines(observer: Observer, except?: object): void {
  for (const innermost of observer.copies.callers()) nameChain(observer, innermost, except);
}

function nameChain(observer: Observer, caller: EventCaller, except: object | undefined): void {
  if (caller.parent) nameChain(observer, caller.parent, undefined);
  const engine = caller.caller;
  if (engine === except || observer.runs.isBound(caller) || !isChatEngine(engine)) return;
  const watched = enclosingRunOf(observer, engine);
  if (watched !== undefined) {
    observer.runs.bind(caller, watched);
    return;
  }
  const start = { type: "chat_engine", name: className(engine), subject: engine, caller, endsBy: "silence" } as const;
  observer.runs.start(start);
  observer.look(engine);
}

/** Watches the tasks of an agent that is driven step by step. */
export function wrapTasks(observer: Observer, agent: Live): void {
  observer.patches.method(agent, "createTask", (createTask) => watchTask(observer, agent, createTask));
}

/** The same for the method of a class. */
export function watchTaskOf(observer: Observer, createTask: Callable): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    return isLive(this) ? watchTask(observer, this, createTask).apply(this, args) : createTask.apply(this, args);
  };
}

/** An agent's span then ends with the stream of its steps, or with the streamed answer in the last one. */
function watchTask(observer: Observer, agent: Live, createTask: Callable): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    const run = observer.begin(() => startChat(observer, agent, args[0]));
    if (run === undefined) return createTask.apply(this, args);
    return observer.call(run, createTask, this, args, {
      resolved: (steps) => watchSteps(observer, run, steps),
      rejected: (error) => observer.runs.fail(run, error),
    });
  };
}

function watchSteps(observer: Observer, run: Run, steps: unknown): void {
  const { runs } = observer;
  let answer: unknown;
  let isAnswered = false;
  const finish = (): void => {
    if (!isAnswered) runs.cancel(run);
    else if (!isAsyncIterable(answer)) runs.end(run, { output: toAnswer(answer) });
  };
  const watched = watchStream(steps, {
    inside: (fn) => runs.inside(run, fn),
    chunk: (step) => {
      observer.guard(() => {
        if (read(step, "isLast") !== true) return;
        isAnswered = true;
        answer = read(step, "output");
        if (isAsyncIterable(answer)) watchRunStream(observer, run, answer);
      });
    },
    done: () => observer.guard(finish),
    failed: (error) => observer.guard(() => runs.fail(run, error)),
    left: () => observer.guard(finish),
  });
  if (!watched) runs.end(run);
}

/** The open run of a wrapped object around the code that runs now. */
export function enclosingRunOf(observer: Observer, subject: object): Run | undefined {
  let run = observer.runs.current();
  while (run !== undefined && !(run.subject === subject && run.isOpen)) run = run.parent;
  return run;
}
