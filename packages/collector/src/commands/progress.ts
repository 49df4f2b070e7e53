import { formatCount } from "@portkey-tracing/core/tree";

const TERMINAL_MS = 200;
const FILE_MS = 10_000;

/** Says how far long work has come. */
export interface Progress {
  count(done: number): void;
  end(): void;
}

/** `exported 12,000 spans` on the standard error output: in place on a terminal, elsewhere every ten seconds. */
export function createProgress(verb: string, now: () => number = Date.now): Progress {
  const isTerminal = process.stderr.isTTY;
  let saidAtMs = isTerminal ? 0 : now();
  let hasSaid = false;
  return {
    count: (done) => {
      if (now() - saidAtMs < (isTerminal ? TERMINAL_MS : FILE_MS)) return;
      saidAtMs = now();
      hasSaid = true;
      const text = `${verb} ${formatCount(done)} spans …`;
      process.stderr.write(isTerminal ? `\r${text}` : `${text}\n`);
    },
    end: () => {
      if (hasSaid && isTerminal) process.stderr.write("\r\u001b[K");
    },
  };
}
