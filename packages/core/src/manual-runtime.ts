import type { Runtime } from "./runtime.ts";

/** A clock for tests, that moves when it is told to. */
export interface ManualRuntime extends Runtime {
  /** Moves the time on and calls back what is due, in order. */
  advance(ms: number): void;
  /** How many timers wait. */
  readonly timers: number;
}

/** Creates a clock that stands at the first millisecond of 2026. */
export function manualRuntime(): ManualRuntime {
  let now = Date.UTC(2026, 0, 1);
  const waiting = new Set<{ dueMs: number; callback: () => void }>();
  return {
    now: () => now,
    random: () => 0.5,
    schedule(callback, delayMs) {
      const timer = { dueMs: now + delayMs, callback };
      waiting.add(timer);
      return { cancel: () => void waiting.delete(timer) };
    },
    advance(ms) {
      const until = now + ms;
      for (;;) {
        const [next] = [...waiting].filter((timer) => timer.dueMs <= until).toSorted((a, b) => a.dueMs - b.dueMs);
        if (next === undefined) break;
        waiting.delete(next);
        now = Math.max(now, next.dueMs);
        next.callback();
      }
      now = until;
    },
    get timers() {
      return waiting.size;
    },
  };
}
