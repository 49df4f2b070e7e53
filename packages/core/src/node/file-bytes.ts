import { readSync, unlinkSync, writeSync } from "node:fs";
import { ignoring } from "./os-error.ts";

/** Writes all of the bytes, in as many steps as the system takes. @throws what the operating system says */
export function writeWhole(fd: number, bytes: Buffer, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(fd, bytes, written, bytes.length - written, position + written);
  }
}

/** So many bytes from a position; fewer only at the end of the file. @throws what the operating system says */
export function readRange(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(fd, bytes, filled, length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}

/** Removes a file that may be gone already. @throws what the operating system says */
export function removeFile(path: string): void {
  ignoring(["ENOENT"], () => unlinkSync(path));
}
