import type { Copy } from "./copy.ts";
import { loadedModule } from "./find-copy.ts";
import type { Observer } from "./observer.ts";
import { type Callable, isLive, read } from "./shapes.ts";

/** Base classes of LlamaIndex's core, by module: the method that the program calls, which then does the work. */
const BASES = {
  retriever: { base: "BaseRetriever", methods: ["retrieve"] },
  "response-synthesizers": { base: "BaseSynthesizer", methods: ["synthesize"] },
  embeddings: { base: "BaseEmbedding", methods: ["getQueryEmbedding", "getTextEmbeddingsBatch"] },
  llms: { base: "BaseLLM", methods: ["complete", "exec"] },
} as const;

/** A module of LlamaIndex's core that has a base class. */
export type BaseModule = keyof typeof BASES;

/** All of them: what the package `llamaindex` has loaded. */
export const ALL_BASES: readonly BaseModule[] = ["retriever", "response-synthesizers", "embeddings", "llms"];

/**
 * Makes objects known at their first call that nothing else leads to: a retriever that is used by itself. Only for
 * modules that are loaded: none is loaded for the sake of tracing.
 */
export function watchBases(observer: Observer, copy: Copy | undefined, modules: readonly BaseModule[]): void {
  const place = copy?.place;
  if (place === undefined) return;
  for (const name of modules) {
    if (!observer.isNew(`${place.path} ${place.extension} ${name}`)) continue;
    const { base, methods } = BASES[name];
    const prototype = read(read(loadedModule(place, name), base), "prototype");
    if (!isLive(prototype)) continue;
    for (const method of methods) observer.patches.method(prototype, method, (call) => lookFirst(observer, call));
  }
}

function lookFirst(observer: Observer, call: Callable): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    observer.look(this);
    return call.apply(this, args);
  };
}
