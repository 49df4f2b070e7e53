import type { Span } from "@portkey-tracing/core";
import { modelOf, tokensOf } from "@portkey-tracing/core/tree";
import { type Head, type RollUp, toMicroseconds } from "./roll-up.ts";
import type { SqliteRow, SqliteValue } from "./sqlite.ts";
import type { TraceSummary } from "./store.ts";

/** Values of a span's narrow row, in the order of its columns. */
export function toSpanRow(span: Span): SqliteValue[] {
  const tokens = tokensOf(span);
  return [
    span.traceId,
    span.spanId,
    span.parentSpanId ?? null,
    span.name,
    span.type,
    span.source,
    span.status.code,
    toMicroseconds(span.startTimeMs),
    toMicroseconds(span.durationMs),
    span.model?.provider ?? null,
    modelOf(span) ?? null,
    tokens?.prompt ?? null,
    tokens?.completion ?? null,
    tokens?.total ?? null,
  ];
}

/** Values of a trace's row, in the order of its columns. */
export function toTraceRow(traceId: string, rollUp: RollUp): SqliteValue[] {
  return [
    traceId,
    rollUp.startUs,
    rollUp.endUs,
    rollUp.spans,
    rollUp.errors,
    rollUp.promptTokens,
    rollUp.completionTokens,
    rollUp.totalTokens,
    JSON.stringify(rollUp.models),
    JSON.stringify(rollUp.head),
  ];
}

/** The roll-up in a trace's row. */
export function fromTraceRow(row: SqliteRow): RollUp {
  const models: string[] = JSON.parse(String(row["models"]));
  const head: Head = JSON.parse(String(row["head"]));
  return {
    startUs: Number(row["start_us"]),
    endUs: Number(row["end_us"]),
    spans: Number(row["spans"]),
    errors: Number(row["errors"]),
    promptTokens: Number(row["prompt_tokens"]),
    completionTokens: Number(row["completion_tokens"]),
    totalTokens: Number(row["total_tokens"]),
    models,
    head,
  };
}

/** What a list shows of a trace's row. */
export function toSummary(row: SqliteRow): TraceSummary {
  const { startUs, endUs, spans, errors, promptTokens, completionTokens, totalTokens, models, head } =
    fromTraceRow(row);
  return {
    traceId: String(row["trace_id"]),
    name: head.name,
    startTimeMs: startUs / 1000,
    durationMs: (endUs - startUs) / 1000,
    status: head.isRoot ? head.status : "open",
    spans,
    errors,
    tokens: { prompt: promptTokens, completion: completionTokens, total: totalTokens },
    models,
  };
}
