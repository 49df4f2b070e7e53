/** Work that waits for a short pause of the program. A process that ends by itself waits for it, too. */
export class Later {
  private readonly waiting = new Map<
    object,
    { readonly work: () => void; readonly timer: ReturnType<typeof setTimeout> }
  >();

  /** Does the work after a delay; what was planned under the same key before is forgotten. */
  plan(key: object, delayMs: number, work: () => void): void {
    this.cancel(key);
    const timer = setTimeout(() => {
      this.waiting.delete(key);
      work();
    }, delayMs);
    this.waiting.set(key, { work, timer });
  }

  cancel(key: object): void {
    const planned = this.waiting.get(key);
    if (planned === undefined) return;
    clearTimeout(planned.timer);
    this.waiting.delete(key);
  }

  /** Does all that waits, at once; also what is planned while it does. */
  settle(): void {
    for (const [key, { work }] of this.waiting) {
      this.cancel(key);
      work();
    }
  }
}
