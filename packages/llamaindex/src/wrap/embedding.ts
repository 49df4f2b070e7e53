import { watchClient } from "../http/watch-client.ts";
import { toModelCall, toModelName, toParameters } from "../map/model.ts";
import type { Observer } from "../observer.ts";
import type { Run } from "../runs.ts";
import { type Callable, type Live, read, readText } from "../shapes.ts";

/** Methods that embed, the widest first: one that calls another one makes one span. */
const METHODS = ["getTextEmbeddingsBatch", "getTextEmbeddings", "getQueryEmbedding", "getTextEmbedding"] as const;

/** The same of models that embed images, too. */
const METHODS_OF_IMAGES = ["getImageEmbeddings", "getImageEmbedding"] as const;

const MAX_TEXTS = 20;
const MAX_TEXT = 2_000;

/** Watches an embedding model: model, texts and count of each call; never the vectors. */
export function wrapEmbedding(observer: Observer, embedding: Live): void {
  for (const method of METHODS) {
    observer.patches.method(embedding, method, (embed) => watchEmbed(observer, embedding, embed, toExcerpt));
  }
  for (const method of METHODS_OF_IMAGES) {
    observer.patches.method(embedding, method, (embed) => watchEmbed(observer, embedding, embed, () => "[image]"));
  }
}

/** Names what is embedded. */
type Excerpt = (input: unknown) => unknown;

function watchEmbed(observer: Observer, embedding: Live, embed: Callable, excerpt: Excerpt): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    const run = observer.begin(() => startEmbedding(observer, embedding, args[0], excerpt));
    if (run === undefined) return embed.apply(this, args);
    return observer.call(run, embed, this, args, {
      resolved: (vectors) => observer.runs.end(run, { output: toAnswer(observer, run, vectors) }),
      rejected: (error) => observer.runs.fail(run, error),
    });
  };
}

function startEmbedding(observer: Observer, embedding: Live, input: unknown, excerpt: Excerpt): Run | undefined {
  const current = observer.runs.current();
  if (current?.isOpen === true && current.subject === embedding) return undefined;
  watchClient(observer, embedding);
  const texts = Array.isArray(input) ? input : [input];
  return observer.runs.start({
    type: "embedding",
    name: toModelName(embedding),
    input: {
      model: toModelName(embedding),
      input: texts.slice(0, MAX_TEXTS).map(excerpt),
      count: texts.length,
      ...toParameters(embedding),
    },
    model: toModelCall(embedding, "embeddings", false),
    subject: embedding,
    parent: announcedRetriever(observer, input),
  });
}

/** A retriever that could not be watched asks for the embedding of its query right after its start event. */
function announcedRetriever(observer: Observer, input: unknown): Run | undefined {
  const announced = observer.peekAnnounced();
  if (announced?.run.type !== "retriever" || !announced.run.isOpen) return undefined;
  const query = read(announced.key, "query");
  const text = readText(input, "text") ?? input;
  return query === text || query === input ? announced.run : undefined;
}

function toExcerpt(input: unknown): unknown {
  const text = typeof input === "string" ? input : readText(input, "text");
  if (text === undefined) return "[no text]";
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

function toAnswer(observer: Observer, run: Run, vectors: unknown): unknown {
  const list: readonly unknown[] = Array.isArray(vectors) ? vectors : [];
  const [first] = list;
  const isList = Array.isArray(first);
  return {
    object: "list",
    model: toModelName(run.subject),
    count: isList ? list.length : Number(list.length > 0),
    dimensions: isList ? first.length : list.length,
    usage: observer.reported.get(run)?.usage,
  };
}
