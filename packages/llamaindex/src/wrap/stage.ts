import { toAnswer, toNodes } from "../map/views.ts";
import type { Observer } from "../observer.ts";
import type { Run } from "../runs.ts";
import { type Callable, className, isAsyncIterable, type Live, read, readText } from "../shapes.ts";
import { watchStream } from "../streams.ts";

/**
 * The stages of a query tell their start and their end by events, but neither what they throw nor what runs inside
 * them. So the method that does the work, and is entered right after the start event, is watched as well.
 */
export function wrapQueryEngine(observer: Observer, engine: Live): void {
  wrapStage(observer, engine, "_query", () => engine);
}

/** See {@link wrapQueryEngine}: `_retrieve` is given the very query that its start event names. */
export function wrapRetriever(observer: Observer, retriever: Live): void {
  wrapStage(observer, retriever, "_retrieve", ([query]) => query);
}

/** See {@link wrapQueryEngine}: `getResponse` is given the very nodes that its start event names. */
export function wrapSynthesizer(observer: Observer, synthesizer: Live): void {
  wrapStage(observer, synthesizer, "getResponse", ([, nodes]) => nodes);
}

function wrapStage(observer: Observer, stage: Live, method: string, keyOf: (args: unknown[]) => unknown): void {
  observer.patches.method(stage, method, (work) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const run = observer.begin(() => observer.takeAnnounced(keyOf(args)));
      if (run === undefined) return work.apply(this, args);
      observer.guard(() => observer.runs.update(run, { name: className(stage) }));
      return observer.call(run, work, this, args, {
        resolved: (value) => {
          if (isAsyncIterable(value)) watchRunStream(observer, run, value);
        },
        rejected: (error) => observer.runs.fail(run, error),
      });
    };
  });
}

/** A run whose answer is streamed ends when the stream does. */
export function watchRunStream(observer: Observer, run: Run, stream: Live): boolean {
  const text: string[] = [];
  const { runs } = observer;
  let last: unknown;
  const watched = watchStream(stream, {
    inside: (fn) => runs.inside(run, fn),
    chunk: (chunk) => {
      last = chunk;
      const part = readText(chunk, "delta") ?? read(read(chunk, "message"), "content");
      if (typeof part === "string") text.push(part);
    },
    done: () => observer.guard(() => runs.end(run, { output: toStreamed(text, last) })),
    failed: (error) => observer.guard(() => runs.fail(run, error, { output: text.join("") })),
    left: () => observer.guard(() => runs.cancel(run, { output: text.join("") })),
  });
  if (watched) observer.streaming.add(run);
  return watched;
}

function toStreamed(text: readonly string[], last: unknown): unknown {
  return toAnswer({ message: { content: text.join("") }, sourceNodes: read(last, "sourceNodes") });
}

/** Rerankers and filters emit no event at all. */
export function wrapPostprocessor(observer: Observer, postprocessor: Live): void {
  observer.patches.method(postprocessor, "postprocessNodes", (work) =>
    watchPostprocessor(observer, postprocessor, work),
  );
}

function watchPostprocessor(observer: Observer, postprocessor: Live, work: Callable): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    const [nodes, query] = args;
    const run = observer.begin(() => {
      const input = { query, nodes: Array.isArray(nodes) ? toNodes(nodes) : undefined };
      return observer.runs.start({ type: "reranker", name: className(postprocessor), input, subject: postprocessor });
    });
    if (run === undefined) return work.apply(this, args);
    return observer.call(run, work, this, args, {
      resolved: (value) => observer.runs.end(run, { output: Array.isArray(value) ? toNodes(value) : value }),
      rejected: (error) => observer.runs.fail(run, error),
    });
  };
}
