import { watchClient } from "../http/watch-client.ts";
import { StreamedAnswer, toChatAnswer } from "../map/chat-answer.ts";
import { toChatRequest, toModelCall, toModelName } from "../map/model.ts";
import type { Observer } from "../observer.ts";
import type { Run } from "../runs.ts";
import {
  type Callable,
  className,
  hasMethods,
  isAsyncIterable,
  isLlm,
  isTool,
  type Live,
  read,
  readList,
} from "../shapes.ts";
import { SPLIT_INSTALL } from "../split-install.ts";
import { watchStream } from "../streams.ts";
import { nameEngines } from "./chat-engine.ts";
import { wrapTool } from "./tool.ts";

/** Watches a model: each call becomes a span, whoever makes it. */
export function wrapLlm(observer: Observer, llm: Live): void {
  // LlamaIndex's decorators bind a method of the class as an own member; only such methods tell of their calls.
  const tells = Object.hasOwn(llm, "chat") && hasMethods(Reflect.getPrototypeOf(llm), "chat");
  observer.patches.method(llm, "chat", (chat) => watchChat(observer, llm, chat, tells));
  observer.patches.method(llm, "exec", (exec) => watchExec(observer, llm, exec));
  if (answersByItself(llm)) {
    observer.patches.method(llm, "complete", (complete) => watchChat(observer, llm, complete, false));
  }
}

/** Watches the class of a model, so that models of it that are made later are known at their first call. */
export function wrapLlmClass(observer: Observer, llm: Live): void {
  let owner = Reflect.getPrototypeOf(llm);
  while (owner !== null && !Object.hasOwn(owner, "chat")) owner = Reflect.getPrototypeOf(owner);
  if (owner === null || typeof Object.getOwnPropertyDescriptor(owner, "chat")?.value !== "function") return;
  observer.patches.method(owner as Live, "chat", (chat) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      if (!isLlm(this)) return chat.apply(this, args);
      observer.look(this);
      return watchChat(observer, this, chat, false).apply(this, args);
    };
  });
}

/** Some models do not answer `complete` by their own `chat`. */
function answersByItself(llm: Live): boolean {
  let owner: object | null = llm;
  while (owner !== null && !Object.hasOwn(owner, "complete")) owner = Reflect.getPrototypeOf(owner);
  return owner !== null && Object.hasOwn(owner, "chat") && !Object.hasOwn(owner, "exec");
}

function watchChat(observer: Observer, llm: Live, chat: Callable, tells: boolean): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    const run = observer.begin(() => startChat(observer, llm, args[0]));
    if (run === undefined) return chat.apply(this, args);
    const result = observer.call(run, chat, this, args, {
      resolved: (value) => finishChat(observer, run, llm, value),
      rejected: (error) => observer.runs.fail(run, error),
    });
    const isSilent = tells && observer.listens && !observer.heard.has(run) && readList(args[0], "tools").length > 0;
    if (isSilent) observer.tracing.diagnose({ code: "split_install", message: SPLIT_INSTALL });
    return result;
  };
}

/** A call that such a model makes to itself is part of the call that is already traced. */
function startChat(observer: Observer, llm: Live, params: unknown): Run | undefined {
  const current = observer.runs.current();
  if (current?.isOpen === true && current.type === "llm" && current.subject === llm) return undefined;
  nameEngines(observer);
  watchClient(observer, llm);
  for (const tool of readList(params, "tools")) if (isTool(tool)) wrapTool(observer, tool);
  return observer.runs.start({ ...describeChat(llm, params), subject: llm });
}

/** What is known of a chat before it is answered. */
export function describeChat(
  llm: unknown,
  params: unknown,
): { type: "llm"; name: string; input: unknown; model: object } {
  return {
    type: "llm",
    name: toModelName(llm),
    input: toChatRequest(llm, params),
    model: toModelCall(llm, pathOf(llm), read(params, "stream") === true),
  };
}

/** OpenAI has two ways to be asked, Anthropic one of its own. */
function pathOf(llm: unknown): string {
  if (read(read(llm, "session"), "anthropic") !== undefined) return "v1/messages";
  return /responses/i.test(className(llm)) ? "responses" : "chat/completions";
}

function finishChat(observer: Observer, run: Run, llm: Live, value: unknown): void {
  const model = toModelName(llm);
  if (!isAsyncIterable(value) || !watchAnswer(observer, run, value, model)) {
    observer.runs.end(run, { output: toChatAnswer(toResponse(value), model, observer.counts(run, value)) });
  }
}

/** `complete` answers with a text, `chat` with a message. */
function toResponse(value: unknown): unknown {
  const text = read(value, "text");
  return typeof text === "string" ? { raw: read(value, "raw"), message: { content: text } } : value;
}

/** The span of a streamed answer ends when the stream does. */
function watchAnswer(observer: Observer, run: Run, stream: unknown, model: string): boolean {
  const answer = new StreamedAnswer();
  const { runs } = observer;
  const output = (): unknown => answer.toAnswer(model, observer.reported.get(run));
  run.soFar = output;
  return watchStream(stream, {
    inside: (fn) => runs.inside(run, fn),
    chunk: (chunk) => {
      observer.guard(() => {
        const { text, hasToolCall } = answer.add(chunk, observer.counts(run, chunk));
        runs.token(run, text, hasToolCall);
      });
    },
    done: () => observer.guard(() => runs.end(run, { output: output() })),
    failed: (error) => observer.guard(() => runs.fail(run, error, { output: output() })),
    left: () => observer.guard(() => runs.cancel(run)),
  });
}

/** `exec` asks the model and calls tools: no span of its own, but one trace for what it does. */
function watchExec(observer: Observer, llm: Live, exec: Callable): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    const run = observer.begin(() => observer.runs.start({ type: "chain", name: "exec", subject: llm, hidden: true }));
    if (run === undefined) return exec.apply(this, args);
    return observer.call(run, exec, this, args, {
      resolved: (value) => finishExec(observer, run, value),
      rejected: (error) => observer.runs.fail(run, error),
    });
  };
}

/** LlamaIndex has pulled the first chunk of the model's stream by then: who leaves at that one leaves the rest unread. */
function finishExec(observer: Observer, run: Run, value: unknown): void {
  const { runs } = observer;
  const streams = [...run.children].filter(({ type }) => type === "llm");
  runs.end(run);
  if (streams.length === 0) return;
  watchStream(read(value, "stream"), {
    inside: (fn) => fn(),
    chunk: () => undefined,
    done: () => undefined,
    failed: () => undefined,
    left: () =>
      observer.guard(() => {
        for (const stream of streams) runs.cancel(stream);
      }),
  });
}
