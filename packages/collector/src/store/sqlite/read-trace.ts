import { fromRowTexts } from "../row-text.ts";
import type { Store, TreeLine } from "../store.ts";
import { TraceGone } from "../whole-trace.ts";
import type { EngineCalls } from "./calls.ts";

/** Spans of a trace whose tree is made where lists are read; that of a larger one is made where is searched. */
const SMALL_TRACE = 1_000;

/** Ids that are handed over at a time. */
const IDS_AT_ONCE = 256;

/** What reads a trace without holding up others for longer than a small part of it takes. */
export function createTraceReader(
  reader: EngineCalls,
  searcher: EngineCalls,
): Pick<Store, "getTree" | "readSpans" | "readRows"> {
  return {
    getTree: async (traceId) => {
      const small = await reader.call("getTree", traceId, SMALL_TRACE);
      const lines: TreeLine[] = JSON.parse(small ?? (await searcher.call("getTree", traceId, null)) ?? "[]");
      return lines;
    },
    readSpans: (traceId, spanIds) => readAll(reader, "readSpans", traceId, spanIds),
    async *readRows(traceId, spanIds) {
      for await (const json of readAll(reader, "readRows", traceId, spanIds)) {
        yield fromRowTexts(traceId, `[${new TextDecoder().decode(json)}]`);
      }
    },
  };
}

async function* readAll(
  reader: EngineCalls,
  name: "readSpans" | "readRows",
  traceId: string,
  spanIds: readonly string[],
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < spanIds.length; ) {
    const { json, count } = await reader.call(name, traceId, spanIds.slice(at, at + IDS_AT_ONCE));
    if (count === 0) throw new TraceGone();
    yield json;
    at += count;
  }
}
