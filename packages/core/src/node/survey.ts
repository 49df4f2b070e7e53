import { readRange } from "./file-bytes.ts";
import { FRAME_OVERHEAD_BYTES, readFrame } from "./frame.ts";

/** No segment that holds more than one record is as large: a look at a file of others is bounded by it. */
export const MAX_SURVEYED_BYTES = 2_097_152;

/** What lies in a part of a segment. */
export interface Survey {
  readonly records: number;
  /** Records that are known to be damaged; a stretch in which none can be made out counts as one. */
  readonly damaged: number;
  /** Offset behind the last byte that means something. What follows was never written by a client. */
  readonly end: number;
}

/** Where to look. Offsets in bytes. */
export interface Stretch {
  readonly fd: number;
  readonly from: number;
  readonly to: number;
  /** A single record may be larger than what is looked at otherwise, but not larger than this. */
  readonly maxRecordBytes: number;
}

/** Looks at a file that somebody else has written: it may be anything. @throws what the operating system says */
export function survey({ fd, from, to, maxRecordBytes }: Stretch): Survey {
  const bytes = readRange(fd, from, Math.min(MAX_SURVEYED_BYTES, Math.max(0, to - from)));
  const isAll = from + bytes.length >= to;
  const seen = count(bytes, isAll);
  if (isAll) return { records: seen.records, damaged: seen.damaged, end: to };
  if (seen.readUpTo === 0) {
    const large = readFrame(readRange(fd, from, Math.min(to - from, maxRecordBytes + FRAME_OVERHEAD_BYTES)), 0, true);
    if (large.kind === "record") {
      const end = from + large.next;
      return { records: 1, damaged: end < to ? 1 : 0, end };
    }
  }
  return { records: seen.records, damaged: seen.damagedUpToGood + 1, end: from + seen.goodUpTo };
}

function count(bytes: Buffer, isEnd: boolean) {
  const seen = { records: 0, damaged: 0, readUpTo: 0, goodUpTo: 0, damagedUpToGood: 0, isInDamage: false };
  while (seen.readUpTo < bytes.length) {
    const frame = readFrame(bytes, seen.readUpTo, isEnd);
    if (frame.kind === "partial") break;
    seen.readUpTo = frame.next;
    if (frame.kind === "record") {
      seen.records += 1;
      seen.goodUpTo = frame.next;
      seen.damagedUpToGood = seen.damaged;
    } else if (frame.hasHeader || !seen.isInDamage) {
      seen.damaged += 1;
    }
    seen.isInDamage = frame.kind === "damaged";
  }
  return seen;
}
