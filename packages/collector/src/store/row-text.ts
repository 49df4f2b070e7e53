import type { Span } from "@portkey-tracing/core";
import { withoutContent } from "./without-content.ts";

/** A span without its content as JSON, for a store to keep beside the whole one: some hundred and fifty characters. */
export function toRowText(span: Span): string {
  const { traceId: _known, marks, tags, metadata, ...rest } = withoutContent(span);
  return JSON.stringify({
    ...rest,
    ...(marks.length > 0 ? { marks } : {}),
    ...(tags.length > 0 ? { tags } : {}),
    ...("inferred" in metadata ? { metadata } : {}),
  });
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
