const MAX_REMEMBERED = 1_000;
/** The ids of a span stand at the end of its record. */
const TAIL_BYTES = 512;

/** A server that fails now and then does so twice on one record, and hardly ever five times. */
export const MIN_FAILURES = 5;

interface Suspicion {
  readonly sinceMs: number;
  readonly failures: number;
}

/** The records on which the server failed while it took others: how often, and since when. */
export class Suspects {
  /** When the server took records last. */
  takenAtMs: number = Number.NEGATIVE_INFINITY;
  private readonly noted = new Map<string, Suspicion>();

  has(record: Uint8Array): boolean {
    return this.noted.size > 0 && this.noted.has(nameOf(record));
  }

  /** Notes that the server failed on a record. */
  note(record: Uint8Array, nowMs: number): Suspicion {
    const name = nameOf(record);
    const { sinceMs, failures } = this.noted.get(name) ?? { sinceMs: nowMs, failures: 0 };
    const suspicion = { sinceMs, failures: failures + 1 };
    this.noted.set(name, suspicion);
    const [oldest] = this.noted.keys();
    if (this.noted.size > MAX_REMEMBERED && oldest !== undefined) this.noted.delete(oldest);
    return suspicion;
  }

  /** Its fate is known. */
  forget(record: Uint8Array): void {
    if (this.noted.size > 0) this.noted.delete(nameOf(record));
  }
}

/** Tells a record from others, also once it has been read back from a disk: its size, and the FNV hash of its end. */
function nameOf(record: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of record.subarray(-TAIL_BYTES)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return `${record.length}:${hash}`;
}

/** Has the server failed on a record for long enough, and often enough, to blame the record? */
export function isGuilty({ sinceMs, failures }: Suspicion, nowMs: number, deadlineMs: number): boolean {
  return failures >= MIN_FAILURES && nowMs - sinceMs >= deadlineMs;
}
