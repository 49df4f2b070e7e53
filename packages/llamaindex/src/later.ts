interface NodeProcess {
  prependListener?(event: "beforeExit", listener: () => void): unknown;
  removeListener?(event: "beforeExit", listener: () => void): unknown;
}

type Timer = ReturnType<typeof setTimeout>;

/** Work that waits for a short pause of the program. It holds no process: one that ends by itself has it done at once. */
export class Later {
  private readonly waiting = new Map<object, { readonly work: () => void; readonly timer: Timer }>();
  private readonly onExit = (): void => this.settle();

  /** Does the work after a delay; what was planned under the same key before is forgotten. */
  plan(key: object, delayMs: number, work: () => void): void {
    this.cancel(key);
    const timer = setTimeout(() => {
      this.forget(key);
      work();
    }, delayMs);
    (timer as { unref?: () => void }).unref?.();
    // First of all listeners: spans that end now are still to be sent.
    if (this.waiting.size === 0) nodeProcess()?.prependListener?.("beforeExit", this.onExit);
    this.waiting.set(key, { work, timer });
  }

  /** True where something was planned. */
  cancel(key: object): boolean {
    const planned = this.waiting.get(key);
    if (planned === undefined) return false;
    clearTimeout(planned.timer);
    this.forget(key);
    return true;
  }

  /** Does all that waits, at once; also what is planned while it does. */
  settle(): void {
    for (const [key, { work }] of this.waiting) {
      this.cancel(key);
      work();
    }
  }

  private forget(key: object): void {
    this.waiting.delete(key);
    if (this.waiting.size === 0) nodeProcess()?.removeListener?.("beforeExit", this.onExit);
  }
}

function nodeProcess(): NodeProcess | undefined {
  return (globalThis as { process?: NodeProcess }).process;
}
