import { toMicroseconds } from "../roll-up.ts";
import type { TraceFilter } from "../store.ts";
import type { SqliteValue } from "./database.ts";

/**
 * The bucket of a duration: its digits and half the first of them, 18 for ten times as long. An index by buckets, and by the
 * numbers of traces in them, grows at the end of some tens of places; by durations themselves nearly each trace would dirty
 * a page of its own.
 */
export const DURATION_BUCKET = "length(duration_us) * 20 + substr(duration_us, 1, 2) / 5";

const LONGEST_US = Number.MAX_SAFE_INTEGER;

/** Numbers of the traces that took so long. Of the bucket of the bound, which is read to its end, one looks last. */
export function selectDurations({ minDurationMs, maxDurationMs }: TraceFilter): {
  readonly select: string;
  readonly values: readonly SqliteValue[];
} {
  const least = minDurationMs === undefined ? 0 : boundOf(minDurationMs);
  const most = maxDurationMs === undefined ? LONGEST_US : boundOf(maxDurationMs);
  const direction = minDurationMs === undefined ? "ASC" : "DESC";
  const select = `SELECT id AS trace FROM traces INDEXED BY traces_by_duration
    WHERE revision > 0 AND ${DURATION_BUCKET} BETWEEN ? AND ? AND duration_us BETWEEN ? AND ?
    ORDER BY ${DURATION_BUCKET} ${direction}`;
  return { select, values: [bucketOf(least), bucketOf(most), least, most] };
}

function boundOf(ms: number): number {
  return Math.min(toMicroseconds(ms), LONGEST_US);
}

/** As in SQL. */
function bucketOf(us: number): number {
  const digits = String(us);
  return digits.length * 20 + Math.floor(Number(digits.slice(0, 2)) / 5);
}
