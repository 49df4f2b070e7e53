/** A timer that can be called off. */
export interface Timer {
  cancel(): void;
}

/** The world as the library sees it: one object, so that tests can bring their own. */
export interface Runtime {
  /** Milliseconds since the Unix epoch, with fractions; never goes back within a process. */
  now(): number;
  /** Calls back once. Keeps the process alive only where that is asked for. */
  schedule(callback: () => void, delayMs: number, options?: { readonly keepAlive?: boolean }): Timer;
  /** A number from 0 up to, not including, 1. */
  random(): number;
}

// Taken once: a test of the program's may put others in their place that never go off.
const { setTimeout, clearTimeout, performance: CLOCK } = globalThis;
const ORIGIN_MS = CLOCK.timeOrigin;
const now = CLOCK.now.bind(CLOCK);

/** The real clock and timers. */
export const systemRuntime: Runtime = {
  now: () => ORIGIN_MS + now(),
  schedule(callback, delayMs, options) {
    const timer: unknown = setTimeout(callback, delayMs);
    if (options?.keepAlive !== true) unref(timer);
    return { cancel: () => clearTimeout(timer as ReturnType<typeof setTimeout>) };
  },
  random: Math.random,
};

/** Timers are objects with `unref` in Node, Bun and Deno, and plain numbers elsewhere. */
function unref(timer: unknown): void {
  if (typeof timer === "object" && timer !== null && "unref" in timer && typeof timer.unref === "function") {
    timer.unref();
  }
}
