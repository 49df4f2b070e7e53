import type { Batch } from "./transport/transport.ts";

/** Bounds of the queue and of one batch, in records and UTF-8 bytes. */
export interface QueueLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** Encoded records that wait, oldest first. Bounded: what does not fit pushes out the oldest. */
export class RecordQueue {
  private records: Uint8Array[] = [];
  private head = 0;
  private byteCount = 0;
  private readonly limits: QueueLimits;

  constructor(limits: QueueLimits) {
    this.limits = limits;
  }

  get size(): number {
    return this.records.length - this.head;
  }

  get bytes(): number {
    return this.byteCount;
  }

  /** Adds a record; answers how many older ones it pushed out. */
  push(record: Uint8Array): number {
    this.records.push(record);
    this.byteCount += record.length;
    let dropped = 0;
    while (this.size > 1 && (this.size > this.limits.maxRecords || this.byteCount > this.limits.maxBytes)) {
      this.shift();
      dropped += 1;
    }
    return dropped;
  }

  /** Takes the oldest records that fit into one batch; one that is larger than a batch goes alone. */
  take(limits: QueueLimits): Batch {
    const records: Uint8Array[] = [];
    let bytes = 0;
    while (records.length < limits.maxRecords) {
      const next = this.records[this.head];
      // One byte more for each record: the comma, or the bracket.
      if (next === undefined || (records.length > 0 && bytes + next.length + records.length + 2 > limits.maxBytes))
        break;
      records.push(next);
      bytes += next.length;
      this.shift();
    }
    return { records, bytes };
  }

  /** Puts a batch back in front, in its order. */
  putBack(batch: Batch): void {
    this.records = [...batch.records, ...this.records.slice(this.head)];
    this.head = 0;
    this.byteCount += batch.bytes;
  }

  /** Empties the queue; answers how many records it held. */
  clear(): number {
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
