import type { Span } from "@portkey-tracing/core";
import { withoutContent } from "./without-content.ts";

/** A span without its content as JSON, for a store to keep beside the whole one: some hundred and fifty characters. */
export function toRowText(span: Span): string {
  const row: { -readonly [K in keyof Span]?: Span[K] | undefined } = withoutContent(span);
  // A member that is `undefined` is none in JSON.
  row.traceId = undefined;
  if (row.marks?.length === 0) row.marks = undefined;
  if (row.tags?.length === 0) row.tags = undefined;
  if (row.metadata?.["inferred"] === undefined) row.metadata = undefined;
  return JSON.stringify(row);
}

/** The spans of a trace without their content again, from a JSON array of their texts. */
export function fromRowTexts(traceId: string, texts: string): Span[] {
  const rows: Mutable<Span>[] = JSON.parse(texts);
  for (const row of rows) {
    row.traceId = traceId;
    row.marks ??= [];
    row.tags ??= [];
    row.metadata ??= {};
  }
  return rows;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
