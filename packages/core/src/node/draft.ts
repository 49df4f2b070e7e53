import { fits } from "../record-queue.ts";
import type { QueueLimits } from "../record-store.ts";
import type { Batch } from "../transport/transport.ts";

/** A batch while it is put together, which knows for each record where it came from. */
export class Draft<Origin> implements Batch {
  readonly records: Uint8Array[] = [];
  readonly origins: Origin[] = [];
  bytes = 0;
  private readonly limits: QueueLimits;

  constructor(limits: QueueLimits) {
    this.limits = limits;
  }

  get roomRecords(): number {
    return Math.max(0, this.limits.maxRecords - this.records.length);
  }

  get roomBytes(): number {
    return Math.max(0, this.limits.maxBytes - this.bytes);
  }

  /** Adds a record; answers `false` where it does not fit any more. */
  add(record: Uint8Array, origin: Origin): boolean {
    if (!fits(record.length, this, this.limits)) return false;
    this.records.push(record);
    this.origins.push(origin);
    this.bytes += record.length;
    return true;
  }
}
