/** LlamaIndex's objects are known by their shape: an application may hold several copies of its classes. */

/** Any function, as a wrapper sees it. */
export type Callable = (this: unknown, ...args: unknown[]) => unknown;

/** An object or a function whose members may be anything. LlamaIndex's embeddings are functions. */
export type Live = Record<string | symbol, unknown>;

/** The part of LlamaIndex's `Settings` that tracing needs; every copy and version fits. */
export interface SettingsLike {
  // oxlint-disable-next-line typescript/no-explicit-any -- LlamaIndex types it as a class with private members, so that no type but `any` fits all copies
  callbackManager: any;
}

/** The part of a model that tracing needs. */
export interface ModelLike {
  // oxlint-disable-next-line typescript/no-explicit-any -- the types of models differ with each provider
  chat: any;
  // oxlint-disable-next-line typescript/no-explicit-any -- see above
  complete: any;
}

/** The part of a callback manager that tracing needs. */
export interface ManagerLike {
  dispatchEvent: Callable;
}

/** What LlamaIndex keeps of the method that called: a chain from the inside out. */
export interface EventCaller {
  readonly id: string;
  readonly caller: object;
  readonly parent: EventCaller | null | undefined;
}

/** True for what can have members. */
export function isLive(value: unknown): value is Live {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** A member, or `undefined` where it cannot be read: getters of the program may throw. */
export function read(value: unknown, key: string | symbol): unknown {
  if (!isLive(value)) return undefined;
  try {
    return value[key];
  } catch {
    // A member that throws is as good as absent: there is nothing in it to trace.
    return undefined;
  }
}

/** A member at the end of a path. */
export function readPath(value: unknown, ...path: string[]): unknown {
  return path.reduce(read, value);
}

/** A member, if it is a text that is not empty. */
export function readText(value: unknown, key: string): string | undefined {
  const found = read(value, key);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** A member, if it is a finite number. */
export function readNumber(value: unknown, key: string): number | undefined {
  const found = read(value, key);
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
}

/** A member, if it is an array; else none. */
export function readList(value: unknown, key: string): readonly unknown[] {
  const found = read(value, key);
  return Array.isArray(found) ? found : [];
}

/** Lets a wrapper look like what it stands for. */
export function alike(wrapper: Callable, original: object): Callable {
  for (const key of ["name", "length"]) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key);
    if (descriptor !== undefined) Reflect.defineProperty(wrapper, key, descriptor);
  }
  return wrapper;
}

/** True for an object that has all these methods. */
export function hasMethods(value: unknown, ...names: string[]): value is Live {
  return isLive(value) && names.every((name) => typeof read(value, name) === "function");
}

/** True for promises of any kind. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return hasMethods(value, "then");
}

/** True for streams. */
export function isAsyncIterable(value: unknown): value is Live {
  return isLive(value) && typeof read(value, Symbol.asyncIterator) === "function";
}

/** Name of an object's class. */
export function className(value: unknown): string {
  return readText(read(value, "constructor"), "name") ?? "Object";
}

export function isEventCaller(value: unknown): value is EventCaller {
  return isLive(value) && typeof value["id"] === "string" && isLive(value["caller"]) && "parent" in value;
}

export function isLlm(value: unknown): value is Live {
  return hasMethods(value, "chat", "complete") && "metadata" in value;
}

export function isEmbedding(value: unknown): value is Live {
  return hasMethods(value, "getQueryEmbedding", "getTextEmbedding");
}

export function isRetriever(value: unknown): value is Live {
  return hasMethods(value, "retrieve", "_retrieve");
}

export function isSynthesizer(value: unknown): value is Live {
  return hasMethods(value, "synthesize", "getResponse");
}

export function isQueryEngine(value: unknown): value is Live {
  return hasMethods(value, "query", "_query");
}

/** Agents of the callback kind: `LLMAgent`, `ReActAgent`, `OpenAIAgent`. */
export function isChatAgent(value: unknown): value is Live {
  return hasMethods(value, "chat", "createTask", "getTools");
}

export function isChatEngine(value: unknown): value is Live {
  return hasMethods(value, "chat", "reset") && !isChatAgent(value) && !isLlm(value);
}

export function isPostprocessor(value: unknown): value is Live {
  return hasMethods(value, "postprocessNodes");
}

export function isTool(value: unknown): value is Live {
  return hasMethods(value, "call") && isLive(read(value, "metadata"));
}
