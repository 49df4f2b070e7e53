import type { DropReason } from "./transport/transport.ts";

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

/** What became of all records, in numbers. */
export class DeliveryBooks {
  /** How many of the recorded ones come from an earlier process. */
  recovered = 0;
  private recorded = 0;
  private sent = 0;
  private dropped = 0;
  private readonly reasons = new Map<DropReason, number>();

  get pending(): number {
    return this.recorded - this.sent - this.dropped;
  }

  record(): void {
    this.recorded += 1;
  }

  recover(count: number): void {
    this.recorded += count;
    this.recovered += count;
  }

  send(count: number): void {
    this.sent += count;
  }

  drop(count: number, reason: DropReason): void {
    this.dropped += count;
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + count);
  }

  report(): DeliveryReport {
    const { recorded, sent, dropped, pending } = this;
    return { recorded, sent, dropped, pending, droppedByReason: Object.fromEntries(this.reasons) };
  }
}
