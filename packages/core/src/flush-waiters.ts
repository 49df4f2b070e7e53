import type { Runtime } from "./runtime.ts";

interface Waiter {
  readonly target: number;
  readonly resolve: () => void;
}

/** Those who wait until so many records are settled: sent or dropped. */
export class FlushWaiters {
  private readonly runtime: Runtime;
  private waiters: Waiter[] = [];

  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  /** Waits for that, but no longer. The timer keeps the process alive: someone awaits this flush, and it is bounded. */
  settles(target: number, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.runtime.schedule(() => waiter.resolve(), timeoutMs, { keepAlive: true });
      const waiter: Waiter = {
        target,
        resolve: () => {
          timer.cancel();
          this.waiters = this.waiters.filter((other) => other !== waiter);
          resolve();
        },
      };
      this.waiters.push(waiter);
    });
  }

  /** Lets those go whose records are settled by now. */
  wake(settled: number): void {
    for (const waiter of this.waiters) if (settled >= waiter.target) waiter.resolve();
  }
}

/** Waits for some work, whatever becomes of it, but not for longer than that. Never rejects. */
export async function bounded(
  work: Promise<void>,
  timeoutMs: number,
  runtime: Runtime,
  onFailure: (error: unknown) => void,
): Promise<void> {
  let cancel: (() => void) | undefined;
  const enough = new Promise<void>((resolve) => {
    const timer = runtime.schedule(resolve, timeoutMs, { keepAlive: true });
    cancel = () => timer.cancel();
  });
  await Promise.race([work.catch(onFailure), enough]);
  cancel?.();
}
