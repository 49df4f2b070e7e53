import { fromRowTexts } from "../row-text.ts";
import type { Store, TreeLine } from "../store.ts";
import { TraceGone } from "../whole-trace.ts";
import type { EngineCalls } from "./calls.ts";
import type { Texts } from "./whole-trace.ts";

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

/** While a piece is worked on, the next one is read. */
async function* readAll(
  reader: EngineCalls,
  name: "readSpans" | "readRows",
  traceId: string,
  spanIds: readonly string[],
): AsyncGenerator<Uint8Array> {
  const ask = (at: number): Promise<Texts> => {
    const asked = reader.call(name, traceId, spanIds.slice(at, at + IDS_AT_ONCE));
    // What fails is thrown where it is taken; where the reader stops before, nobody needs to know.
    asked.catch(() => undefined);
    return asked;
  };
  let at = 0;
  let next = at < spanIds.length ? ask(at) : undefined;
  while (next !== undefined) {
    const { json, count } = await next;
    if (count === 0) throw new TraceGone();
    at += count;
    next = at < spanIds.length ? ask(at) : undefined;
    yield json;
  }
}
