import type { Diagnostic } from "./diagnostics.ts";
import type { Batch, DropReason } from "./transport/transport.ts";

/** Bounds of a store and of one batch, in records and UTF-8 bytes. */
export interface QueueLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** What records say, and so where they go. */
export type RecordKind = "spans" | "feedback";

/** What a store tells its exporter. */
export interface StoreEvents {
  /** Records that waited here are lost. */
  drop(count: number, reason: DropReason): void;
  /** Records of an earlier process wait here from now on. */
  recover(count: number): void;
  diagnose(diagnostic: Diagnostic): void;
}

/** Where encoded records wait, oldest first. None of its methods throws. At most one batch is out at a time. */
export interface RecordStore {
  /** Records that wait, without those of the batch that is out. */
  readonly size: number;
  /** Their UTF-8 bytes. */
  readonly bytes: number;
  /** A record that is larger than this is not taken. */
  readonly maxRecordBytes: number;
  /**
   * The batch that is out, or else all that waits, outlives the process: a batch that could not be delivered waits on then
   * instead of being given up.
   */
  readonly durable: boolean;
  /** Begins to look for records of earlier processes. */
  start(): void;
  /** Adds a record behind the others. What no longer fits is told as dropped, the oldest first. */
  push(record: Uint8Array): void;
  /**
   * Takes the oldest records that fit into one batch; one that is larger than a batch goes alone. Empty, too, where what
   * waits cannot be read now.
   */
  take(limits: QueueLimits): Batch;
  /** Ends what `take` began: `kept`, the last records of that batch, waits on in front; the fate of the rest is known. */
  settle(kept: Batch | undefined): void;
  /** Takes no more; answers how many of the waiting records are lost by that. */
  close(): number;
}

/** A place on disk where records wait, see `fileSpool` of `@portkey-tracing/core/node`. */
export interface Spool {
  /** Opens the place for one client. */
  open(client: SpoolClient): RecordStore;
}

/** What a spool needs to know of the client that uses it. */
export interface SpoolClient {
  readonly events: StoreEvents;
  /** Records of one kind never come to a client that opened the place for the other. */
  readonly kind: RecordKind;
  /** What may wait in memory while the disk takes nothing. */
  readonly memory: QueueLimits;
  /** Where records go: a spool never gives the records of one destination to a client of another. */
  readonly destination: string;
  /** Calls back once, without keeping the process alive. */
  readonly schedule: (callback: () => void, delayMs: number) => unknown;
}
