import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The command, which runs what is built. */
const COMMAND: string = fileURLToPath(new URL("../../packages/collector/bin/portkey-traces.mjs", import.meta.url));

/** A command that runs, and all that it has said. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Its signal or its exit status. */
  readonly ended: Promise<number | string | null>;
}

/** A collector that listens. */
export interface RunningCollector extends RunningCommand {
  /** `http://127.0.0.1:8788`. */
  readonly url: string;
  /** The same with `/v1`. */
  readonly baseURL: string;
}

/** How a command is run. */
export interface CommandOptions {
  /** What stands before it: a program that runs others in a way of its own. */
  readonly before?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Its standard input. */
  readonly input?: string;
}

/** Runs `portkey-traces` in a process of its own. */
export function runCommand(args: readonly string[], options: CommandOptions = {}): RunningCommand {
  const { before = [], env = {}, input } = options;
  const [program = "", ...rest] = [...before, process.execPath, COMMAND, ...args];
  const child = spawn(program, rest, { env: { ...process.env, NO_COLOR: "1", ...env } });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text) => (out += String(text)));
  child.stderr.on("data", (text) => (err += String(text)));
  // Who ends before all of it is read is not asked why.
  child.stdin.on("error", () => undefined).end(input);
  const ended = new Promise<number | string | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(signal ?? code));
  });
  return { child, out: () => out, err: () => err, ended };
}

/** Kills them, and waits until they write no more. */
export async function endAll(running: RunningCommand[]): Promise<void> {
  for (const { child } of running) child.kill("SIGKILL");
  await Promise.all(running.splice(0).map(({ ended }) => ended));
}

/** Runs a collector on a free port, until it says where it is. */
export async function startCommand(args: readonly string[], options?: CommandOptions): Promise<RunningCollector> {
  const running = runCommand(["--port", "0", ...args], options);
  const baseURL = await new Promise<string>((resolve, reject) => {
    running.child.stdout?.on("data", () => {
      const found = /PORTKEY_BASE_URL=(\S+)\s[^]*Stop with/.exec(running.out())?.[1];
      if (found !== undefined) resolve(found);
    });
    void running.ended.then(() => reject(new Error(`it ended: ${running.out()}${running.err()}`)), reject);
  });
  return { ...running, baseURL, url: baseURL.replace(/\/v1$/, "") };
}
