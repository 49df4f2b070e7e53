import { closeSync, fstatSync, fsync, ftruncateSync, openSync, writeSync } from "node:fs";
import type { DropReason } from "../transport/transport.ts";
import type { Draft } from "./draft.ts";
import { readRange, removeFile, writeWhole } from "./file-bytes.ts";
import { encodeFrame, FRAME_OVERHEAD_BYTES, readFrame } from "./frame.ts";
import { survey } from "./survey.ts";

/** Where a record of a batch came from. */
export interface Origin {
  readonly segment: Segment;
  readonly from: number;
  readonly to: number;
}

const MAGIC = "portkey-spool 1 ";
const PROGRESS_DIGITS = 12;
/** The progress stands there twice: one that is damaged must not pass over records. */
const HEADER_BYTES: number = MAGIC.length + 2 * PROGRESS_DIGITS;
const HEADER: Buffer = Buffer.from(MAGIC + formatProgress(HEADER_BYTES), "latin1");
const MIN_READ_BYTES = 16_384;

/**
 * One file of records, which one client appends to and takes from in order. Its first line says up to where the fate of
 * the records is known, so that whoever reads it after a crash repeats little. Methods throw what the system says.
 */
export class Segment {
  path: string;
  /** Records that can be taken. */
  waiting = 0;
  /** Records that are in a batch. */
  out = 0;
  isSealed: boolean;
  /** Bytes of the file. */
  size = 0;
  /** Up to here it may grow before room is looked for again. */
  roomBytes = 0;
  /** Bytes that the file of an earlier process had when it was scanned. */
  foundBytes = 0;
  /**
   * The file is gone, for this reason: what comes back of a batch is lost. Where it was open it can be read on until it is
   * closed, and nothing is left to remove.
   */
  goneFor: DropReason | undefined;
  private fd: number | undefined;
  private readAt: number = HEADER_BYTES;
  private settledAt: number = HEADER_BYTES;
  private syncing: "no" | "yes" | "again" | "closing" = "no";

  /** A segment that is not there yet, or one to be read with {@link scan}. */
  constructor(path: string, isSealed: boolean) {
    this.path = path;
    this.isSealed = isSealed;
  }

  /** Bytes of the records that can be taken. */
  get bytes(): number {
    return this.waiting === 0 ? 0 : Math.max(0, this.size - this.readAt - this.waiting * FRAME_OVERHEAD_BYTES);
  }

  get isOpen(): boolean {
    return this.fd !== undefined;
  }

  get isDone(): boolean {
    return this.isSealed && this.waiting === 0 && this.out === 0;
  }

  /** True where another client took the room of what waits here. @throws what the system says */
  get isEmptied(): boolean {
    return fstatSync(this.open()).size <= HEADER_BYTES;
  }

  /** Counts what waits in a file of an earlier process. Answers how many records are damaged. */
  scan(maxRecordBytes: number): number {
    const fd = this.open();
    this.foundBytes = fstatSync(fd).size;
    this.readAt = Math.max(HEADER_BYTES, Math.min(readProgress(readRange(fd, 0, HEADER_BYTES)), this.foundBytes));
    this.settledAt = this.readAt;
    const { records, damaged, end } = survey({ fd, from: this.readAt, to: this.foundBytes, maxRecordBytes });
    this.waiting = records;
    this.size = end;
    return damaged;
  }

  /** Cuts off what no client can have written, where a scan found that. */
  cutOff(): void {
    if (this.size < this.foundBytes) ftruncateSync(this.open(), this.size);
  }

  /** Makes the file, which takes no room yet, for all who look at the directory to see. */
  create(): number {
    this.fd ??= openSync(this.path, "wx+", 0o600);
    return this.fd;
  }

  /** Bytes of the file with one more record. */
  sizeWith(record: Uint8Array): number {
    return (this.size || HEADER_BYTES) + record.length + FRAME_OVERHEAD_BYTES;
  }

  /**
   * Writes a record behind the others. What could be written of it only in part is cut off again. With `onSyncError` it is
   * brought to the medium as well, soon.
   */
  append(record: Uint8Array, onSyncError?: (error: unknown) => void): void {
    const fd = this.create();
    const frame = encodeFrame(record);
    const bytes = this.size > 0 ? frame : Buffer.concat([HEADER, frame]);
    try {
      writeWhole(fd, bytes, this.size);
    } catch (error) {
      this.isSealed = true;
      ftruncateSync(fd, this.size);
      throw error;
    }
    this.size += bytes.length;
    this.waiting += 1;
    if (onSyncError !== undefined) this.sync(onSyncError);
  }

  /** Nothing is appended any more, nor read for a while. One that is being read stays open. */
  seal(): void {
    if (this.isSealed) return;
    this.isSealed = true;
    this.close();
  }

  /** Moves records into a batch. Answers `false` once the batch is full. What is damaged is passed over. */
  takeInto(draft: Draft<Origin>): boolean {
    const fd = this.open();
    let wantedBytes = this.guessBytes(draft);
    while (this.readAt < this.size) {
      const from = this.readAt;
      const bytes = readRange(fd, from, Math.min(wantedBytes, this.size - from));
      const isEnd = bytes.length < wantedBytes || from + bytes.length >= this.size;
      if (!this.moveInto(draft, bytes, isEnd)) return false;
      // Bytes that the file should have and has not are lost with what they held.
      if (bytes.length === 0) this.readAt = this.size;
      if (this.readAt === from) wantedBytes = this.size - from;
    }
    return true;
  }

  /** The fate of a taken record is known. */
  settle(origin: Origin): void {
    this.out -= 1;
    this.settledAt = origin.to;
  }

  /** Puts taken records back; the first one of them is the one to call this with last. */
  putBack(origin: Origin): void {
    this.out -= 1;
    this.waiting += 1;
    this.readAt = origin.from;
  }

  /** Writes down what is settled. */
  saveProgress(): void {
    if (this.fd === undefined || this.settledAt <= HEADER_BYTES) return;
    writeSync(this.fd, formatProgress(this.settledAt), MAGIC.length, "latin1");
  }

  /** Removes the file, if it is still there. */
  remove(): void {
    this.waiting = 0;
    this.close();
    if (this.goneFor === undefined) removeFile(this.path);
  }

  close(): void {
    if (this.fd === undefined) return;
    // A number that is closed may belong to another file a moment later: not while the system still works on it.
    if (this.syncing === "no") closeSync(this.fd);
    else this.syncing = "closing";
    this.fd = undefined;
  }

  private moveInto(draft: Draft<Origin>, bytes: Buffer, isEnd: boolean): boolean {
    const from = this.readAt;
    for (let at = 0; at < bytes.length; at = this.readAt - from) {
      const frame = readFrame(bytes, at, isEnd);
      if (frame.kind === "partial") break;
      if (frame.kind === "record") {
        const origin = { segment: this, from: from + at, to: from + frame.next };
        if (!draft.add(bytes.subarray(frame.start, frame.end), origin)) return false;
        this.waiting -= 1;
        this.out += 1;
      }
      this.readAt = from + frame.next;
    }
    return true;
  }

  /** Reads about as much as the batch has room for: small records fill it before its bytes are used up. */
  private guessBytes(draft: Draft<Origin>): number {
    const average = (this.size - this.readAt) / Math.max(1, this.waiting);
    const wanted = Math.ceil(average * (draft.roomRecords + 1));
    return Math.max(MIN_READ_BYTES, Math.min(wanted, draft.roomBytes + FRAME_OVERHEAD_BYTES));
  }

  private open(): number {
    this.fd ??= openSync(this.path, "r+");
    return this.fd;
  }

  /** Has the system write it to the medium, beside the program; once more if more came meanwhile. */
  private sync(onError: (error: unknown) => void): void {
    if (this.syncing !== "no") {
      this.syncing = "again";
      return;
    }
    const fd = this.open();
    this.syncing = "yes";
    fsync(fd, (error) => {
      const next = this.syncing;
      this.syncing = "no";
      if (next === "closing") closeSync(fd);
      else if (next === "again" && error === null) this.sync(onError);
      if (error !== null) onError(error);
    });
  }
}

/** Where the fate of the records is known up to. A first line that cannot be read costs a repetition, nothing else. */
function readProgress(bytes: Buffer): number {
  if (bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) return HEADER_BYTES;
  const text = bytes.toString("latin1", MAGIC.length, HEADER_BYTES);
  const progress = Number(text.slice(0, PROGRESS_DIGITS));
  return text === formatProgress(progress) ? progress : HEADER_BYTES;
}

function formatProgress(bytes: number): string {
  return String(bytes).padStart(PROGRESS_DIGITS, "0").repeat(2);
}
