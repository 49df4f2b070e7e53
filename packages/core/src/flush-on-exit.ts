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

/** The part of Node's `process` that is used; there is none in browsers and on the edge. */
interface NodeProcess {
  readonly pid: number;
  on(event: string, listener: (value: unknown) => void): unknown;
  off(event: string, listener: (value: unknown) => void): unknown;
  listenerCount(event: string): number;
  kill(pid: number, signal: string): unknown;
}

/**
 * Sends what is recorded before a signal or an uncaught exception ends the process. Nothing else changes: where the
 * program listens for the signal itself, it alone decides when to end; else the process ends by the same signal, or with
 * the same error and exit code 1, once everything is out or the time is over. A second signal ends it at once.
 *
 * `process.exit()` runs no asynchronous code, so nothing can be sent then: flush before it, or use the disk spool.
 *
 * @returns undoes it
 */
export function flushOnExit(tracing: Tracing, options: FlushOnExitOptions = {}): () => void {
  const { process } = globalThis as { process?: Partial<NodeProcess> };
  if (typeof process?.on !== "function" || typeof process.kill !== "function") return () => undefined;
  const node = process as NodeProcess;
  const { signals = ["SIGTERM", "SIGINT"], exceptions = true, timeoutMs = 2_000 } = options;
  const undo: (() => void)[] = [];
  const listen = (event: string, listener: (value: unknown) => void): void => {
    node.on(event, listener);
    undo.push(() => void node.off(event, listener));
  };
  const release = (): void => {
    for (const each of undo.splice(0)) each();
  };
  const finish = (): Promise<unknown> => tracing.shutdown({ timeoutMs });

  for (const signal of signals) {
    listen(signal, () => {
      release();
      const others = node.listenerCount(signal) > 0;
      void (others ? tracing.flush({ timeoutMs }) : finish().then(() => node.kill(node.pid, signal)));
    });
  }
  if (exceptions) {
    listen("uncaughtException", (error) => {
      release();
      if (node.listenerCount("uncaughtException") > 0) return;
      void finish().then(() => rethrow(error));
    });
  }
  return release;
}

/** Outside of any promise, so that Node treats it as the uncaught exception that it was. */
function rethrow(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}
