import { ConfigError } from "./config-error.ts";
import { type ExitGuard, exitGuard, UNCAUGHT } from "./exit-guard.ts";
import type { Tracing } from "./tracing.ts";

/** Signals that ask a process to end. */
export type ExitSignal = "SIGTERM" | "SIGINT" | "SIGHUP";

/** Bounds of {@link flushOnExit}. */
export interface FlushOnExitOptions {
  /** Signals that are answered; SIGTERM and SIGINT where none are given. */
  readonly signals?: readonly ExitSignal[] | undefined;
  /** Also when an exception that nobody caught, or a rejection that nobody handled, ends the process; `true` by default. */
  readonly exceptions?: boolean | undefined;
  /** Longest time for which the process is held, milliseconds; 2,000 where it is not given. */
  readonly timeoutMs?: number | undefined;
}

const SIGNALS: readonly string[] = ["SIGTERM", "SIGINT", "SIGHUP"];

/**
 * Sends what is recorded before a signal or an uncaught exception ends the process. Nothing else changes: where the
 * program listens for it itself, by `on` or `once`, it alone decides when to end, and what is recorded is sent meanwhile;
 * else the process ends by the same signal, or with the same error and exit code 1, once everything is out or the time
 * is over. A second signal ends it at once. Any number of clients may ask for this.
 *
 * `process.exit()` runs no asynchronous code, so nothing can be sent then: flush before it, or use the disk spool.
 *
 * @returns undoes it
 * @throws {@link ConfigError} for signals other than these
 */
export function flushOnExit(tracing: Tracing, options?: FlushOnExitOptions | null): () => void {
  const { signals = ["SIGTERM", "SIGINT"], exceptions = true, timeoutMs = 2_000 } = options ?? {};
  if (!Array.isArray(signals) || !signals.every((signal) => SIGNALS.includes(signal))) {
    throw new ConfigError("signals", `must be a list of ${SIGNALS.join(", ")}`);
  }
  const guard: ExitGuard | undefined = exitGuard();
  if (guard === undefined) return () => undefined;
  const client = {
    flush: () => tracing.flush({ timeoutMs }),
    shutdown: () => tracing.shutdown({ timeoutMs }),
  };
  const events: string[] = exceptions ? [...signals, UNCAUGHT] : [...signals];
  for (const event of events) guard.add(event, client);
  return () => {
    for (const event of events) guard.remove(event, client);
  };
}
