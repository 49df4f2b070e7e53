import { describeRejection, type LogsReading } from "./read-logs.ts";

const INTERVAL_MS = 60_000;

/** Where the notice is said, and by which clock. */
export interface NoticeOptions {
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly say: (line: string) => void;
}

/**
 * Says which logs were refused beside others that were stored: Portkey's clients do not read the answer. One line a minute
 * at most, with the place and the reason of the first refusal, and nothing of what was sent.
 */
export function createRejectionNotice({ now, say }: NoticeOptions): (logs: LogsReading) => void {
  let saidAtMs = Number.NEGATIVE_INFINITY;
  let unsaid = 0;
  return ({ rejected, isArray }) => {
    const [first] = rejected;
    if (first === undefined) return;
    unsaid += rejected.length;
    const nowMs = now();
    if (Math.abs(nowMs - saidAtMs) < INTERVAL_MS) return;
    say(`logs refused: ${unsaid} since the last such line, e.g. ${describeRejection(first, isArray)}`);
    saidAtMs = nowMs;
    unsaid = 0;
  };
}
