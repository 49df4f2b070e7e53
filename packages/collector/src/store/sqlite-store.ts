import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Span } from "@portkey-tracing/core";
import { createGroupCommit } from "./group-commit.ts";
import { makeFolder } from "./make-folder.ts";
import { fromRowTexts } from "./row-text.ts";
import { createEngineHere, type EngineCalls } from "./sqlite/calls.ts";
import { createEngineThread } from "./sqlite/thread.ts";
import type { Store } from "./store.ts";

/** Spans that are committed together, and that are put into the index of words at a time. */
const COMMIT_SPANS = 4_000;
const INDEX_SPANS = 200;

/**
 * Keeps spans in an SQLite file, created with its folder where it is not there, or in memory (`:memory:`). A file is read in
 * one thread and written in another.
 */
export async function createSqliteStore(path: string): Promise<Store> {
  if (path === ":memory:") {
    const engine = await createEngineHere(path);
    return createStore(engine, engine);
  }
  await makeFolder(dirname(path));
  const writer = await open(path);
  try {
    return createStore(writer, await open(path));
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/** In the package there is a file for the thread; the sources, in tests, are no modules that Node can load. */
function open(path: string): Promise<EngineCalls> {
  if (fileURLToPath(import.meta.url).endsWith(".ts")) return createEngineHere(path);
  return createEngineThread(new URL("./sqlite-worker.mjs", import.meta.url), path);
}

function createStore(writer: EngineCalls, reader: EngineCalls): Store {
  const commits = createGroupCommit<Span>((spans) => writer.call("insert", spans), COMMIT_SPANS);
  const index = createIndexing(writer, () => commits.isBusy);
  let isClosed = false;
  return {
    insert: async (spans) => {
      if (isClosed) throw new Error("the store is closed");
      if (spans.length === 0) return;
      await commits.add(spans);
      index.start();
    },
    listTraces: (query) => reader.call("listTraces", query),
    getSummary: (traceId) => reader.call("getSummary", traceId),
    getRevision: (traceId) => reader.call("getRevision", traceId),
    getSpans: async (traceId) => toSpans(await reader.call("getSpans", traceId)),
    getRows: async (traceId) => fromRowTexts(traceId, await reader.call("getRows", traceId)),
    getSpan: (traceId, spanId) => reader.call("getSpan", traceId, spanId),
    getHead: (traceId) => reader.call("getHead", traceId),
    findSpans: (traceId, text) => reader.call("findSpans", traceId, text),
    scan: (after, limit) => reader.call("scan", after, limit),
    arrivals: (after, limit) => reader.call("arrivals", after, limit),
    statRows: (fromMs, toMs) => reader.call("statRows", fromMs, toMs),
    putFeedback: (feedback) => writer.call("putFeedback", feedback),
    getFeedback: (id) => reader.call("getFeedback", id),
    listFeedback: (traceId) => reader.call("listFeedback", traceId),
    latestFeedback: (limit) => reader.call("latestFeedback", limit),
    prune: (retention) => writer.call("prune", retention),
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      await commits.settled();
      await index.stop();
      await writer.close();
      if (reader !== writer) await reader.close();
    },
  };
}

/** Many spans come out of the thread as one text: that is copied faster than objects. */
function toSpans(texts: string): Span[] {
  const spans: Span[] = JSON.parse(texts);
  return spans;
}

/** Indexes words whenever nothing is waiting to be stored. */
function createIndexing(writer: EngineCalls, isBusy: () => boolean): { start: () => void; stop: () => Promise<void> } {
  let running: Promise<void> | undefined;
  const state = { isStopped: false };
  const run = async (): Promise<void> => {
    let hasMore = true;
    while (hasMore) {
      // Lets what has arrived meanwhile be stored first.
      await new Promise((resolve) => setImmediate(resolve));
      hasMore = !isBusy() && !state.isStopped && (await writer.call("indexSome", INDEX_SPANS));
    }
  };
  const start = (): void => {
    // What fails here (a full disk) is tried again after the next insert; until then questions read what is not indexed.
    running ??= run()
      .catch(() => undefined)
      .finally(() => (running = undefined));
  };
  start();
  return {
    start,
    stop: async () => {
      state.isStopped = true;
      await running;
    },
  };
}
