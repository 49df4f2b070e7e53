import type { RecordKind } from "../record-store.ts";

/** Settings of one client's part of a spool directory. */
export interface DiskSettings {
  /** What the records are, in messages. */
  readonly kind: RecordKind;
  readonly directory: string;
  /** Of the whole directory. */
  readonly maxBytes: number;
  /** From this size on a segment is full. */
  readonly segmentBytes: number;
  /** Records are brought to the medium, not only to the operating system. */
  readonly syncs: boolean;
  /** Digest of where the records go. */
  readonly destination: string;
  /** The wall clock: files carry its times. Milliseconds. */
  readonly now: () => number;
}
