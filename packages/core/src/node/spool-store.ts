import { RecordQueue } from "../record-queue.ts";
import type { QueueLimits, RecordStore, StoreEvents } from "../record-store.ts";
import type { Batch } from "../transport/transport.ts";
import { DiskQueue } from "./disk-queue.ts";
import type { DiskSettings } from "./disk-settings.ts";
import { osErrorCode } from "./os-error.ts";
import { maxRecordBytes } from "./room.ts";

/** What is moved from memory to disk at a time, once that works again: it runs on the program's thread. */
const MOVED_BYTES = 4_194_304;
const ONE_RECORD: QueueLimits = { maxRecords: 1, maxBytes: 1 };

/**
 * Records on disk, and in memory while the disk takes nothing. What waits in memory is younger than what waits on disk:
 * it is moved there, in order, before anything else is written.
 */
export class SpoolStore implements RecordStore {
  readonly maxRecordBytes: number;
  isClosed = false;
  private readonly disk: DiskQueue;
  private readonly memory: RecordQueue;
  private readonly events: StoreEvents;
  private readonly settings: DiskSettings;
  private batchIsFrom: "disk" | "memory" = "disk";
  private isOut = false;
  /** The disk took nothing when it was last asked; it is asked again with the next tick. */
  private diskFails = false;

  constructor(settings: DiskSettings, memory: QueueLimits, events: StoreEvents) {
    this.disk = new DiskQueue(settings, events);
    this.memory = new RecordQueue(memory, events);
    this.events = events;
    this.settings = settings;
    this.maxRecordBytes = maxRecordBytes(settings.maxBytes);
  }

  get size(): number {
    return this.disk.size + this.memory.size;
  }

  get bytes(): number {
    return this.disk.bytes + this.memory.bytes;
  }

  get durable(): boolean {
    return this.isOut ? this.batchIsFrom === "disk" : this.memory.size === 0;
  }

  start(): void {
    this.disk.adopt();
  }

  push(record: Uint8Array): void {
    if (!this.diskFails && !this.memoryIsUsed && this.pushToDisk(record)) return;
    this.memory.push(record);
  }

  take(limits: QueueLimits): Batch {
    this.isOut = true;
    this.batchIsFrom = "disk";
    const batch = this.disk.take(limits);
    if (batch.records.length > 0 || this.memory.size === 0) return batch;
    this.batchIsFrom = "memory";
    return this.memory.take(limits);
  }

  settle(kept: Batch | undefined): void {
    this.isOut = false;
    if (this.batchIsFrom === "disk") this.disk.settle(kept?.records.length ?? 0);
    else this.memory.settle(kept);
    if (!this.memoryIsUsed) this.disk.adoptMore();
    this.disk.releaseIfIdle();
  }

  /** What has to be done every now and then. */
  tick(): void {
    this.disk.beat();
    this.diskFails = false;
    this.moveToDisk();
    if (!this.memoryIsUsed) this.disk.adopt();
    this.disk.releaseIfIdle();
  }

  close(): number {
    this.isClosed = true;
    this.diskFails = false;
    this.moveToDisk();
    this.disk.close();
    return this.memory.close();
  }

  private get batchOfMemoryIsOut(): boolean {
    return this.isOut && this.batchIsFrom === "memory";
  }

  /** Something older than the next record is in memory, or may come back to it. */
  private get memoryIsUsed(): boolean {
    return this.memory.size > 0 || this.batchOfMemoryIsOut;
  }

  private moveToDisk(): void {
    if (this.batchOfMemoryIsOut) return;
    for (let movedBytes = 0; this.memory.size > 0 && movedBytes < MOVED_BYTES; ) {
      const next = this.memory.take(ONE_RECORD);
      const [record] = next.records;
      if (record === undefined) return;
      if (!this.pushToDisk(record)) return this.memory.settle(next);
      movedBytes += next.bytes;
    }
  }

  private pushToDisk(record: Uint8Array): boolean {
    try {
      this.disk.push(record);
      return true;
    } catch (error) {
      this.diskFails = true;
      const { kind, directory } = this.settings;
      const what = `the spool ${directory} takes no ${kind} now (${osErrorCode(error)})`;
      const message = `${what}; what waits in memory is lost with the process`;
      this.events.diagnose({ code: "spool_failed", message });
      return false;
    }
  }
}
