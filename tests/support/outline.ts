import type { Span } from "@portkey-tracing/core";
import { toTreeLines } from "../../packages/collector/src/store/whole-trace.ts";
import { type OutlineRow, toOutlineRow } from "../../packages/collector/src/view/outline.ts";

/** The rows of a trace, in the order of its tree. */
export function outlineOf(spans: readonly Span[]): OutlineRow[] {
  return toTreeLines(spans).flatMap((line) => {
    return spans.filter((span) => span.spanId === line.spanId).map((span) => toOutlineRow(span, line));
  });
}
