import type { Span } from "@portkey-tracing/core";
import { buildTree, walk } from "@portkey-tracing/core/tree";
import type { Store, TreeLine } from "./store.ts";

/** A trace was forgotten while it was read. */
export class TraceGone extends Error {
  override readonly name = "TraceGone";

  constructor() {
    super("a span of the trace is not there any more");
  }
}

/** Spans, whole or without their content, as lines of their tree. */
export function toTreeLines(spans: Iterable<Span>): TreeLine[] {
  return Array.from(walk(buildTree(spans)), ({ node, depth }) => {
    return { spanId: node.span.spanId, depth, orphan: node.orphan === true };
  });
}

/** The whole spans of a trace in the order of its tree, some at a time. */
export async function* spansInOrder(store: Store, traceId: string): AsyncGenerator<readonly Span[]> {
  const lines = await store.getTree(traceId);
  const ids = lines.map((line) => line.spanId);
  for await (const json of store.readSpans(traceId, ids)) yield parsePiece(json);
}

function parsePiece(json: Uint8Array): Span[] {
  const spans: Span[] = JSON.parse(`[${new TextDecoder().decode(json)}]`);
  return spans;
}
