import { MAX_MILLISECONDS } from "./option-table.ts";

const DEFAULT_TIMEOUT_MS = 5_000;

/** A time that timers can hold; anything that is no time is the default. */
export function toTimeoutMs(value: unknown): number {
  if (typeof value !== "number" || Number.isNaN(value) || value < 0) return DEFAULT_TIMEOUT_MS;
  return Math.min(value, MAX_MILLISECONDS);
}
