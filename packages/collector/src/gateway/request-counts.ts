import type { Call } from "./to-attempts.ts";

/** Calls whose requests are counted; the ones that asked longest ago are forgotten. */
const MAX_CALLS = 10_000;

/** How many requests each call has made. */
export class RequestCounts {
  readonly #counts = new Map<string, number>();

  /** How many there were before this one. */
  next({ traceId, spanId }: Call): number {
    const key = JSON.stringify([traceId, spanId]);
    const before = this.#counts.get(key) ?? 0;
    this.#counts.delete(key);
    this.#counts.set(key, before + 1);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > MAX_CALLS && oldest !== undefined) this.#counts.delete(oldest);
    return before;
  }
}
