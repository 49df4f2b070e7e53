// One soak in a process of its own: 8 roots at a time for so many seconds.
import { awaitAllCallbacks } from "@langchain/core/callbacks/promises";
import { HANDLERS } from "../handlers/index.mjs";
import { SOAK } from "../workloads/index.mjs";

const SPANS_PER_ROOT = 4;
const SAMPLES = 5;
const FLUSH_MS = 15_000;

process.once("message", (task) => void answer(task));

async function answer(task) {
  const measured = await soak(task);
  process.send(measured, () => process.exit(0));
}

async function soak({ handler: name, seconds, sinkUrl, down }) {
  const { create } = await HANDLERS[name]();
  const { callbacks, flush, stats } = await create(sinkUrl);
  const runRoot = SOAK.createRoot();
  const started = performance.now();
  const endMs = started + seconds * 1000;
  const before = process.cpuUsage();
  const rssMb = [];
  let roots = 0;
  const worker = async () => {
    while (performance.now() < endMs) {
      await runRoot(roots++, callbacks);
      const due = Math.floor(((performance.now() - started) / (seconds * 1000)) * SAMPLES);
      while (rssMb.length < Math.min(due, SAMPLES)) rssMb.push(process.memoryUsage.rss() / 2 ** 20);
    }
  };
  await Promise.all(Array.from({ length: SOAK.concurrency }, worker));
  await awaitAllCallbacks();
  if (!down) await Promise.race([flush(), new Promise((resolve) => setTimeout(resolve, FLUSH_MS))]);
  const { user, system } = process.cpuUsage(before);
  globalThis.gc();
  const liveHeapMb = process.memoryUsage().heapUsed / 2 ** 20;
  const sends = name !== "none" && name !== "no-op" && name !== "counting" && !down;
  const arrived = sends ? (await (await fetch(`${sinkUrl}/count`)).json()).spans : undefined;
  const peakRssMb = process.resourceUsage().maxRSS / 1024;
  const spans = roots * SPANS_PER_ROOT;
  return { spans, cpuUs: user + system, rssMb, peakRssMb, liveHeapMb, arrived, stats: stats?.() };
}
