import { join } from "node:path";
import type { QueueLimits, StoreEvents } from "../record-store.ts";
import type { Batch, DropReason } from "../transport/transport.ts";
import { Adopter } from "./adopter.ts";
import { Claim } from "./claim.ts";
import type { DiskSettings } from "./disk-settings.ts";
import { Draft } from "./draft.ts";
import { removeFile } from "./file-bytes.ts";
import { osErrorCode } from "./os-error.ts";
import { moveToOwner } from "./own-files.ts";
import { makeRoom, roomFor } from "./room.ts";
import { type Origin, Segment } from "./segment.ts";
import { formatSegmentName, type SegmentFile } from "./segment-name.ts";
import { syncDirectory } from "./sync-directory.ts";

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
  /** The claim that was lost, until what is left under it is ours again. */
  private former: { readonly id: string; readonly how: "taken" | "removed" } | undefined;

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
    let tail = this.segments.at(-1);
    if (tail !== undefined && tail.sizeWith(record) > this.settings.segmentBytes) tail.seal();
    if (tail === undefined || tail.isSealed) tail = this.begin();
    try {
      tail.create();
      if (!this.hasRoom(tail, tail.sizeWith(record))) return this.events.drop(1, "queue_overflow");
      tail.append(
        record,
        this.settings.syncs ? (error) => this.tell(`bring ${this.settings.kind} to the medium`, error) : undefined,
      );
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
    const back = this.taken.slice(settled.length).toReversed();
    this.loseGone(back);
    for (const origin of back) if (this.has(origin)) origin.segment.putBack(origin);
    const touched = new Set(settled.filter((origin) => this.has(origin)).map((origin) => origin.segment));
    this.taken = [];
    for (const segment of touched) {
      if (segment.isDone) this.remove(segment);
      else this.attempt("note what was sent", () => segment.saveProgress());
    }
  }

  /** Takes over segments that nobody owns any more, unless enough waits here as it is. */
  adopt(): void {
    if (this.bytes >= this.settings.segmentBytes) return;
    this.attempt(`look for ${this.settings.kind} of earlier processes`, () => {
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
      const { id } = this.claim;
      const how = this.claim.beat();
      if (how !== "held") this.former = { id, how };
      if (this.former !== undefined) this.reclaim(this.former);
    });
  }

  /** Leaves what waits to others, and gives up what no longer lies there. */
  close(): void {
    this.loseGone(this.taken);
    for (const segment of this.segments) {
      segment.close();
      if (segment.goneFor !== undefined) this.giveUp(segment, segment.goneFor);
    }
    this.attempt("release the claim on the spool", () => this.claim.release());
  }

  private begin(): Segment {
    const { directory, syncs, destination, now } = this.settings;
    this.claim.hold();
    const segment = new Segment(this.pathFor(Math.trunc(now()), destination), false);
    this.segments.push(segment);
    if (syncs) syncDirectory(directory, (error) => this.tell(`bring ${this.settings.kind} to the medium`, error));
    return segment;
  }

  private hasRoom(segment: Segment, size: number): boolean {
    if (size <= segment.roomBytes) return true;
    const growing = { path: segment.path, roomBytes: roomFor(size, this.settings.segmentBytes) };
    const sizes = new Map(this.segments.map(({ path, size: bytes }) => [path, bytes]));
    const own = {
      sizeOf: (file: SegmentFile) => sizes.get(file.path),
      giveUp: (file: SegmentFile) => this.overflow(file),
    };
    if (!makeRoom(growing, this.settings, this.claim, own)) return false;
    segment.roomBytes = growing.roomBytes;
    return true;
  }

  /** Gives up a segment for want of room. What of it is on its way is lost only where it does not arrive. */
  private overflow(file: SegmentFile): boolean {
    if (file.owner !== this.claim.id)
      return this.adopter.discard(file, (other) => this.pathFor(other.createdMs, other.destination));
    const own = this.segments.find((segment) => segment.path === file.path);
    if (own === undefined) removeFile(file.path);
    else this.giveUp(own, "queue_overflow");
    return true;
  }

  /** Answers `false` once the batch is full. What cannot be read now is left for the next time. */
  private takeFrom(segment: Segment, draft: Draft<Origin>): boolean {
    segment.isSealed = true;
    try {
      if (!segment.takeInto(draft)) return false;
      if (segment.waiting > 0) this.loseRest(segment);
    } catch (error) {
      if (osErrorCode(error) === "ENOENT") this.missing(segment);
      else this.tell("read spans, which wait on,", error);
    }
    return true;
  }

  /** Records that should be in a file and are not. */
  private loseRest(segment: Segment): void {
    if (segment.isEmptied) return this.giveUp(segment, "queue_overflow");
    const { waiting } = segment;
    segment.waiting = 0;
    this.loseDamaged(waiting, "damaged records");
    if (segment.out === 0) this.remove(segment);
  }

  /** Others took the file away: they took this client for dead, or somebody removed it. */
  private missing(segment: Segment): void {
    this.beat();
    if (this.segments.includes(segment)) this.loseRemoved([segment]);
  }

  /** What still lies there is ours again under a new id. What others took they send; what is open, both send. */
  private reclaim(former: { readonly id: string; readonly how: "taken" | "removed" }): void {
    this.claim.hold();
    const missing = moveToOwner(this.segments, former.id, this.claim.id);
    this.former = undefined;
    for (const segment of missing) segment.goneFor = former.how === "taken" ? "taken_over" : "spool_damaged";
    const lost = missing.filter((segment) => !segment.isOpen);
    if (former.how === "removed") this.loseRemoved(lost);
    else for (const segment of lost) this.giveUp(segment, "taken_over");
  }

  private loseRemoved(segments: readonly Segment[]): void {
    const count = segments.reduce((sum, segment) => sum + segment.waiting, 0);
    for (const segment of segments) {
      segment.waiting = 0;
      this.giveUp(segment, "spool_damaged");
    }
    if (count > 0) this.loseDamaged(count, "somebody removed their files");
  }

  private loseDamaged(count: number, why: string): void {
    const message = `${count} ${this.settings.kind} in the spool ${this.settings.directory} are lost (${why})`;
    this.events.diagnose({ code: "spool_damaged", message });
    this.events.drop(count, "spool_damaged");
  }

  /** What waits is lost, and what is on its way where it comes back. */
  private giveUp(segment: Segment, reason: DropReason): void {
    if (segment.waiting > 0) this.events.drop(segment.waiting, reason);
    this.remove(segment);
    segment.goneFor = reason;
  }

  /** Records of a batch whose files were given up meanwhile. */
  private loseGone(origins: readonly Origin[]): void {
    for (const origin of origins) {
      if (!this.has(origin)) this.events.drop(1, origin.segment.goneFor ?? "spool_damaged");
    }
  }

  private has({ segment }: Origin): boolean {
    return this.segments.includes(segment);
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
