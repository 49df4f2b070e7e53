import { deliver, type RefusalListener, type Tally } from "./deliver.ts";
import type { Diagnostic } from "./diagnostics.ts";
import { bounded, FlushWaiters } from "./flush-waiters.ts";
import type { QueueLimits, RecordStore, StoreEvents } from "./record-store.ts";
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
  /** Opens the store in which records wait. */
  readonly store: (events: StoreEvents) => RecordStore;
  readonly transport: Transport;
  readonly runtime: Runtime;
  readonly onRefusal: RefusalListener;
  readonly onDrop: (count: number, reason: DropReason) => void;
  /** Told of what the store has to say. */
  readonly onDiagnostic: (diagnostic: Diagnostic) => void;
  /** Called when nothing is pending any more, and when something is that was not recorded here. */
  readonly onPendingChange: () => void;
}

/** How long a refused key is left alone. */
const UNAUTHORIZED_PAUSE_MS = 60_000;
/** How long a server is left alone for which all retries have been used up. */
const UNREACHABLE_PAUSE_MS = 5_000;

/** How long the end of a request, and of a transport, is waited for at shutdown. */
const CLOSE_TIMEOUT_MS = 500;

/** Owns the store, the timer and the flush. One request at a time; what is recorded during one goes with the next. */
export class Exporter {
  private readonly options: ExporterOptions;
  private readonly store: RecordStore;
  private readonly reasons = new Map<DropReason, number>();
  private abort = new AbortController();
  private recorded = 0;
  /** How many of the recorded ones come from an earlier process. */
  recovered = 0;
  private sent = 0;
  private dropped = 0;
  /** Everything up to this count of records is wanted out now. */
  private wanted = 0;
  private timer: Timer | undefined;
  private running = false;
  private pump: Promise<void> = Promise.resolve();
  private readonly waiters: FlushWaiters;
  /** Nothing is sent before this moment. */
  private haltedUntilMs = 0;
  private keyRefused = false;
  private closed = false;
  /** The batch that is out is given up: what becomes of it counts no more. */
  private abandoned = false;
  private ending: Promise<DeliveryReport> | undefined;

  constructor(options: ExporterOptions) {
    this.options = options;
    this.waiters = new FlushWaiters(options.runtime);
    this.store = options.store({
      drop: (count, reason) => this.drop(count, reason),
      recover: (count) => this.recover(count),
      diagnose: options.onDiagnostic,
    });
  }

  /** Begins to look for records of earlier processes. */
  start(): void {
    this.store.start();
  }

  get pending(): number {
    return this.recorded - this.settled;
  }

  /** What is pending outlives the process. */
  get keepsPending(): boolean {
    return this.store.durable;
  }

  report(): DeliveryReport {
    const { recorded, sent, dropped, pending } = this;
    return { recorded, sent, dropped, pending, droppedByReason: Object.fromEntries(this.reasons) };
  }

  /** Takes one encoded record. Returns at once; sends later. */
  enqueue(record: Uint8Array): void {
    this.recorded += 1;
    if (this.closed) return this.drop(1, "shutdown");
    if (record.length > this.store.maxRecordBytes) return this.drop(1, "too_large");
    this.store.push(record);
    if (this.isFull()) this.want(this.settled + 1);
    else this.sendLater();
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
      if (!this.keyRefused) this.haltedUntilMs = 0;
      this.want(target);
      this.options.transport.wake?.();
      const settled = this.waiters.settles(target, timeoutMs);
      this.wake();
      await settled;
    }
    return this.report();
  }

  /** Calls off the request that is under way, so that it holds no process. What it carried waits on. */
  async interrupt(): Promise<void> {
    this.abort.abort(new Error("the process ends"));
    await this.pump;
    this.abort = new AbortController();
  }

  /** Flushes, gives up what is still waiting then unless it waits on disk, and takes no more. Never rejects. */
  shutdown(timeoutMs: number): Promise<DeliveryReport> {
    this.ending ??= this.end(timeoutMs);
    return this.ending;
  }

  private async end(timeoutMs: number): Promise<DeliveryReport> {
    await this.flush(timeoutMs);
    this.closed = true;
    this.timer?.cancel();
    await this.bounded(this.interrupt());
    this.drop(this.store.close(), this.keyRefused ? "unauthorized" : "shutdown");
    this.abandon();
    await this.bounded(this.closeTransport());
    return this.report();
  }

  private async closeTransport(): Promise<void> {
    await this.options.transport.close?.();
  }

  /** What a transport still holds that does not stop when it is told to: its fate will not be known. */
  private abandon(): void {
    if (!this.running) return;
    this.abandoned = true;
    if (!this.store.durable) this.drop(this.pending, "shutdown");
  }

  /** Waits for something of the transport's, but not for ever, and whatever it throws. */
  private bounded(work: Promise<void>): Promise<void> {
    return bounded(work, CLOSE_TIMEOUT_MS, this.options.runtime, (error) => {
      const message = error instanceof Error ? error.name : "unknown error";
      this.options.onRefusal({ kind: "rejected", reason: "transport_failed", message });
    });
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
    while (this.mayRun() && this.store.size > 0 && this.isDue()) {
      const batch = this.store.take(this.options.batch);
      this.settle(await this.deliver(batch));
      this.wake();
    }
    this.running = false;
    this.wake();
    if (this.pending === 0) this.options.onPendingChange();
    if (this.store.size > 0 && !this.closed && !this.abort.signal.aborted) this.sendLater();
  }

  private sendLater(): void {
    const { batch, runtime } = this.options;
    const delayMs = Math.max(batch.flushIntervalMs, this.haltedUntilMs - runtime.now());
    this.timer ??= runtime.schedule(() => this.want(this.recorded), delayMs);
  }

  private mayRun(): boolean {
    return !this.halted && !this.closed && !this.abort.signal.aborted;
  }

  private isDue(): boolean {
    return this.settled < this.wanted || this.isFull();
  }

  private isFull(): boolean {
    const { batch } = this.options;
    return this.store.size >= batch.maxRecords || this.store.bytes >= batch.maxBytes;
  }

  private async deliver(batch: Batch): Promise<Tally> {
    const { transport, onRefusal } = this.options;
    try {
      return await deliver(batch, transport, this.abort.signal, onRefusal, this.store.durable);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      onRefusal({ kind: "rejected", reason: "transport_failed", message });
      return { sent: 0, dropped: new Map([["transport_failed", batch.records.length]]), kept: undefined };
    }
  }

  private settle(tally: Tally): void {
    if (this.abandoned) return;
    this.sent += tally.sent;
    for (const [reason, count] of tally.dropped) this.drop(count, reason);
    this.store.settle(tally.kept?.batch);
    this.keyRefused = tally.kept?.why === "unauthorized" || (this.keyRefused && tally.sent === 0);
    if (tally.kept === undefined) return;
    if (tally.kept.why === "unauthorized") this.haltFor(UNAUTHORIZED_PAUSE_MS);
    if (tally.kept.why === "unreachable") this.haltFor(UNREACHABLE_PAUSE_MS);
    if (tally.kept.why !== "unauthorized") this.wanted = 0;
  }

  private haltFor(pauseMs: number): void {
    this.haltedUntilMs = this.options.runtime.now() + pauseMs;
  }

  /** Records of an earlier process are due at once: they have waited for long enough. */
  private recover(count: number): void {
    if (count === 0) return;
    this.recorded += count;
    this.recovered += count;
    this.wanted = Math.max(this.wanted, this.recorded);
    this.options.onPendingChange();
    if (!this.running) this.sendLater();
  }

  private drop(count: number, reason: DropReason): void {
    if (count === 0) return;
    this.dropped += count;
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + count);
    this.options.onDrop(count, reason);
  }

  /** While nothing may be sent, nobody is kept waiting. */
  private wake(): void {
    this.waiters.wake(this.halted ? Number.POSITIVE_INFINITY : this.settled);
  }
}
