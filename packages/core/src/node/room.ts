import type { Claim } from "./claim.ts";
import { BLOCK_BYTES, diskBytes, listDirectory, type SegmentFile, wholeBlocks } from "./segment-name.ts";

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
export function makeRoom(
  growing: Growing,
  settings: RoomSettings,
  claim: Claim,
  giveUp: (file: SegmentFile) => boolean,
): boolean {
  const { directory, maxBytes, segmentBytes } = settings;
  const { segments, owners } = listDirectory(directory);
  const newest = new Map(segments.map((file) => [file.owner, file]));
  newest.delete(claim.id);
  const isNewest = (file: SegmentFile): boolean => newest.get(file.owner) === file;
  const bytesOf = (file: SegmentFile): number => {
    if (file.path === growing.path) return growing.roomBytes;
    const bytes = diskBytes(file.path);
    return isNewest(file) ? roomFor(roomFor(bytes, segmentBytes) + 1, segmentBytes) : bytes;
  };
  const claimBytes = owners.length * BLOCK_BYTES;
  if (claimBytes + sum(segments.map(bytesOf)) <= maxBytes) return true;

  for (const owner of newest.keys()) if (claim.isDead(owner)) newest.delete(owner);
  const files = segments.map((file) => ({ file, bytes: bytesOf(file) }));
  let total = claimBytes + sum(files.map(({ bytes }) => bytes));
  for (const { file, bytes } of files) {
    if (total <= maxBytes) break;
    const isGivenUp = bytes > 0 && file.path !== growing.path && !isNewest(file) && giveUp(file);
    if (isGivenUp) total -= bytes;
  }
  return total <= maxBytes;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
