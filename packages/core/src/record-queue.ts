import type { QueueLimits, RecordStore, StoreEvents } from "./record-store.ts";
import type { Batch } from "./transport/transport.ts";

/** Records that wait in memory. Bounded: what does not fit pushes out the oldest. */
export class RecordQueue implements RecordStore {
  readonly durable: boolean = false;
  readonly maxRecordBytes: number;
  private records: Uint8Array[] = [];
  private head = 0;
  private byteCount = 0;
  private readonly limits: QueueLimits;
  private readonly events: Pick<StoreEvents, "drop">;

  constructor(limits: QueueLimits, events: Pick<StoreEvents, "drop">) {
    this.limits = limits;
    this.events = events;
    this.maxRecordBytes = limits.maxBytes;
  }

  get size(): number {
    return this.records.length - this.head;
  }

  get bytes(): number {
    return this.byteCount;
  }

  start(): void {
    // Nothing outlives a process in memory.
  }

  push(record: Uint8Array): void {
    this.records.push(record);
    this.byteCount += record.length;
    let dropped = 0;
    while (this.size > 1 && (this.size > this.limits.maxRecords || this.byteCount > this.limits.maxBytes)) {
      this.shift();
      dropped += 1;
    }
    if (dropped > 0) this.events.drop(dropped, "queue_overflow");
  }

  take(limits: QueueLimits): Batch {
    const records: Uint8Array[] = [];
    let bytes = 0;
    while (records.length < limits.maxRecords) {
      const next = this.records[this.head];
      if (next === undefined || !fits(next.length, { records, bytes }, limits)) break;
      records.push(next);
      bytes += next.length;
      this.shift();
    }
    return { records, bytes };
  }

  settle(kept: Batch | undefined): void {
    if (kept === undefined) return;
    this.records = [...kept.records, ...this.records.slice(this.head)];
    this.head = 0;
    this.byteCount += kept.bytes;
  }

  close(): number {
    const count = this.size;
    this.records = [];
    this.head = 0;
    this.byteCount = 0;
    return count;
  }

  private shift(): void {
    this.byteCount -= this.records[this.head]?.length ?? 0;
    this.head += 1;
    // Moves the rest down once half of the list is gone, so that taking stays cheap.
    if (this.head > 64 && this.head * 2 > this.records.length) {
      this.records = this.records.slice(this.head);
      this.head = 0;
    }
  }
}

/** True where a record of so many bytes may join a batch. One byte more for each record: the comma, or the bracket. */
export function fits(recordBytes: number, batch: Batch, limits: QueueLimits): boolean {
  const { length } = batch.records;
  if (length === 0) return true;
  return length < limits.maxRecords && batch.bytes + recordBytes + length + 2 <= limits.maxBytes;
}
