import { basename, dirname, join } from "node:path";
import type { QueueLimits, StoreEvents } from "../record-store.ts";
import type { Batch } from "../transport/transport.ts";
import { Adopter, renamed } from "./adopter.ts";
import { Claim } from "./claim.ts";
import { Draft } from "./draft.ts";
import { FRAME_OVERHEAD_BYTES } from "./frame.ts";
import { osErrorCode } from "./os-error.ts";
import { makeRoom } from "./room.ts";
import { type Origin, Segment } from "./segment.ts";
import { formatSegmentName, type SegmentFile } from "./segment-name.ts";
import { syncDirectory } from "./sync-directory.ts";

/** Settings of one client's part of a spool directory. */
export interface DiskSettings {
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

/**
 * Records in segments of one client, oldest first. A segment is sealed when it is read: so it holds about a batch while the
 * server keeps up, and goes as a whole when that is accepted. Methods throw what the operating system says, where noted.
 */
export class DiskQueue {
  readonly claim: Claim;
  private readonly settings: DiskSettings;
  private readonly events: StoreEvents;
  private readonly adopter: Adopter;
  private segments: Segment[] = [];
  private taken: readonly Origin[] = [];
  private sequence = 0;

  constructor(settings: DiskSettings, events: StoreEvents) {
    this.settings = settings;
    this.events = events;
    this.claim = new Claim(settings.directory, settings.now);
    this.adopter = new Adopter(settings, this.claim, events);
  }

  get size(): number {
    return this.segments.reduce((sum, segment) => sum + segment.waiting, 0);
  }

  get bytes(): number {
    return this.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** @throws what the operating system says; then the record is not taken */
  push(record: Uint8Array): void {
    if (this.claim.isLate) this.beat();
    const neededBytes = record.length + FRAME_OVERHEAD_BYTES;
    let tail = this.segments.at(-1);
    if (tail !== undefined && tail.size + neededBytes > this.settings.segmentBytes) tail.seal();
    if (tail === undefined || tail.isSealed) tail = this.begin(neededBytes);
    if (tail === undefined) return this.events.drop(1, "queue_overflow");
    try {
      tail.append(record, this.settings.syncs ? (error) => this.tell("bring spans to the medium", error) : undefined);
    } finally {
      if (tail.waiting === 0 && tail.out === 0) this.remove(tail);
    }
  }

  take(limits: QueueLimits): Batch {
    const draft = new Draft<Origin>(limits);
    for (const segment of this.segments) {
      if (draft.roomRecords === 0) break;
      if (segment.waiting > 0 && !this.takeFrom(segment, draft)) break;
    }
    this.taken = draft.origins;
    return draft;
  }

  /** The last `kept` records of the batch wait on; the fate of the others is known. */
  settle(kept: number): void {
    const settled = this.taken.slice(0, this.taken.length - kept);
    for (const origin of settled) origin.segment.settle(origin);
    for (const origin of this.taken.slice(settled.length).toReversed()) origin.segment.putBack(origin);
    this.taken = [];
    const touched = new Set(settled.map((origin) => origin.segment));
    for (const segment of touched) {
      if (segment.isDone) this.remove(segment);
      else this.attempt("note what was sent", () => segment.saveProgress());
    }
  }

  /** Takes over segments that nobody owns any more, unless enough waits here as it is. */
  adopt(): void {
    if (this.bytes >= this.settings.segmentBytes) return;
    this.attempt("look for spans of earlier processes", () => {
      const adopted = this.adopter.adopt((file) => this.pathFor(file.createdMs, file.destination));
      if (adopted.length === 0) return;
      this.segments.at(-1)?.seal();
      this.segments.push(...adopted);
    });
  }

  /** Goes on where the last look found more than it took. */
  adoptMore(): void {
    if (this.adopter.sawMore) this.adopt();
  }

  /** A client that is made for one request, and never closed, leaves no file behind. */
  releaseIfIdle(): void {
    if (this.segments.length === 0) this.attempt("release the claim on the spool", () => this.claim.release());
  }

  /** Says that this client is alive. Where others took it for dead, what they have taken is theirs now. */
  beat(): void {
    this.attempt("keep the claim on the spool", () => {
      const formerId = this.claim.id;
      if (!this.claim.beat()) this.reclaim(formerId);
    });
  }

  /** Leaves what waits to others. */
  close(): void {
    for (const segment of this.segments) segment.close();
    this.attempt("release the claim on the spool", () => this.claim.release());
  }

  private begin(neededBytes: number): Segment | undefined {
    const { directory, segmentBytes, syncs, destination, now } = this.settings;
    this.claim.hold();
    const newBytes = Math.max(segmentBytes, neededBytes);
    if (!makeRoom(newBytes, this.settings, this.claim, (file) => this.overflow(file))) return undefined;
    const segment = new Segment(this.pathFor(Math.trunc(now()), destination), false);
    this.segments.push(segment);
    if (syncs) syncDirectory(directory, (error) => this.tell("bring spans to the medium", error));
    return segment;
  }

  /** Gives up a segment for want of room. Answers `false` for one that is on its way just now. */
  private overflow(file: SegmentFile): boolean {
    if (file.owner !== this.claim.id)
      return this.adopter.discard(file, (other) => this.pathFor(other.createdMs, other.destination));
    const own = this.segments.find((segment) => segment.path === file.path);
    if (own === undefined || own.out > 0) return false;
    this.events.drop(own.waiting, "queue_overflow");
    this.remove(own);
    return true;
  }

  /** Answers `false` once the batch is full. */
  private takeFrom(segment: Segment, draft: Draft<Origin>): boolean {
    segment.isSealed = true;
    try {
      if (!segment.takeInto(draft)) return false;
      if (segment.waiting > 0) this.lose(segment, "damaged records");
    } catch (error) {
      if (osErrorCode(error) === "ENOENT") this.missing(segment);
      else this.lose(segment, osErrorCode(error));
    }
    return true;
  }

  private lose(segment: Segment, why: string): void {
    const { waiting } = segment;
    const message = `${waiting} spans in the spool ${this.settings.directory} are lost (${why})`;
    this.events.diagnose({ code: "spool_damaged", message });
    segment.waiting = 0;
    this.events.drop(waiting, "spool_damaged");
    if (segment.out === 0) this.remove(segment);
  }

  /** Another process took the file away: for want of room, or because it took this client for dead. */
  private missing(segment: Segment): void {
    this.beat();
    if (!this.segments.includes(segment)) return;
    this.events.drop(segment.waiting, "queue_overflow");
    this.remove(segment);
  }

  /** What still lies there is ours again under a new id. What is gone is sent by another process; what is open, by both. */
  private reclaim(formerId: string): void {
    this.claim.hold();
    for (const segment of this.segments) {
      segment.isSealed = true;
      const path = join(dirname(segment.path), basename(segment.path).replace(formerId, this.claim.id));
      if (renamed(segment.path, path)) {
        segment.path = path;
      } else if (segment.isOpen) {
        segment.isDetached = true;
      } else {
        this.events.drop(segment.waiting, "taken_over");
        this.remove(segment);
      }
    }
  }

  private remove(segment: Segment): void {
    this.segments = this.segments.filter((other) => other !== segment);
    this.attempt("remove what was sent", () => segment.remove());
  }

  private pathFor(createdMs: number, destination: string): string {
    this.sequence += 1;
    const name = { createdMs, owner: this.claim.id, sequence: this.sequence, destination };
    return join(this.settings.directory, formatSegmentName(name));
  }

  private attempt(what: string, fn: () => void): void {
    try {
      fn();
    } catch (error) {
      this.tell(what, error);
    }
  }

  private tell(what: string, error: unknown): void {
    const message = `could not ${what} in ${this.settings.directory} (${osErrorCode(error)})`;
    this.events.diagnose({ code: "spool_failed", message });
  }
}
