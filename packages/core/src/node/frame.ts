import { crc32 } from "node:zlib";

/**
 * One record as it stands in a segment: a newline, its length and its checksum in hex, a space, the record. JSON holds no
 * raw newline, so that behind a damaged frame the next one is found; and as each frame begins with a newline of its own,
 * damage at the end of one costs no other.
 */
export const FRAME_OVERHEAD_BYTES = 18;

const NEWLINE = 0x0a;
const SPACE = 0x20;
const HEADER = /^[0-9a-f]{16} $/;

/** What stands at a place in a segment. Offsets are in bytes; `next` is where to read on. */
export type FrameReading =
  | { readonly kind: "record"; readonly start: number; readonly end: number; readonly next: number }
  /** With a header a record stood there; without one it may be anything. */
  | { readonly kind: "damaged"; readonly next: number; readonly hasHeader: boolean }
  /** More bytes are needed to say. */
  | { readonly kind: "partial" };

/** A record as the bytes of its frame. */
export function encodeFrame(record: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(record.length + FRAME_OVERHEAD_BYTES);
  frame.write(`\n${hex(record.length)}${hex(crc32(record))} `, "latin1");
  frame.set(record, FRAME_OVERHEAD_BYTES);
  return frame;
}

/** Reads what stands at `at`; `isEnd` says that nothing comes behind `bytes`. */
export function readFrame(bytes: Buffer, at: number, isEnd: boolean): FrameReading {
  const start = at + FRAME_OVERHEAD_BYTES;
  // The cheap question first: where a file is nothing but newlines, it is put for each of them.
  const header = bytes[start - 1] === SPACE ? bytes.toString("latin1", at + 1, start) : "";
  const hasHeader = HEADER.test(header);
  const next = bytes.indexOf(NEWLINE, at + 1);
  if (hasHeader) {
    const end = start + Number.parseInt(header.slice(0, 8), 16);
    // No record reaches over a newline: so each byte is summed once, whatever lengths a file claims.
    const isWhole = next === -1 || next >= end;
    if (isWhole && end > bytes.length && !isEnd) return { kind: "partial" };
    const checksum = Number.parseInt(header.slice(8, 16), 16);
    if (isWhole && end <= bytes.length && crc32(bytes.subarray(start, end)) === checksum) {
      return { kind: "record", start, end, next: end };
    }
  } else if (start > bytes.length && !isEnd) {
    return { kind: "partial" };
  }
  if (next !== -1) return { kind: "damaged", next, hasHeader };
  return isEnd ? { kind: "damaged", next: bytes.length, hasHeader } : { kind: "partial" };
}

function hex(number: number): string {
  return number.toString(16).padStart(8, "0");
}
