import type { SpanContext } from "./event.ts";
import type { JsonObject } from "./json.ts";

/** What encloses the code that runs now. Frames are immutable and linked from the inside out. */
export interface Frame {
  /** The tracing that made it; frames of another one are passed over. */
  readonly owner: object;
  readonly context: SpanContext;
  readonly metadata: Readonly<JsonObject>;
  readonly outer: Frame | undefined;
}

interface Storage<T> {
  getStore(): T | undefined;
  run<R>(store: T, callback: () => R): R;
}

type StorageClass = new () => Storage<Frame>;

const KEY = Symbol.for("portkey-tracing.context.v1");

/** Copies of this module (ESM and CJS, two versions) share one storage, so that one tree stays one tree. */
function storage(): Storage<Frame> | undefined {
  const shared = globalThis as { [KEY]?: Storage<Frame> };
  if (shared[KEY] === undefined) {
    const Implementation = findAsyncLocalStorage();
    if (Implementation !== undefined) shared[KEY] = new Implementation();
  }
  return shared[KEY];
}

/** Found at run time, so that bundles for edge runtimes need no `node:` import. */
function findAsyncLocalStorage(): StorageClass | undefined {
  const { AsyncLocalStorage, process } = globalThis as {
    AsyncLocalStorage?: StorageClass;
    process?: { getBuiltinModule?: (name: string) => { AsyncLocalStorage?: StorageClass } | undefined };
  };
  return AsyncLocalStorage ?? process?.getBuiltinModule?.("node:async_hooks")?.AsyncLocalStorage;
}

/** The innermost frame that `owner` made around the code that runs now. */
export function currentFrame(owner: object): Frame | undefined {
  let frame = storage()?.getStore();
  while (frame !== undefined && frame.owner !== owner) frame = frame.outer;
  return frame;
}

/**
 * Runs a function with a frame around it and everything that it starts.
 * Where the platform has no async context, the function runs without one.
 */
export function runInFrame<R>(owner: object, context: SpanContext, metadata: Readonly<JsonObject>, fn: () => R): R {
  const current = storage();
  if (current === undefined) return fn();
  return current.run({ owner, context, metadata, outer: current.getStore() }, fn);
}
