import type { Claim } from "./claim.ts";
import { BLOCK_BYTES, fileBytes, listDirectory, type SegmentFile, wholeBlocks } from "./segment-name.ts";

export interface RoomSettings {
  readonly directory: string;
  readonly maxBytes: number;
  readonly segmentBytes: number;
}

/** A segment that is to grow. It lies in the directory already, so that others who look for room now see it. */
export interface Growing {
  readonly path: string;
  readonly roomBytes: number;
}

/** What a client knows of its own segments. */
export interface OwnSegments {
  /** Bytes of the file; `undefined` for one that is not known. */
  sizeOf(file: SegmentFile): number | undefined;
  /** Gives up one of its own, or takes the room of another's. Answers `false` where that cannot be done now. */
  giveUp(file: SegmentFile): boolean;
}

/** The largest record that is taken where the directory may hold so many bytes. */
export function maxRecordBytes(maxBytes: number): number {
  return Math.floor(maxBytes / 4);
}

/** Up to where a segment of so many bytes may grow before its owner looks for room again: it doubles. */
export function roomFor(size: number, segmentBytes: number): number {
  let bytes = Math.max(BLOCK_BYTES, segmentBytes / 16);
  while (bytes < size) bytes *= 2;
  return wholeBlocks(Math.max(size, Math.min(bytes, segmentBytes)));
}

/**
 * Makes room for a segment in the bound of the whole directory, the oldest going first, whoever owns them. Of others'
 * newest segments the next doubling is reckoned in: they may be at it just now. So the bound holds without clients asking
 * each other. Answers `false` where there is no room even so.
 * @throws what the operating system says
 */
export function makeRoom(growing: Growing, settings: RoomSettings, claim: Claim, own: OwnSegments): boolean {
  const { directory, maxBytes, segmentBytes } = settings;
  const { segments, owners } = listDirectory(directory);
  const newest = new Map(segments.map((file) => [file.owner, file]));
  newest.delete(claim.id);
  const isNewest = (file: SegmentFile): boolean => newest.get(file.owner) === file;
  const files = segments.map((file) => ({ file, bytes: wholeBlocks(own.sizeOf(file) ?? fileBytes(file.path)) }));
  const reckoned = ({ file, bytes }: (typeof files)[number]): number => {
    if (file.path === growing.path) return growing.roomBytes;
    return isNewest(file) ? roomFor(roomFor(bytes, segmentBytes) + 1, segmentBytes) : bytes;
  };
  const total = (): number => owners.length * BLOCK_BYTES + sum(files.map(reckoned));
  if (total() <= maxBytes) return true;

  for (const owner of newest.keys()) if (claim.isDead(owner)) newest.delete(owner);
  let left = total();
  for (const { file, bytes } of files) {
    if (left <= maxBytes) break;
    const isGivenUp = bytes > 0 && file.path !== growing.path && !isNewest(file) && own.giveUp(file);
    if (isGivenUp) left -= bytes;
  }
  return left <= maxBytes;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
