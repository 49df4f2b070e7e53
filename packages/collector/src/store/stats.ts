import type { Span } from "@portkey-tracing/core";
import { modelOf, tokensOf } from "@portkey-tracing/core/tree";
import { memberOf } from "../json.ts";

/** Spans of one type and model that started within the same five minutes and took about the same time, summed up. */
export interface StatRow {
  /** Five minutes, counted from the Unix epoch. */
  readonly slot: number;
  readonly type: string;
  /** Empty for spans that called no model. */
  readonly provider: string;
  readonly model: string;
  /** See `bucketOf`. */
  readonly bucket: number;
  readonly spans: number;
  readonly errors: number;
  readonly prompt: number;
  readonly completion: number;
  readonly cached: number;
}

/** Length of a slot. */
export const SLOT_MS = 300_000;

/** Each bucket is 2^(1/4) as long as the one before: a percentile that is read from them is wrong by 9 % at most. */
const BUCKETS_PER_OCTAVE = 4;

/** The slot that a time lies in. */
export function slotOf(timeMs: number): number {
  return Math.floor(timeMs / SLOT_MS);
}

/** Durations by their logarithm; 0 for less than a microsecond. */
export function bucketOf(durationUs: number): number {
  return durationUs < 1 ? 0 : 1 + Math.floor(Math.log2(durationUs) * BUCKETS_PER_OCTAVE);
}

/** The middle of a bucket, in milliseconds. */
export function durationOfBucket(bucket: number): number {
  return bucket === 0 ? 0 : 2 ** ((bucket - 0.5) / BUCKETS_PER_OCTAVE) / 1000;
}

/** The sums of a single span. */
export function statRowOf(span: Span): StatRow {
  const tokens = tokensOf(span);
  return {
    slot: slotOf(span.startTimeMs),
    type: span.type,
    provider: span.model?.provider ?? "",
    model: modelOf(span) ?? "",
    bucket: bucketOf(Math.round(span.durationMs * 1000)),
    spans: 1,
    errors: span.status.code === "error" ? 1 : 0,
    prompt: tokens?.prompt ?? 0,
    completion: tokens?.completion ?? 0,
    cached: tokens === undefined ? 0 : cachedTokensOf(span),
  };
}

/** Tokens of the prompt that came from the provider's cache. */
export function cachedTokensOf({ output }: Span): number {
  const usage = memberOf(output, "usage");
  const cached = memberOf(memberOf(usage, "prompt_tokens_details"), "cached_tokens");
  const prompt = memberOf(usage, "prompt_tokens");
  if (typeof cached !== "number" || typeof prompt !== "number") return 0;
  return Math.max(0, Math.min(Math.trunc(cached), prompt));
}

/** What makes rows one. */
export function statKeyOf(row: StatRow): string {
  return JSON.stringify([row.slot, row.type, row.provider, row.model, row.bucket]);
}

/** Adds a row to the one of its kind. `times` is −1 for a span that is gone. */
export function addStat(rows: Map<string, StatRow>, row: StatRow, times: 1 | -1): void {
  const key = statKeyOf(row);
  const sum = rows.get(key);
  rows.set(key, {
    ...row,
    spans: (sum?.spans ?? 0) + times * row.spans,
    errors: (sum?.errors ?? 0) + times * row.errors,
    prompt: (sum?.prompt ?? 0) + times * row.prompt,
    completion: (sum?.completion ?? 0) + times * row.completion,
    cached: (sum?.cached ?? 0) + times * row.cached,
  });
}
