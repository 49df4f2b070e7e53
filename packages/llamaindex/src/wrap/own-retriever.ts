import { toNodes } from "../map/views.ts";
import type { Observer } from "../observer.ts";
import { type Callable, className, hasMethods, isRetriever, type Live, read } from "../shapes.ts";

/**
 * A retriever of the program's may have a `retrieve` of its own, which tells of nothing. It is known by the engine that
 * holds it, or by being of LlamaIndex's class, and watched from outside.
 */
export function wrapOwnRetriever(observer: Observer, value: Live): void {
  if (isRetriever(value) && hasOwnWay(value)) wrap(observer, value);
  if (!hasMethods(value, "applyNodePostprocessors")) return;
  const held = Object.getOwnPropertyDescriptor(value, "retriever")?.value as unknown;
  if (hasMethods(held, "retrieve") && !isRetriever(held)) wrap(observer, held);
}

/** True where a retriever that is watched from outside leaves the work to LlamaIndex's class, which tells of it again. */
export function isOwnRetrieval(observer: Observer): boolean {
  const run = observer.runs.current();
  const isSame = run?.type === "retriever" && run.isOpen && run.subject !== undefined && !observer.heard.has(run);
  if (!isSame || (observer.entering !== undefined && observer.entering !== run.subject)) return false;
  observer.heard.add(run);
  return true;
}

function hasOwnWay(retriever: Live): boolean {
  let owner: object | null = retriever;
  while (owner !== null && !Object.hasOwn(owner, "retrieve")) owner = Reflect.getPrototypeOf(owner);
  return owner !== null && !Object.hasOwn(owner, "_retrieveFromObject");
}

function wrap(observer: Observer, retriever: Live): void {
  observer.patches.method(retriever, "retrieve", (retrieve) => watchRetrieve(observer, retriever, retrieve));
}

function watchRetrieve(observer: Observer, retriever: Live, retrieve: Callable): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    const [query] = args;
    const input = read(query, "query") ?? query;
    const name = className(retriever);
    const run = observer.begin(() => observer.runs.start({ type: "retriever", name, input, subject: retriever }));
    if (run === undefined) return retrieve.apply(this, args);
    return observer.call(run, retrieve, this, args, {
      resolved: (nodes) => observer.runs.end(run, { output: Array.isArray(nodes) ? toNodes(nodes) : nodes }),
      rejected: (error) => observer.runs.fail(run, error),
    });
  };
}
