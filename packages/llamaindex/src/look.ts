import type { Observer } from "./observer.ts";
import {
  isChatAgent,
  isChatEngine,
  isEmbedding,
  isLive,
  isLlm,
  isPostprocessor,
  isPromiseLike,
  isQueryEngine,
  isRetriever,
  isSynthesizer,
  isTool,
  type Live,
  read,
} from "./shapes.ts";
import { wrapChat, wrapTasks } from "./wrap/chat-engine.ts";
import { wrapEmbedding } from "./wrap/embedding.ts";
import { wrapLlm, wrapLlmClass } from "./wrap/llm.ts";
import { wrapOwnRetriever } from "./wrap/own-retriever.ts";
import { wrapPostprocessor, wrapQueryEngine, wrapRetriever, wrapSynthesizer } from "./wrap/stage.ts";
import { wrapTool } from "./wrap/tool.ts";

const MAX_OBJECTS = 200;
const MAX_DEPTH = 4;
const MAX_ITEMS = 50;

/**
 * Looks at a live object and at what it works with, and watches what it knows: engines hold retrievers, synthesizers
 * and models. Reads own data members only, so that no getter of the program runs; each object is looked at once.
 */
export function look(observer: Observer, root: unknown): void {
  let level: unknown[] = [root];
  let left = MAX_OBJECTS;
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0 && left > 0; depth++) {
    const next: unknown[] = [];
    for (const value of level) {
      if (!isLive(value) || observer.seen.has(value) || left <= 0) continue;
      left -= 1;
      if (Array.isArray(value)) {
        next.push(...value.slice(0, MAX_ITEMS));
        continue;
      }
      observer.seen.add(value);
      if (!watch(observer, value)) next.push(...members(value));
    }
    level = next;
  }
}

/** Watches one model, and nothing that it leads to; false for what is none. */
export function watchModel(observer: Observer, value: Live): boolean {
  if (isLlm(value)) wrapLlm(observer, value);
  else if (isEmbedding(value)) wrapEmbedding(observer, value);
  else return false;
  return true;
}

/** Watches an object that is known; true where there is nothing to find inside it. */
function watch(observer: Observer, value: Live): boolean {
  if (watchModel(observer, value)) {
    if (isLlm(value)) {
      wrapLlmClass(observer, value);
      observer.onModel(value);
    }
    return true;
  }
  if (isQueryEngine(value)) wrapQueryEngine(observer, value);
  if (isRetriever(value)) wrapRetriever(observer, value);
  wrapOwnRetriever(observer, value);
  if (isSynthesizer(value)) wrapSynthesizer(observer, value);
  if (isPostprocessor(value)) wrapPostprocessor(observer, value);
  if (isChatAgent(value)) watchAgent(observer, value);
  else if (isChatEngine(value)) wrapChat(observer, value);
  return false;
}

/** An agent of the callback kind gives its tools when it is asked for them. */
function watchAgent(observer: Observer, agent: Live): void {
  wrapChat(observer, agent);
  wrapTasks(observer, agent);
  look(observer, read(agent, "llm"));
  observer.patches.method(agent, "getTools", (getTools) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const tools = getTools.apply(this, args);
      if (!isPromiseLike(tools)) {
        observer.guard(() => lookAtTools(observer, tools));
        return tools;
      }
      return tools.then((list) => {
        observer.guard(() => lookAtTools(observer, list));
        return list;
      });
    };
  });
}

/** Tools are given as a list, or as a promise of one. */
function lookAtTools(observer: Observer, tools: unknown): void {
  if (Array.isArray(tools)) {
    for (const tool of tools) if (isTool(tool)) wrapTool(observer, tool);
  }
}

function members(value: Live): unknown[] {
  const found: unknown[] = [];
  if (ArrayBuffer.isView(value)) return found;
  // An index holds all its nodes in one object: listing the names of so many costs little, reading them would.
  for (const name of Object.getOwnPropertyNames(value).slice(0, MAX_ITEMS)) {
    const member: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
    if (isLive(member)) found.push(member);
  }
  return found;
}
