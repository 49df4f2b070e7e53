import { deliver, type RefusalListener, type Tally } from "./deliver.ts";
import { type QueueLimits, RecordQueue } from "./record-queue.ts";
import type { Runtime, Timer } from "./runtime.ts";
import type { Batch, DropReason, Transport } from "./transport/transport.ts";

/** Counts since the start. At every moment `sent + dropped + pending = recorded`. */
export interface DeliveryReport {
  /** Spans that were handed over for delivery. */
  readonly recorded: number;
  /** Spans that the server has accepted. */
  readonly sent: number;
  /** Spans that were lost, for any reason. */
  readonly dropped: number;
  /** Spans that wait, or are on their way. */
  readonly pending: number;
  /** The lost ones by reason. */
  readonly droppedByReason: Readonly<Partial<Record<DropReason, number>>>;
}

/** What the exporter needs to know and to reach. */
export interface ExporterOptions {
  readonly batch: QueueLimits & { readonly flushIntervalMs: number };
  readonly queue: QueueLimits;
  readonly transport: Transport;
  readonly runtime: Runtime;
  readonly onRefusal: RefusalListener;
  readonly onDrop: (count: number, reason: DropReason) => void;
  /** Called when nothing is pending any more. */
  readonly onIdle: () => void;
}

/** How long a refused key is left alone. */
const UNAUTHORIZED_PAUSE_MS = 60_000;

interface Waiter {
  readonly target: number;
  readonly resolve: () => void;
}

/** Owns the queue, the timer and the flush. One request at a time; what is recorded during one goes with the next. */
export class Exporter {
  private readonly options: ExporterOptions;
  private readonly queue: RecordQueue;
  private readonly reasons = new Map<DropReason, number>();
  private abort = new AbortController();
  private recorded = 0;
  private sent = 0;
  private dropped = 0;
  /** Everything up to this count of records is wanted out now. */
  private wanted = 0;
  private timer: Timer | undefined;
  private running = false;
  private pump: Promise<void> = Promise.resolve();
  private waiters: Waiter[] = [];
  /** The server refused the key: nothing is sent before this moment. */
  private haltedUntilMs = 0;
  private closed = false;

  constructor(options: ExporterOptions) {
    this.options = options;
    this.queue = new RecordQueue(options.queue);
  }

  get pending(): number {
    return this.recorded - this.settled;
  }

  report(): DeliveryReport {
    const { recorded, sent, dropped, pending } = this;
    return { recorded, sent, dropped, pending, droppedByReason: Object.fromEntries(this.reasons) };
  }

  /** Takes one encoded record. Returns at once; sends later. */
  enqueue(record: Uint8Array): void {
    this.recorded += 1;
    if (this.closed) return this.drop(1, "shutdown");
    if (record.length > this.options.queue.maxBytes) return this.drop(1, "too_large");
    this.drop(this.queue.push(record), "queue_overflow");
    const { batch } = this.options;
    if (this.queue.size >= batch.maxRecords || this.queue.bytes >= batch.maxBytes) this.want(this.settled + 1);
    else this.timer ??= this.options.runtime.schedule(() => this.want(this.recorded), batch.flushIntervalMs);
  }

  /** Counts a span that never became a record. */
  lose(reason: DropReason): void {
    this.recorded += 1;
    this.drop(1, reason);
  }

  /** Waits until all that was recorded before the call is sent or dropped, or the time is over. Never rejects. */
  async flush(timeoutMs: number): Promise<DeliveryReport> {
    const target = this.recorded;
    if (this.settled < target) {
      this.want(target);
      await this.settles(target, timeoutMs);
    }
    return this.report();
  }

  /** Calls off the request that is under way, so that it holds no process. What it carried waits on. */
  async interrupt(): Promise<void> {
    this.abort.abort(new Error("the process ends"));
    await this.pump;
    this.abort = new AbortController();
  }

  /** Flushes, gives up what is still waiting then, and takes no more. */
  async shutdown(timeoutMs: number): Promise<DeliveryReport> {
    if (!this.closed) {
      await this.flush(timeoutMs);
      this.closed = true;
      await this.interrupt();
      this.drop(this.queue.clear(), this.haltedUntilMs > 0 ? "unauthorized" : "shutdown");
      this.timer?.cancel();
      await this.options.transport.close?.();
    }
    return this.report();
  }

  private get halted(): boolean {
    return this.options.runtime.now() < this.haltedUntilMs;
  }

  private get settled(): number {
    return this.sent + this.dropped;
  }

  private want(target: number): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.wanted = Math.max(this.wanted, target);
    if (!this.running) this.pump = this.run();
  }

  /** Never rejects. `running` is let go in the same turn in which the queue was last looked at. */
  private async run(): Promise<void> {
    this.running = true;
    while (this.mayRun() && this.queue.size > 0 && this.isDue()) {
      const batch = this.queue.take(this.options.batch);
      this.settle(await this.deliver(batch));
      this.wake();
    }
    this.running = false;
    this.wake();
    if (this.pending === 0) this.options.onIdle();
    if (this.queue.size > 0 && this.mayRun()) {
      this.timer ??= this.options.runtime.schedule(() => this.want(this.recorded), this.options.batch.flushIntervalMs);
    }
  }

  private mayRun(): boolean {
    return !this.halted && !this.closed && !this.abort.signal.aborted;
  }

  private isDue(): boolean {
    const { batch } = this.options;
    return this.settled < this.wanted || this.queue.size >= batch.maxRecords || this.queue.bytes >= batch.maxBytes;
  }

  private async deliver(batch: Batch): Promise<Tally> {
    const { transport, onRefusal } = this.options;
    try {
      return await deliver(batch, transport, this.abort.signal, onRefusal);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      onRefusal({ kind: "rejected", reason: "transport_failed", message });
      return { sent: 0, dropped: new Map([["transport_failed", batch.records.length]]), kept: undefined };
    }
  }

  private settle(tally: Tally): void {
    this.sent += tally.sent;
    for (const [reason, count] of tally.dropped) this.drop(count, reason);
    if (tally.kept === undefined) return;
    this.queue.putBack(tally.kept.batch);
    if (tally.kept.why === "unauthorized") this.haltedUntilMs = this.options.runtime.now() + UNAUTHORIZED_PAUSE_MS;
    else this.wanted = 0;
  }

  private drop(count: number, reason: DropReason): void {
    if (count === 0) return;
    this.dropped += count;
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + count);
    this.options.onDrop(count, reason);
  }

  /** The timer keeps the process alive: someone awaits this flush, and it is bounded. */
  private settles(target: number, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.options.runtime.schedule(() => waiter.resolve(), timeoutMs, { keepAlive: true });
      const waiter: Waiter = {
        target,
        resolve: () => {
          timer.cancel();
          this.waiters = this.waiters.filter((other) => other !== waiter);
          resolve();
        },
      };
      this.waiters.push(waiter);
      this.wake();
    });
  }

  private wake(): void {
    for (const waiter of this.waiters) {
      if (this.halted || this.settled >= waiter.target) waiter.resolve();
    }
  }
}
