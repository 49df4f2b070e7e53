import type { Observer } from "../observer.ts";
import type { Run } from "../runs.ts";
import { type Callable, className, isLive, read } from "../shapes.ts";
import { sizeOf } from "./parser.ts";

/**
 * Watches what takes documents in: a pipeline that runs, an index that is built or added to. One span, with the parsers
 * and the embeddings below it; only counts are kept.
 */
export function watchIngestion(observer: Observer, ingest: Callable): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    const run = observer.begin(() => startIngestion(observer, this, args[0]));
    if (run === undefined) return ingest.apply(this, args);
    return observer.call(run, ingest, this, args, {
      resolved: (value) => observer.runs.end(run, { output: toOutput(value) }),
      rejected: (error) => observer.runs.fail(run, error),
    });
  };
}

/** An index that is built builds itself by further methods, which are part of the same. */
function startIngestion(observer: Observer, self: unknown, input: unknown): Run | undefined {
  if (!isLive(self)) return undefined;
  const current = observer.runs.current();
  const kind = typeof self === "function" ? self : read(self, "constructor");
  const isPart = current?.type === "ingestion" && current.isOpen && isOneOf(current.subject, self, kind);
  // An index that is opened takes nothing in.
  const isOpened = typeof self === "function" && !Array.isArray(input) && !Array.isArray(read(input, "nodes"));
  if (isPart || isOpened) return undefined;
  const name = typeof self === "function" ? String(read(self, "name")) : className(self);
  return observer.runs.start({ type: "ingestion", name, input: toInput(input), subject: self });
}

function isOneOf(subject: object | undefined, ...candidates: readonly unknown[]): boolean {
  return subject !== undefined && candidates.includes(subject);
}

/** A list of documents or nodes, one document, or an object that names them. */
function toInput(input: unknown): unknown {
  if (Array.isArray(input)) return { documents: input.length };
  const documents = read(input, "documents");
  const nodes = read(input, "nodes");
  return {
    ...(Array.isArray(documents) ? { documents: sizeOf(documents) } : {}),
    ...(Array.isArray(nodes) ? { nodes: sizeOf(nodes) } : {}),
  };
}

function toOutput(value: unknown): unknown {
  if (Array.isArray(value)) return { nodes: value.length };
  return isLive(value) ? { index: className(value) } : undefined;
}
