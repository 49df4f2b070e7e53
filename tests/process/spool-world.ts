import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ProgramRun, runProgram } from "../support/run-program.ts";
import { type Sink, startSink } from "../support/sink.ts";

/** A sink, a spool directory, and programs that use both. */
export interface SpoolWorld {
  readonly sink: Sink;
  readonly directory: string;
  /** Runs a program of `tests/programs` to its end. */
  run(program: string, more?: Record<string, string>): Promise<ProgramRun>;
  /** Starts one, for the caller to end. */
  start(program: string, more?: Record<string, string>): ChildProcess;
  /** Ids by name: a span that is sent again has the same. */
  idsByName(): Map<string, Set<string>>;
  /** Files in the directory that hold spans. */
  segments(): string[];
  /** What they take on disk; 0 where they changed while they were looked at, so that no sum of one moment is known. */
  segmentBytes(): number;
  close(): Promise<void>;
}

export async function startSpoolWorld(): Promise<SpoolWorld> {
  const sink = await startSink();
  const directory = mkdtempSync(join(tmpdir(), "portkey-spool-"));
  const env = { SINK: sink.baseURL, SPOOL: directory };
  const segments = (): string[] => readdirSync(directory).filter((file) => file.endsWith(".spool1"));
  const sizes = (): [string, number][] =>
    segments().map((file) => [file, statSync(join(directory, file), { throwIfNoEntry: false })?.size ?? 0]);
  return {
    sink,
    directory,
    run: (program, more = {}) => runProgram(program, { ...env, ...more }),
    start(program, more = {}) {
      const path = fileURLToPath(new URL(`../programs/${program}`, import.meta.url));
      return spawn(process.execPath, [path], {
        env: { ...process.env, ...env, ...more },
        stdio: ["ignore", "pipe", "ignore"],
      });
    },
    idsByName() {
      const ids = new Map<string, Set<string>>();
      for (const { name, traceId, spanId } of sink.spans()) {
        ids.set(name, (ids.get(name) ?? new Set()).add(`${traceId}:${spanId}`));
      }
      return ids;
    },
    segments,
    segmentBytes() {
      const seen = sizes();
      return JSON.stringify(seen) === JSON.stringify(sizes())
        ? seen.reduce((sum, [, size]) => sum + Math.ceil(size / 4_096) * 4_096, 0)
        : 0;
    },
    async close() {
      await sink.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export const numbered = (count: number, run = ""): string[] =>
  Array.from({ length: count }, (_, index) => `${run}${index + 1}`);
