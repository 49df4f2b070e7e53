/** The part of `AsyncLocalStorage` that is used. */
export interface Storage<T> {
  getStore(): T | undefined;
  run<R>(store: T, callback: () => R): R;
  /** Not there on all platforms. */
  enterWith?(store: T): void;
}

type StorageClass = new () => Storage<unknown>;

/**
 * The storage of that name. Copies of this library (ESM and CJS, two versions) share it, so that one tree stays one tree.
 * `undefined` where the platform has no async context.
 */
export function sharedStorage<T>(name: string): Storage<T> | undefined {
  const key = Symbol.for(`portkey-tracing.${name}`);
  const shared = globalThis as { [key: symbol]: Storage<unknown> | undefined };
  if (shared[key] === undefined) {
    const Implementation = findAsyncLocalStorage();
    if (Implementation !== undefined) shared[key] = new Implementation();
  }
  return shared[key] as Storage<T> | undefined;
}

/** Found at run time, so that bundles for edge runtimes need no `node:` import. */
function findAsyncLocalStorage(): StorageClass | undefined {
  const { AsyncLocalStorage, process } = globalThis as {
    AsyncLocalStorage?: StorageClass;
    process?: { getBuiltinModule?: (name: string) => { AsyncLocalStorage?: StorageClass } | undefined };
  };
  return AsyncLocalStorage ?? process?.getBuiltinModule?.("node:async_hooks")?.AsyncLocalStorage;
}
