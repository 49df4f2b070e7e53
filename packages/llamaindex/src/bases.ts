import type { Copy } from "./copy.ts";
import { loadedModule } from "./find-copy.ts";
import type { Observer } from "./observer.ts";
import { type Callable, isLive, read } from "./shapes.ts";
import { watchChatOf, watchTaskOf } from "./wrap/chat-engine.ts";
import { watchIngestion } from "./wrap/ingestion.ts";
import { watchParser } from "./wrap/parser.ts";

/** Makes the wrapper of a method that all objects of a class share: whose it is, each call's `this` tells. */
type Watch = (observer: Observer, original: Callable) => Callable;

/** A method of a class, or of the class itself. */
interface Base {
  readonly name: string;
  readonly methods: readonly string[];
  readonly watch: Watch;
  readonly isStatic?: boolean;
}

/** A module of LlamaIndex's core that has classes to be watched. */
export type BaseModule =
  | "retriever"
  | "response-synthesizers"
  | "embeddings"
  | "llms"
  | "node-parser"
  | "chat-engine"
  | "agent";

/** Classes of LlamaIndex's core, by module: the method that the program calls, which then does the work. */
const CORE: Readonly<Record<BaseModule, readonly Base[]>> = {
  retriever: [{ name: "BaseRetriever", methods: ["retrieve"], watch: lookFirst }],
  "response-synthesizers": [{ name: "BaseSynthesizer", methods: ["synthesize"], watch: lookFirst }],
  embeddings: [{ name: "BaseEmbedding", methods: ["getQueryEmbedding", "getTextEmbeddingsBatch"], watch: lookFirst }],
  llms: [{ name: "BaseLLM", methods: ["complete", "exec"], watch: lookFirst }],
  "node-parser": [{ name: "NodeParser", methods: ["getNodesFromDocuments"], watch: watchParser }],
  "chat-engine": [
    { name: "ContextChatEngine", methods: ["chat"], watch: watchChatOf },
    { name: "SimpleChatEngine", methods: ["chat"], watch: watchChatOf },
  ],
  agent: [
    { name: "AgentRunner", methods: ["chat"], watch: watchChatOf },
    { name: "AgentRunner", methods: ["createTask"], watch: watchTaskOf },
  ],
};

const INDICES = ["VectorStoreIndex", "SummaryIndex", "KeywordTableIndex"] as const;

/** Classes of the package `llamaindex` itself. */
const WHOLE: readonly Base[] = [
  { name: "IngestionPipeline", methods: ["run"], watch: watchIngestion },
  { name: "CondenseQuestionChatEngine", methods: ["chat"], watch: watchChatOf },
  ...INDICES.flatMap((name) => [
    { name, methods: ["fromDocuments", "init"], watch: watchIngestion, isStatic: true },
    { name, methods: ["insert", "insertNodes"], watch: watchIngestion },
  ]),
];

/** All of them: what the package `llamaindex` has loaded. */
export const ALL_BASES: readonly BaseModule[] = Object.keys(CORE) as BaseModule[];

/**
 * Makes objects known at their first call that nothing else leads to: a retriever that is used by itself, an index that
 * is built. Only for modules that are loaded: none is loaded for the sake of tracing.
 */
export function watchBases(observer: Observer, copy: Copy | undefined, modules: readonly BaseModule[]): void {
  const place = copy?.place;
  if (place === undefined) return;
  for (const name of modules) {
    if (!observer.isNew(`${place.path} ${place.extension} ${name}`)) continue;
    watchClasses(observer, loadedModule(place, name), CORE[name]);
  }
}

/** The same for the package `llamaindex`, of which this is the loaded module. */
export function watchWhole(observer: Observer, module: unknown): void {
  watchClasses(observer, module, WHOLE);
}

function watchClasses(observer: Observer, module: unknown, bases: readonly Base[]): void {
  for (const { name, methods, watch, isStatic = false } of bases) {
    const found = read(module, name);
    const target = isStatic ? found : read(found, "prototype");
    if (!isLive(target)) continue;
    for (const method of methods) observer.patches.method(target, method, (original) => watch(observer, original));
  }
}

function lookFirst(observer: Observer, call: Callable): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    observer.look(this);
    // Its start event follows before anything else can run, and does not name it.
    observer.entering = this;
    try {
      return call.apply(this, args);
    } finally {
      observer.entering = undefined;
    }
  };
}
