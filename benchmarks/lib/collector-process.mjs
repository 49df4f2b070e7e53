import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const COMMAND = fileURLToPath(new URL("../../packages/collector/bin/portkey-traces.mjs", import.meta.url));
const SAMPLE_MS = 50;
const IDLE_MS = 1_000;

/** Hundredths of a second. */
const IDLE_TICKS = 5;

/** Runs the collector's command on a free port, without a limit to the rate of its only client. */
export async function startCommand(args) {
  const child = spawn(process.execPath, [COMMAND, "--port", "0", "--rate-limit", "0", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const url = await new Promise((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (text) => {
      output += text;
      const found = /Traces page\s+(\S+)\s[^]*Stop with/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(new Error(`the collector ended: ${output}`)));
  });
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, residentBytes(child.pid))), SAMPLE_MS);
  return {
    url,
    peakBytes: () => Math.max(peak, residentBytes(child.pid)),
    /** From here on, so that it is known what one kind of work takes. */
    forgetPeak: () => (peak = 0),
    /** Milliseconds that the process has worked, on all cores together. */
    cpuMs: () => cpuTicks(child.pid) * 10,
    /** Waits until the process has done next to nothing for a second; answers how long it was at work, in milliseconds. */
    untilIdle: async () => {
      const started = performance.now();
      for (;;) {
        const before = cpuTicks(child.pid);
        await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
        if (cpuTicks(child.pid) - before < IDLE_TICKS) return performance.now() - started - IDLE_MS;
      }
    },
    stop: async () => {
      clearInterval(timer);
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Hundredths of a second that a process has worked; Linux only. */
function cpuTicks(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

/** Linux only; 0 elsewhere. */
function residentBytes(pid) {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ESRCH") return 0;
    throw error;
  }
}
