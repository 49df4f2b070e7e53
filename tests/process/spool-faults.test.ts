import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runProgram } from "../support/run-program.ts";
import { type Sink, startSink } from "../support/sink.ts";

let sink: Sink;
let directory: string;
beforeEach(async () => {
  sink = await startSink();
  directory = mkdtempSync(join(tmpdir(), "portkey-spool-"));
});
afterEach(async () => {
  await sink.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Whether this user may mount a file system that only a child process sees. */
const mayMount = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;
if (!mayMount) explainMissingMount();
const MOUNTED = ["unshare", "-rm", "sh", "-c"];

/** Says aloud what cannot be tried here. Where it should be possible, and somebody relies on it, that is no excuse. */
function explainMissingMount(): void {
  const problem = "spool-faults: three cases of full and read-only disks need a tmpfs, and it cannot be mounted here";
  const hasUnshare = spawnSync("unshare", ["--version"]).status === 0;
  const isRoot = process.platform === "linux" && process.getuid?.() === 0;
  if (process.env["CI"] === "true" && isRoot && hasUnshare) throw new Error(problem);
  process.stderr.write(`\nSKIPPED ${problem}.\n\n`);
}

/** Records 300 spans in a process that a shell prepared first. */
function recordAfter(shell: readonly string[], preparation: string, more: Record<string, string> = {}) {
  return runAfter(shell, preparation, "spool-records.mjs", more);
}

async function runAfter(
  shell: readonly string[],
  preparation: string,
  program: string,
  more: Record<string, string> = {},
) {
  const [command = "sh", ...rest] = shell;
  const path = fileURLToPath(new URL(`../programs/${program}`, import.meta.url));
  const child = spawn(command, [...rest, `${preparation} && exec "${process.execPath}" "${path}"`], {
    env: { ...process.env, SINK: sink.baseURL, SPOOL: directory, COUNT: "300", END: "shutdown", ...more },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 30_000,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr, failures: stderr.split("\n").filter((line) => line.includes("spool_failed")) };
}

const arrived = (): number => new Set(sink.spans().map(({ name }) => name)).size;

describe("a disk that takes no more", () => {
  it("for a limit of the process: one line, and memory carries on", async () => {
    const run = await recordAfter(["sh", "-c"], "ulimit -f 20");
    expect(run).toMatchObject({ code: 0, failures: [expect.stringContaining("EFBIG")] });
    expect(arrived()).toBe(300);
  });

  it.skipIf(!mayMount)("for want of space: one line, and memory carries on", async () => {
    const run = await recordAfter(MOUNTED, 'mount -t tmpfs -o size=24k tmpfs "$SPOOL"');
    expect(run).toMatchObject({ code: 0, failures: [expect.stringContaining("ENOSPC")] });
    expect(arrived()).toBe(300);
  });

  it.skipIf(!mayMount)("because it is read-only: one line, and memory carries on", async () => {
    const run = await recordAfter(MOUNTED, 'mount -t tmpfs -o ro tmpfs "$SPOOL"');
    expect(run).toMatchObject({ code: 0, failures: [expect.stringContaining("EROFS")] });
    expect(arrived()).toBe(300);
  });

  it("because there can be no directory: one line, and memory carries on", async () => {
    const file = join(directory, "a-file");
    writeFileSync(file, "");
    const run = await recordAfter(["sh", "-c"], "true", { SPOOL: join(file, "spool") });
    expect(run).toMatchObject({ code: 0, failures: [expect.stringContaining("ENOTDIR")] });
    expect(arrived()).toBe(300);
  });

  it.skipIf(!mayMount)("in an outage as well: the books still add up, and name what is lost", async () => {
    sink.answerWith(() => ({ status: 503 }));
    const run = await recordAfter(MOUNTED, 'mount -t tmpfs -o size=24k tmpfs "$SPOOL"');
    const report = JSON.parse(/\{"recorded".*\}/.exec(run.stderr)?.[0] ?? "{}") as Record<string, number>;
    expect(run.code).toBe(0);
    expect(report).toMatchObject({ recorded: 300, sent: 0, droppedByReason: { shutdown: report["dropped"] } });
    expect((report["dropped"] ?? 0) + (report["pending"] ?? 0)).toBe(300);
    expect(report["pending"]).toBeGreaterThan(0);
  });

  it.skipIf(!mayMount)("costs nothing that is on it, however long the outage", async () => {
    const started = Date.now();
    sink.answerWith(() => (Date.now() - started < 2_000 ? { status: 503 } : undefined));
    const run = await runAfter(MOUNTED, 'mount -t tmpfs -o size=100k tmpfs "$SPOOL"', "spool-outlasts.mjs");
    expect(run.failures).toEqual([expect.stringContaining("ENOSPC")]);
    expect(run.stderr).toContain('{"recorded":300,"sent":300,"dropped":0,"pending":0,"droppedByReason":{},');
  });
});

describe("a process that may open no more files", () => {
  it("loses nothing of what waits on disk", async () => {
    sink.answerWith(() => ({ status: 503 }));
    await recordAfter(["sh", "-c"], "true", { COUNT: "200", END: "kill" });
    sink.answerWith(() => undefined);
    const run = await runAfter(["sh", "-c"], "ulimit -n 100", "spool-out-of-files.mjs");
    expect(run.stderr).toContain("EMFILE");
    expect(run.failures).toEqual([expect.stringContaining("EMFILE")]);
    expect(run.stdout).toContain('{"recorded":200,"sent":200,"dropped":0,"pending":0,"droppedByReason":{},');
  });
});

describe.skipIf(process.platform !== "linux")("a directory in which the system lets nobody make anything", () => {
  it("holds nobody up: one line, and memory carries on", async () => {
    const run = await recordAfter(["sh", "-c"], "true", { SPOOL: "/proc/there/is/none" });
    expect(run).toMatchObject({ code: 0, failures: [expect.stringContaining("ENOENT")] });
    expect(arrived()).toBe(300);
  });
});

describe("an outage that is longer than the bound", () => {
  it("costs the oldest, counted; the next process sends the newest", async () => {
    sink.answerWith(() => ({ status: 503 }));
    const run = await recordAfter(["sh", "-c"], "true", { MAX_BYTES: "131072", COUNT: "1000" });
    const report = JSON.parse(/\{"recorded".*\}/.exec(run.stderr)?.[0] ?? "{}") as Record<string, number>;
    const pending = report["pending"] ?? 0;
    expect(report).toMatchObject({ recorded: 1000, sent: 0, dropped: 1000 - pending });
    sink.answerWith(() => undefined);
    await runProgram("spool-recovers.mjs", { SINK: sink.baseURL, SPOOL: directory });
    expect(arrived()).toBe(pending);
    expect(sink.spans().some(({ name }) => name === "1000")).toBe(true);
  });
});

describe("a torn end", () => {
  it("costs the torn record, counted and told", async () => {
    sink.answerWith(() => ({ status: 503 }));
    await recordAfter(["sh", "-c"], "true", { COUNT: "50", END: "kill" });
    const segment = readdirSync(directory).find((file) => file.endsWith(".spool1")) ?? "";
    appendFileSync(join(directory, segment), '\n000001f0a1b2c3d4 {"half of a rec');
    sink.answerWith(() => undefined);
    const next = await runProgram("spool-recovers.mjs", { SINK: sink.baseURL, SPOOL: directory });
    expect(next.stdout).toContain(
      '"recorded":51,"sent":50,"dropped":1,"pending":0,"droppedByReason":{"spool_damaged":1}',
    );
    expect(next.stderr).toContain("spool_damaged");
    expect(next.stderr).not.toContain("half of a rec");
    expect(arrived()).toBe(50);
  });
});
