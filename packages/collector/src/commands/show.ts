import { buildTree, renderTree, walk } from "@portkey-tracing/core/tree";
import type { Store } from "../store/store.ts";
import { CommandError } from "./command-error.ts";
import type { Output } from "./output.ts";
import { toSafeJson } from "./safe-json.ts";

/** How a trace is shown. */
export interface ShowOptions {
  readonly json: boolean;
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width?: number | undefined;
}

/** Prints the tree of a trace, or its summary and spans as JSON. */
export async function showTrace(store: Store, traceId: string, output: Output, options: ShowOptions): Promise<void> {
  const trace = await store.getSummary(traceId);
  if (trace === undefined) throw new CommandError("no span of this trace is there");
  const tree = buildTree(await store.getSpans(traceId));
  if (!options.json) {
    await output.line(renderTree(tree, options));
    return;
  }
  const feedback = await store.listFeedback(traceId);
  await output.line(toSafeJson({ trace, spans: Array.from(walk(tree), ({ node }) => node.span), feedback }));
}
