import { renameSync, truncateSync } from "node:fs";
import type { RecordKind, StoreEvents } from "../record-store.ts";
import type { Claim } from "./claim.ts";
import { ignoring, osErrorCode } from "./os-error.ts";
import { maxRecordBytes } from "./room.ts";
import { Segment } from "./segment.ts";
import { type Listing, listDirectory, type SegmentFile } from "./segment-name.ts";

/** Files that one scan takes over at most: it runs on the program's thread. */
const MAX_ADOPTED_FILES = 64;

export interface AdopterSettings {
  readonly kind: RecordKind;
  readonly directory: string;
  /** After so many bytes a scan leaves the rest for the next one. */
  readonly segmentBytes: number;
  /** Of the whole directory. */
  readonly maxBytes: number;
  readonly destination: string;
}

/** Name under which an adopted file goes on. */
export type NewPath = (file: SegmentFile) => string;

/**
 * Takes over segments whose owners are dead. The claim is the renaming: of two who try, one finds the file gone. From then
 * on its records count as recorded here. Methods throw what the operating system says.
 */
export class Adopter {
  /** The last scan left segments for the next one. */
  sawMore = false;
  private readonly settings: AdopterSettings;
  private readonly claim: Claim;
  private readonly events: StoreEvents;

  constructor(settings: AdopterSettings, claim: Claim, events: StoreEvents) {
    this.settings = settings;
    this.claim = claim;
    this.events = events;
  }

  /** Takes over the oldest orphans, and clears away the claims of dead owners that left nothing else. */
  adopt(newPath: NewPath): Segment[] {
    const listing = ignoring(["ENOENT"], () => listDirectory(this.settings.directory));
    this.sawMore = false;
    if (listing === undefined) return [];
    const orphans = this.orphansOf(listing);
    const ours = orphans.filter((file) => file.destination === this.settings.destination);
    if (ours.length < orphans.length) this.tellLeft(orphans.length - ours.length);
    const adopted: Segment[] = [];
    let bytes = 0;
    for (const [index, file] of ours.entries()) {
      this.sawMore = bytes >= this.settings.segmentBytes || index >= MAX_ADOPTED_FILES;
      if (this.sawMore) break;
      const { segment } = this.tryToTakeOver(file, newPath(file));
      if (segment === undefined) continue;
      bytes += segment.foundBytes;
      if (segment.waiting === 0) segment.remove();
      else adopted.push(segment);
    }
    return adopted;
  }

  /**
   * Takes the room of a segment of another client. One that is alive finds it empty, which says why, and counts it itself.
   * Answers `false` where it cannot be done now.
   */
  discard(file: SegmentFile, newPath: NewPath): boolean {
    if (this.claim.isDead(file.owner)) {
      const { segment, isGone } = this.tryToTakeOver(file, newPath(file));
      if (segment !== undefined && segment.waiting > 0) this.events.drop(segment.waiting, "queue_overflow");
      segment?.remove();
      return isGone;
    }
    ignoring(["ENOENT"], () => truncateSync(file.path));
    return true;
  }

  private orphansOf(listing: Listing): SegmentFile[] {
    const withSegments = new Set(listing.segments.map((file) => file.owner));
    const dead = new Set<string>();
    for (const owner of new Set([...withSegments, ...listing.owners])) {
      if (owner === this.claim.id || !this.claim.isDead(owner)) continue;
      if (withSegments.has(owner)) dead.add(owner);
      else this.claim.remove(owner);
    }
    return listing.segments.filter((file) => dead.has(file.owner));
  }

  /** A file that cannot be read now keeps nobody from the others, and stays where it is for the next time. */
  private tryToTakeOver(file: SegmentFile, path: string): { readonly segment?: Segment; readonly isGone: boolean } {
    const segment = new Segment(file.path, true);
    try {
      return this.takeOver(segment, file.owner, path) ? { segment, isGone: true } : { isGone: true };
    } catch (error) {
      this.tell("take over a file", error);
      return { isGone: false };
    } finally {
      segment.close();
    }
  }

  /** Answers `false` where the file is gone. Nothing is changed before it has been read. */
  private takeOver(segment: Segment, owner: string, path: string): boolean {
    this.claim.hold();
    // An owner that was only slow learns by this that it was taken for dead.
    this.claim.remove(owner);
    const damaged = ignoring(["ENOENT"], () => segment.scan(maxRecordBytes(this.settings.maxBytes)));
    if (damaged === undefined || !renamed(segment.path, path)) return false;
    segment.path = path;
    this.events.recover(segment.waiting + damaged);
    if (damaged > 0) {
      const { kind, directory } = this.settings;
      const message = `${damaged} ${kind} of an earlier process are damaged in ${directory}, and lost`;
      this.events.diagnose({ code: "spool_damaged", message });
      this.events.drop(damaged, "spool_damaged");
    }
    this.cutOff(segment);
    return true;
  }

  /** What stays there for now is not read, and goes with the file. */
  private cutOff(segment: Segment): void {
    try {
      segment.cutOff();
    } catch (error) {
      this.tell("cut off what is damaged", error);
    }
  }

  private tell(what: string, error: unknown): void {
    const message = `could not ${what} in ${this.settings.directory} now (${osErrorCode(error)}); it stays there`;
    this.events.diagnose({ code: "spool_failed", message });
  }

  private tellLeft(count: number): void {
    const { kind, directory } = this.settings;
    const what = `${count} files in ${directory} hold ${kind} for another API key or baseURL`;
    const message = `${what}; a process with those sends them, or give fileSpool() the same account for both`;
    this.events.diagnose({ code: "spool_left", message });
  }
}

/** Answers `false` where the file is gone. */
export function renamed(from: string, to: string): boolean {
  const done = ignoring(["ENOENT"], () => {
    renameSync(from, to);
    return true;
  });
  return done === true;
}
