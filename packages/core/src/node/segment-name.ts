import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ignoring } from "./os-error.ts";

/** What the name of a segment says. Names sort by age. The number in the ending is the version of the format. */
export interface SegmentName {
  readonly createdMs: number;
  /** Id of the client that owns it. */
  readonly owner: string;
  /** Number that makes the name unique among those of its owner. */
  readonly sequence: number;
  /** Digest of where its records go. */
  readonly destination: string;
}

/** A segment that lies in the directory. */
export interface SegmentFile extends SegmentName {
  readonly path: string;
}

const SEGMENT = /^(\d{13})-([0-9a-f]{16})-(\d{8,12})-([0-9a-f]{16})\.spool1$/;
const OWNER = /^([0-9a-f]{16})\.owner$/;
/** What the smallest file takes on disk. */
export const BLOCK_BYTES = 4_096;

export function formatSegmentName(name: SegmentName): string {
  const sequence = String(name.sequence).padStart(8, "0");
  return `${String(name.createdMs).padStart(13, "0")}-${name.owner}-${sequence}-${name.destination}.spool1`;
}

/** What lies in a spool directory. Files with other names are not ours, and are not in it. */
export interface Listing {
  /** Oldest first. */
  readonly segments: readonly SegmentFile[];
  /** Ids of clients that left a claim. */
  readonly owners: readonly string[];
}

/** @throws what the operating system says */
export function listDirectory(directory: string): Listing {
  const segments: SegmentFile[] = [];
  const owners: string[] = [];
  for (const file of readdirSync(directory).toSorted()) {
    const owner = OWNER.exec(file)?.[1];
    if (owner !== undefined) owners.push(owner);
    const [, createdMs, of, sequence, destination] = SEGMENT.exec(file) ?? [];
    if (of === undefined || destination === undefined) continue;
    const path = join(directory, file);
    segments.push({ createdMs: Number(createdMs), owner: of, sequence: Number(sequence), destination, path });
  }
  return { segments, owners };
}

/** Bytes of a file. 0 where it is gone. */
export function fileBytes(path: string): number {
  return ignoring(["ENOENT"], () => statSync(path).size) ?? 0;
}

/** What so many bytes take on disk. */
export function wholeBlocks(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}
