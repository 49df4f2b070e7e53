const MAX_REMEMBERED = 1_000;
/** The ids of a span stand at the end of its record. */
const TAIL_BYTES = 512;

/** The records on which the server failed while it took others, and since when. */
export class Suspects {
  /** When the server took records last. */
  takenAtMs: number = Number.NEGATIVE_INFINITY;
  private readonly since = new Map<string, number>();

  has(record: Uint8Array): boolean {
    return this.since.size > 0 && this.since.has(nameOf(record));
  }

  /** Notes that the server failed on a record; gives the moment at which it did so first. */
  note(record: Uint8Array, nowMs: number): number {
    const name = nameOf(record);
    const sinceMs = this.since.get(name) ?? nowMs;
    this.since.set(name, sinceMs);
    const [oldest] = this.since.keys();
    if (this.since.size > MAX_REMEMBERED && oldest !== undefined) this.since.delete(oldest);
    return sinceMs;
  }

  /** Its fate is known. */
  forget(record: Uint8Array): void {
    if (this.since.size > 0) this.since.delete(nameOf(record));
  }
}

/** Tells a record from others, also once it has been read back from a disk: its size, and the FNV hash of its end. */
function nameOf(record: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of record.subarray(-TAIL_BYTES)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return `${record.length}:${hash}`;
}
