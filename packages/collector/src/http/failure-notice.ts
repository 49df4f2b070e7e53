const INTERVAL_MS = 60_000;

/** Kinds of failures that are remembered: they are few, as no line holds what was sent. */
const MAX_LINES = 100;

interface Said {
  readonly atMs: number;
  unsaid: number;
}

/** Says what failed, each line once a minute at most: a disk that is full fails thousands of times. */
export function createFailureNotice(now: () => number, say: (line: string) => void): (line: string) => void {
  const known = new Map<string, Said>();
  return (line) => {
    const before = known.get(line);
    const nowMs = now();
    if (before !== undefined && Math.abs(nowMs - before.atMs) < INTERVAL_MS) {
      before.unsaid += 1;
      return;
    }
    say(
      before === undefined || before.unsaid === 0
        ? line
        : `${line} (and ${before.unsaid} times since it was last said)`,
    );
    if (known.size >= MAX_LINES) known.clear();
    known.set(line, { atMs: nowMs, unsaid: 0 });
  };
}
