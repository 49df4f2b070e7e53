import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";
import { CommandError } from "./command-error.ts";

/** Where a command writes. */
export interface Output {
  /** Writes a line; waits where the reader is slow. `false` once nobody reads any more (`| head`). */
  line(text: string): Promise<boolean>;
  /** The same without the end of the line. */
  write(text: string): Promise<boolean>;
  close(): Promise<void>;
}

/** The standard output, or a file that is made anew. */
export function createOutput(path?: string): Output {
  return path === undefined
    ? toOutput(process.stdout, false)
    : toOutput(createWriteStream(path, { mode: 0o600 }), true);
}

function toOutput(stream: Writable, isOurs: boolean): Output {
  const state: { failure?: NodeJS.ErrnoException; isGone: boolean } = { isGone: false };
  const ended = new Promise<void>((resolve) => {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      state.isGone = true;
      if (error.code !== "EPIPE") state.failure = error;
      resolve();
    });
  });
  const check = (): void => {
    if (state.failure !== undefined) throw new CommandError(`cannot write: ${state.failure.message}`);
  };
  const write = async (text: string): Promise<boolean> => {
    check();
    if (state.isGone) return false;
    if (!stream.write(text)) await Promise.race([once(stream, "drain").catch(() => undefined), ended]);
    check();
    return !state.isGone;
  };
  return {
    line: (text) => write(`${text}\n`),
    write,
    close: async () => {
      if (isOurs && !state.isGone)
        await Promise.race([new Promise<void>((resolve) => void stream.end(resolve)), ended]);
      check();
    },
  };
}
