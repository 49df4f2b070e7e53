// `npm run bench -- --faults`: how many of the spans that ended arrive, when the endpoint fails for a while, and when the
// process ends in another way than by a flush.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureLangfuse } from "./lib/langfuse.mjs";
import { runToEnd, startSink } from "./lib/processes.mjs";
import { toTable } from "./lib/table.mjs";

const HANDLERS = ["ours", "ours-spooled", "langfuse"];
const FAULT_MS = 10_000;
const BUSY_MS = FAULT_MS + 3_000;
/** How long a program may take to end: what it still holds then is lost. */
const LIMIT_MS = 60_000;

/** The endpoint fails from one second after the start. The program flushes and shuts down at its end. */
const FAULTS = [
  { name: "down 10 s", fault: "down" },
  { name: "503 for 10 s", fault: { status: 503 } },
  { name: "429 + Retry-After 10 s", fault: { status: 429, headers: { "retry-after": "5" } } },
  { name: "resets 10 s", fault: "reset" },
];

/** The endpoint is well; the program ends in this way, right after its last run. */
const ENDINGS = [
  { name: "`process.exit()`", ending: "exit" },
  { name: "natural exit, no flush", ending: "none" },
  { name: "SIGTERM", ending: "wait", signal: "SIGTERM" },
  { name: "`kill -9`", ending: "wait", signal: "SIGKILL" },
];

/** Each handler under each fault; a spooled one also has its next process, which is a part of what it promises. */
export async function runFaults(say) {
  ensureLangfuse();
  const rows = [];
  for (const scenario of [...FAULTS, ...ENDINGS]) {
    const cells = [];
    for (const handler of HANDLERS) cells.push(await measure(handler, scenario));
    rows.push([scenario.name, ...cells.map(toCell)]);
  }
  say("spans that arrived, of those that ended; in brackets those that came more than once\n");
  say(toTable(["", ...HANDLERS], rows));
  return { rows };
}

async function measure(handler, { fault, ending = "flush", signal }) {
  const sink = await startSink();
  const spool = mkdtempSync(join(tmpdir(), "portkey-tracing-benchmark-"));
  try {
    const ms = fault === undefined ? 1_000 : BUSY_MS;
    const task = { handler, sinkUrl: sink.url, spool, ms, ending };
    const running = runToEnd("./faults-child.mjs", task, { signal, limitMs: LIMIT_MS });
    if (fault !== undefined) {
      await sleep(1_000);
      await sink.failWith(fault);
      await sleep(FAULT_MS);
      await sink.failWith(undefined);
    }
    const { said } = await running;
    if (handler === "ours-spooled") {
      const next = { ...task, ms: 0, ending: "flush" };
      await runToEnd("./faults-child.mjs", next, { limitMs: LIMIT_MS });
    }
    const { spans, seen } = await (await fetch(`${sink.url}/count`)).json();
    return { ended: said.spans, arrived: spans, again: seen - spans };
  } finally {
    await sink.stop();
    rmSync(spool, { recursive: true, force: true });
  }
}

function toCell({ ended, arrived, again }) {
  const share = `${((100 * arrived) / ended).toFixed(arrived === ended ? 0 : 1)} %`;
  return again === 0 ? share : `${share} (${again})`;
}
