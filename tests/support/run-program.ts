import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How a program ended and what it said. */
export interface ProgramRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

/** How a program is run. */
export interface RunOptions {
  /** Arguments of Node itself. */
  readonly node?: readonly string[];
  /** Sends `signal` once the program has said this. */
  readonly killOn?: string;
  readonly signal?: NodeJS.Signals;
}

/** Runs a program of `tests/programs` in a Node process of its own, with no Portkey variables but those given. */
export function runProgram(name: string, env: Record<string, string>, options: RunOptions = {}): Promise<ProgramRun> {
  const path = fileURLToPath(new URL(`../programs/${name}`, import.meta.url));
  const inherited = Object.entries(process.env).filter(([key]) => !/^(PORTKEY_|NODE_OPTIONS|VITEST)/.test(key));
  const started = performance.now();
  const child = spawn(process.execPath, [...(options.node ?? []), path], {
    env: { ...Object.fromEntries(inherited), ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text: Buffer) => {
    stdout += text.toString();
    if (options.killOn !== undefined && stdout.includes(options.killOn)) child.kill(options.signal);
  });
  child.stderr.on("data", (text: Buffer) => {
    stderr += text.toString();
  });
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      resolve({ code, signal, stdout: stdout.trim(), stderr: stderr.trim(), durationMs: performance.now() - started });
    });
  });
}
