import type { Observer } from "./observer.ts";
import { isLeaf } from "./runs.ts";

/** Runs what is no part of the call of a model around it: a listener that asks the same model makes a call of its own. */
export function aside<R>(observer: Observer, fn: () => R): R {
  const run = observer.runs.current();
  if (run?.isOpen !== true || !isLeaf(run)) return fn();
  // Another object with the same ids is the same place in the tree, but nobody's run.
  return observer.tracing.runInside(run.parent?.context ?? { ...run.context }, fn);
}
