import type { Span } from "@portkey-tracing/core";
import { isProvisional } from "../provisional.ts";
import { rollUpOf } from "../roll-up.ts";
import { toRowText } from "../row-text.ts";
import { searchTextOf } from "../search-text.ts";
import { statRowOf } from "../stats.ts";
import type { Feedback } from "../store.ts";

/** A row as JSON. */
export type Row = Readonly<Record<string, unknown>>;

/** Above every order, in microseconds, and small enough for the sum of both to be a UInt64. */
const FIRST = 1n << 61n;
const ENDED = 1n << 62n;

/** True of the version of a row whose span is provisional. */
export const IS_PROVISIONAL: string = `version < ${String(ENDED)}`;

/** The row of a span. What has ended is above what is provisional, and what came first above what came later. */
export function toSpanRow(span: Span, orderUs: number): Row {
  const { slot: _slot, spans: _spans, ...sums } = statRowOf(span);
  const rollUp = rollUpOf(span);
  const durationUs = rollUp.endUs - rollUp.startUs;
  if (!Number.isSafeInteger(rollUp.startUs) || !Number.isSafeInteger(rollUp.endUs)) {
    throw new RangeError("a span's times are no numbers");
  }
  return {
    ...sums,
    trace_id: toKey(span.traceId),
    span_id: toKey(span.spanId),
    version: String((isProvisional(span) ? 0n : ENDED) + FIRST - BigInt(orderUs)),
    start_us: rollUp.startUs,
    duration_us: durationUs,
    status: span.status.code,
    is_root: span.parentSpanId === undefined,
    provider: sums.provider.toWellFormed(),
    model: sums.model.toWellFormed(),
    facets: rollUp.facets.map((facet) => facet.toWellFormed()),
    total: rollUp.totalTokens,
    first_token_us: rollUp.firstTokenUs ?? null,
    name: toKey(span.name),
    user: toKey(rollUp.user?.value ?? ""),
    session: toKey(rollUp.session?.value ?? ""),
    row: toRowText(span),
    words: searchTextOf(span),
    body: JSON.stringify(span),
  };
}

export function toFeedbackRow({ id, traceId, value, weight, metadata, createdMs, updatedMs }: Feedback): Row {
  return {
    id,
    trace_id: toKey(traceId),
    value,
    weight,
    metadata: JSON.stringify(metadata),
    created_ms: createdMs,
    updated_ms: updatedMs,
  };
}

export function fromFeedbackRow(row: Row): Feedback {
  return {
    id: String(row["id"]),
    traceId: fromKey(String(row["trace_id"])),
    value: Number(row["value"]),
    weight: Number(row["weight"]),
    metadata: JSON.parse(String(row["metadata"])),
    createdMs: Number(row["created_ms"]),
    updatedMs: Number(row["updated_ms"]),
  };
}

/** Marks an id that is no text which UTF-8 can hold. */
const ESCAPED = "\u0001";

/** An id as ClickHouse can keep it: lone surrogates would not come back. */
export function toKey(id: string): string {
  return id.isWellFormed() && !id.startsWith(ESCAPED) ? id : ESCAPED + JSON.stringify(id);
}

/** The id again. */
export function fromKey(key: string): string {
  if (!key.startsWith(ESCAPED)) return key;
  const id: string = JSON.parse(key.slice(ESCAPED.length));
  return id;
}
