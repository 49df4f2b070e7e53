import type { Observer } from "../observer.ts";
import type { Run } from "../runs.ts";
import { type Callable, className } from "../shapes.ts";

/** Watches what cuts documents into nodes; only counts are kept, so that many nodes cost nothing. */
export function watchParser(observer: Observer, parse: Callable): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    const run = observer.begin(() => startParser(observer, className(this), args[0]));
    if (run === undefined) return parse.apply(this, args);
    return observer.call(run, parse, this, args, {
      resolved: (nodes) => endParser(observer, run, nodes),
      rejected: (error) => observer.runs.fail(run, error),
    });
  };
}

/** Starts the span of a parser. */
export function startParser(observer: Observer, name: string, documents: unknown): Run | undefined {
  return observer.runs.start({ type: "parser", name, input: { documents: sizeOf(documents) } });
}

/** Ends the span of a parser. */
export function endParser(observer: Observer, run: Run, nodes: unknown): void {
  observer.runs.end(run, { output: { nodes: sizeOf(nodes) } });
}

/** How many there are in a list. */
export function sizeOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}
