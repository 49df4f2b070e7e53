import { type Delivering, deliver, type RefusalListener, type Tally } from "./deliver.ts";
import { DeliveryBooks, type DeliveryReport } from "./delivery-books.ts";
import type { Diagnostic } from "./diagnostics.ts";
import { bounded, FlushWaiters } from "./flush-waiters.ts";
import type { QueueLimits, RecordStore, StoreEvents } from "./record-store.ts";
import type { Runtime, Timer } from "./runtime.ts";
import { SendingPause } from "./sending-pause.ts";
import { Suspects } from "./suspects.ts";
import type { Batch, DropReason, Transport } from "./transport/transport.ts";

/** What the exporter needs to know and to reach. */
export interface ExporterOptions {
  readonly batch: QueueLimits & { readonly flushIntervalMs: number };
  /** Opens the store in which records wait. */
  readonly store: (events: StoreEvents) => RecordStore;
  readonly transport: Transport;
  /** How a batch is delivered; `deliver` where not given. */
  readonly delivering?: Delivering;
  /** How long a batch may take over all attempts. */
  readonly deadlineMs: number;
  readonly runtime: Runtime;
  readonly onRefusal: RefusalListener;
  readonly onDrop: (count: number, reason: DropReason) => void;
  /** Told of what the store has to say. */
  readonly onDiagnostic: (diagnostic: Diagnostic) => void;
  /** Called when nothing is pending any more, and when something is that was not recorded here. */
  readonly onPendingChange: () => void;
}

/** How long at least what an interrupted request carried waits: a process that ends sends nothing a second time. */
const RESUME_DELAY_MS = 1_000;
/** How long the end of a request, and of a transport, is waited for at shutdown. */
const CLOSE_TIMEOUT_MS = 500;

/** Owns the store, the timer and the flush. One request at a time; what is recorded during one goes with the next. */
export class Exporter {
  private readonly options: ExporterOptions;
  private readonly store: RecordStore;
  private readonly books = new DeliveryBooks();
  private abort = new AbortController();
  /** How many came into the store, and how many of these are sent or dropped: they go in the order in which they came. */
  private stored = 0;
  private settled = 0;
  /** Everything up to this count of stored records is wanted out now. */
  private wanted = 0;
  private timer: Timer | undefined;
  private running = false;
  private pump: Promise<void> = Promise.resolve();
  private readonly waiters: FlushWaiters;
  private readonly pause: SendingPause;
  /** Since when the server has failed on all that it was sent. */
  private failingSinceMs: number | undefined;
  private readonly suspects = new Suspects();
  /** Since when the first of the waiting records waits. */
  private waitingSinceMs: number | undefined;
  private closed = false;
  /** The batch that is out is given up: what becomes of it counts no more. */
  private abandoned = false;
  private ending: Promise<DeliveryReport> | undefined;

  constructor(options: ExporterOptions) {
    this.options = options;
    this.waiters = new FlushWaiters(options.runtime);
    this.pause = new SendingPause(options.runtime);
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
    return this.books.pending;
  }

  /** How many of the recorded ones come from an earlier process. */
  get recovered(): number {
    return this.books.recovered;
  }

  /** Bytes of what waits, without those of the batch that is out. */
  get waitingBytes(): number {
    return this.store.bytes;
  }

  /** What is pending outlives the process. */
  get keepsPending(): boolean {
    return this.store.durable;
  }

  report(): DeliveryReport {
    return this.books.report();
  }

  /** Takes one encoded record. Returns at once; sends later. */
  enqueue(record: Uint8Array): void {
    if (this.closed) return this.lose("shutdown");
    if (record.length > this.store.maxRecordBytes) return this.loseTooLarge(record);
    this.books.record();
    this.stored += 1;
    this.waitingSinceMs ??= this.options.runtime.now();
    this.store.push(record);
    if (this.isFull()) this.want(this.settled + 1);
    else this.sendLater();
  }

  /** Counts a span that never became a record. */
  lose(reason: DropReason): void {
    this.books.record();
    this.count(1, reason);
  }

  private loseTooLarge(record: Uint8Array): void {
    this.lose("too_large");
    const message = `a span of ${record.length} bytes is larger than what may wait (${this.store.maxRecordBytes})`;
    this.options.onDiagnostic({ code: "dropped", message });
  }

  /** Waits until all that was recorded before the call is sent or dropped, or the time is over. Never rejects. */
  async flush(timeoutMs: number): Promise<DeliveryReport> {
    const target = this.stored;
    if (this.settled < target && !this.closed) {
      this.pause.lift();
      this.want(target);
      this.options.transport.wake?.();
      const settled = this.waiters.settles(target, timeoutMs);
      this.wake();
      await settled;
    }
    return this.report();
  }

  /** Calls off the request that is under way, so that it holds no process. Should the process go on, it is sent later. */
  async interrupt(): Promise<void> {
    this.abort.abort(new Error("the process ends"));
    await this.pump;
    this.abort = new AbortController();
    if (this.running || this.closed || this.store.size === 0) return;
    this.waitingSinceMs = this.options.runtime.now();
    this.sendLater(RESUME_DELAY_MS);
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
    this.drop(this.store.close(), this.pause.keyRefused ? "unauthorized" : "shutdown");
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
    if (!this.store.durable) this.drop(this.pending - this.store.size, "shutdown");
  }

  /** Waits for something of the transport's, but not for ever, and whatever it throws. */
  private bounded(work: Promise<void>): Promise<void> {
    return bounded(work, CLOSE_TIMEOUT_MS, this.options.runtime, (error) => {
      const message = error instanceof Error ? error.name : "unknown error";
      this.options.onRefusal({ kind: "rejected", reason: "transport_failed", message });
    });
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
      if (this.store.size === 0) this.waitingSinceMs = undefined;
      this.settle(await this.deliver(batch));
      // What waits cannot be read now.
      if (batch.records.length === 0 && this.store.size > 0) this.pause.beginLonger();
      this.wake();
    }
    this.running = false;
    this.wake();
    if (this.pending === 0) this.options.onPendingChange();
    if (this.store.size > 0 && !this.closed && !this.abort.signal.aborted) this.sendLater();
  }

  private sendLater(atLeastMs = 0): void {
    const { batch, runtime } = this.options;
    const nowMs = runtime.now();
    const dueMs = (this.waitingSinceMs ?? nowMs) + batch.flushIntervalMs;
    const delayMs = Math.max(atLeastMs, dueMs - nowMs, this.pause.remainingMs);
    this.timer ??= runtime.schedule(() => this.want(this.stored), delayMs);
  }

  private mayRun(): boolean {
    return !this.pause.isOn && !this.closed && !this.abort.signal.aborted;
  }

  private isDue(): boolean {
    return this.settled < this.wanted || this.isFull();
  }

  private isFull(): boolean {
    const { batch } = this.options;
    return this.store.size >= batch.maxRecords || this.store.bytes >= batch.maxBytes;
  }

  private async deliver(batch: Batch): Promise<Tally> {
    const { transport, delivering = deliver, onRefusal, deadlineMs, runtime } = this.options;
    const { suspects } = this;
    const { signal } = this.abort;
    const [isDurable, othersWait, now] = [this.store.durable, this.store.size > 0, (): number => runtime.now()];
    try {
      const options = { transport, signal, onRefusal, suspects, now, deadlineMs, isDurable, othersWait };
      return await delivering(batch, options);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      onRefusal({ kind: "rejected", reason: "transport_failed", message });
      const dropped = new Map<DropReason, number>([["transport_failed", batch.records.length]]);
      return { sent: 0, dropped, kept: undefined, postponed: [] };
    }
  }

  private settle(tally: Tally): void {
    if (this.abandoned) return;
    this.books.send(tally.sent);
    this.settled += tally.sent;
    for (const [reason, count] of tally.dropped) this.drop(count, reason);
    // In this order: on disk, a record is in its new place before it leaves the old one.
    for (const record of tally.postponed) this.store.push(record);
    this.store.settle(this.stillKept(tally));
    this.pause.after(tally);
    if (tally.kept !== undefined && tally.kept.why !== "untried" && !this.pause.keyRefused) this.wanted = 0;
  }

  /** What waits on in front. In memory nothing waits for longer than the deadline on a server that fails on everything. */
  private stillKept({ sent, kept }: Tally): Batch | undefined {
    const nowMs = this.options.runtime.now();
    if (sent > 0 || kept?.why !== "failing") this.failingSinceMs = undefined;
    if (kept?.why !== "failing") return kept?.batch;
    this.failingSinceMs ??= nowMs;
    if (this.store.durable || nowMs - this.failingSinceMs < this.options.deadlineMs) return kept.batch;
    this.failingSinceMs = undefined;
    this.drop(kept.batch.records.length, "retries_exhausted");
    this.options.onRefusal({ kind: "rejected", reason: "retries_exhausted", message: "fails on every record" });
    return undefined;
  }

  /** Records of an earlier process are due at once: they have waited for long enough. */
  private recover(count: number): void {
    if (count === 0) return;
    this.books.recover(count);
    this.stored += count;
    this.wanted = Math.max(this.wanted, this.stored);
    this.options.onPendingChange();
    if (!this.running) this.sendLater();
  }

  /** Loses records that were stored. */
  private drop(count: number, reason: DropReason): void {
    this.settled += count;
    this.count(count, reason);
  }

  private count(count: number, reason: DropReason): void {
    if (count === 0) return;
    this.books.drop(count, reason);
    this.options.onDrop(count, reason);
  }

  /** While nothing may be sent, nobody is kept waiting. */
  private wake(): void {
    this.waiters.wake(this.pause.isOn ? Number.POSITIVE_INFINITY : this.settled);
  }
}
