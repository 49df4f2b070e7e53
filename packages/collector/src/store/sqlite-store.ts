import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Span } from "@portkey-tracing/core";
import { createGroupCommit } from "./group-commit.ts";
import { makeFolder } from "./make-folder.ts";
import { fromRowTexts } from "./row-text.ts";
import { createEngineHere, type EngineCalls } from "./sqlite/calls.ts";
import { createTraceReader } from "./sqlite/read-trace.ts";
import { createEngineThread } from "./sqlite/thread.ts";
import type { Store } from "./store.ts";

/** Spans that are committed together, and that are put into the index of words at a time. */
const COMMIT_SPANS = 4_000;
const INDEX_SPANS = 200;

/**
 * A file is written in one thread, read in another, and searched in a third: a long search, or the tree of a large
 * trace, holds up nothing else.
 */
interface Engines {
  readonly writer: EngineCalls;
  readonly reader: EngineCalls;
  readonly searcher: EngineCalls;
}

/** Keeps spans in an SQLite file, created with its folder where it is not there, or in memory (`:memory:`). */
export async function createSqliteStore(path: string): Promise<Store> {
  if (path === ":memory:") {
    const engine = await createEngineHere(path);
    return createStore({ writer: engine, reader: engine, searcher: engine });
  }
  await makeFolder(dirname(path));
  const opened: EngineCalls[] = [];
  const openNext = async (): Promise<EngineCalls> => {
    const engine = await open(path);
    opened.push(engine);
    return engine;
  };
  try {
    // The first one makes the file, or brings it up to date.
    const writer = await openNext();
    const [reader, searcher] = await Promise.all([openNext(), openNext()]);
    return createStore({ writer, reader, searcher });
  } catch (error) {
    for (const engine of opened) await engine.close();
    throw error;
  }
}

/** Reads a file, or its URI as SQLite has it, that nobody has to be able to write. What writes rejects. */
export async function createSqliteReader(path: string): Promise<Store> {
  const engine = await open(path, true);
  return createStore({ writer: engine, reader: engine, searcher: engine }, true);
}

/** In the package there is a file for the thread; the sources, in tests, are no modules that Node can load. */
function open(path: string, isForReading: boolean = false): Promise<EngineCalls> {
  if (fileURLToPath(import.meta.url).endsWith(".ts")) return createEngineHere(path, isForReading);
  return createEngineThread(new URL("./sqlite-worker.mjs", import.meta.url), { path, isForReading });
}

function createStore({ writer, reader, searcher }: Engines, isForReading: boolean = false): Store {
  const commits = createGroupCommit<Span>((spans) => writer.call("insert", spans), COMMIT_SPANS);
  // Who reads finds what is not indexed without it.
  const index = createIndexing(writer, () => commits.isBusy || isForReading);
  let isClosed = false;
  return {
    insert: async (spans) => {
      if (isClosed) throw new Error("the store is closed");
      if (spans.length === 0) return;
      await commits.add(spans);
      index.start();
    },
    listTraces: (query) => (query.filter?.text === undefined ? reader : searcher).call("listTraces", query),
    getSummary: (traceId) => reader.call("getSummary", traceId),
    getRevision: (traceId) => reader.call("getRevision", traceId),
    getSpans: async (traceId) => toSpans(await reader.call("getSpans", traceId)),
    getRows: async (traceId) => fromRowTexts(traceId, await reader.call("getRows", traceId)),
    ...createTraceReader(reader, searcher),
    getSpan: (traceId, spanId) => reader.call("getSpan", traceId, spanId),
    getHead: (traceId) => reader.call("getHead", traceId),
    findSpans: (traceId, text) => searcher.call("findSpans", traceId, text),
    scan: (after, limit) => reader.call("scan", after, limit),
    arrivals: (after, limit) => reader.call("arrivals", after, limit),
    arrivedTraces: (after, limit) => reader.call("arrivedTraces", after, limit),
    statRows: (fromMs, toMs, slots) => reader.call("statRows", fromMs, toMs, slots),
    usageRows: (fromMs, toMs, slots) => reader.call("usageRows", fromMs, toMs, slots),
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
      for (const engine of new Set([writer, reader, searcher])) await engine.close();
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
