const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WITHIN_AN_HOUR_MS = [1_000, 10_000, MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS];
const LENGTHS_MS = [...WITHIN_AN_HOUR_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS];
const MAX_INTERVALS = 100;

/** The length of intervals that makes no more than a hundred of a time, if any does; `leastMs` at least. Milliseconds. */
export function intervalFor(timeMs: number, leastMs: number): number {
  const lengths = LENGTHS_MS.filter((ms) => ms >= leastMs);
  return lengths.find((ms) => timeMs / ms <= MAX_INTERVALS) ?? lengths.at(-1) ?? leastMs;
}
