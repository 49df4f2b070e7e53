import { buildTree, renderTree } from "@portkey-tracing/core/tree";
import type { Store, TraceSummary } from "../store/store.ts";
import type { Output } from "./output.ts";
import { makeSafe, toSafeJson } from "./safe-json.ts";
import { summaryOf } from "./summary-of.ts";

/** How a trace is shown. */
export interface ShowOptions {
  readonly json: boolean;
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width?: number | undefined;
}

/** Prints the tree of a trace, or its summary and spans as JSON. */
export async function showTrace(store: Store, traceId: string, output: Output, options: ShowOptions): Promise<void> {
  const trace = await summaryOf(store, traceId);
  if (options.json) await writeJson(store, trace, output);
  else await output.line(renderTree(buildTree(await store.getRows(traceId)), options));
}

/** One line, written piece by piece: a trace may be longer than a text can be. */
async function writeJson(store: Store, trace: TraceSummary, output: Output): Promise<void> {
  const { traceId } = trace;
  const lines = await store.getTree(traceId);
  const ids = lines.map((line) => line.spanId);
  if (!(await output.write(`{"trace":${toSafeJson(trace)},"spans":[`))) return;
  let comma = "";
  for await (const json of store.readSpans(traceId, ids)) {
    if (!(await output.write(comma + makeSafe(new TextDecoder().decode(json))))) return;
    comma = ",";
  }
  const feedback = await store.listFeedback(traceId);
  await output.line(`],"feedback":${toSafeJson(feedback)}}`);
}
