import { toLogRecord } from "@portkey-tracing/core/wire";
import type { Store } from "../store/store.ts";
import { spansInOrder } from "../store/whole-trace.ts";
import type { Output } from "./output.ts";
import type { Progress } from "./progress.ts";
import { toSafeJson } from "./safe-json.ts";

const PAGE = 500;

/** Writes spans as JSON Lines in Portkey's log format: all, or those of one trace. Answers how many it wrote. */
export async function exportLogs(store: Store, output: Output, progress: Progress, traceId?: string): Promise<number> {
  let written = 0;
  for await (const spans of traceId === undefined ? pagesOf(store) : spansInOrder(store, traceId)) {
    for (const span of spans) {
      if (!(await output.line(toSafeJson(toLogRecord(span))))) return written;
      written += 1;
    }
    progress.count(written);
  }
  return written;
}

async function* pagesOf(store: Store): AsyncGenerator<Awaited<ReturnType<Store["scan"]>>["spans"]> {
  for (
    let page = await store.scan(undefined, PAGE);
    page.spans.length > 0;
    page = await store.scan(page.position, PAGE)
  ) {
    yield page.spans;
  }
}
