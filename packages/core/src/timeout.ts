import { MAX_MILLISECONDS } from "./option-table.ts";

const DEFAULT_TIMEOUT_MS = 5_000;

/**
 * How long to wait, milliseconds, by a `timeoutMs` that a program gave: a time that timers can hold; 5,000 for anything
 * that is no time.
 */
export function toTimeoutMs(value: unknown): number {
  if (typeof value !== "number" || Number.isNaN(value) || value < 0) return DEFAULT_TIMEOUT_MS;
  return Math.min(value, MAX_MILLISECONDS);
}
