import type { Claim } from "./claim.ts";
import { diskBytes, listDirectory, type SegmentFile } from "./segment-name.ts";

export interface RoomSettings {
  readonly directory: string;
  readonly maxBytes: number;
  readonly segmentBytes: number;
}

/** The largest record that is taken where the directory may hold so many bytes. */
export function maxRecordBytes(maxBytes: number): number {
  return Math.floor(maxBytes / 4);
}

/**
 * Makes room for a new segment in the bound of the whole directory, the oldest going first, whoever owns them. What others
 * may still append to their newest segments is reckoned in, so that clients need not ask each other for each record.
 * Answers `false` where there is no room even so.
 * @throws what the operating system says
 */
export function makeRoom(
  newBytes: number,
  settings: RoomSettings,
  claim: Claim,
  giveUp: (file: SegmentFile) => boolean,
): boolean {
  const { segments } = listDirectory(settings.directory);
  const newest = new Map(segments.map((file) => [file.owner, file]));
  newest.delete(claim.id);
  const mayGrow = (file: SegmentFile): boolean => newest.get(file.owner) === file;
  const bytesOf = (file: SegmentFile): number =>
    Math.max(diskBytes(file.path), mayGrow(file) ? settings.segmentBytes : 0);
  const room = settings.maxBytes - newBytes;
  if (sum(segments.map(bytesOf)) <= room) return true;

  for (const owner of newest.keys()) if (claim.isDead(owner)) newest.delete(owner);
  const files = segments.map((file) => ({ file, bytes: bytesOf(file) }));
  let total = sum(files.map(({ bytes }) => bytes));
  for (const { file, bytes } of files) {
    if (total <= room) break;
    if (!mayGrow(file) && giveUp(file)) total -= bytes;
  }
  return total <= room;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
