// One measurement in a process of its own: warm-up, then so many roots and a flush under the clock.
// Told what to do by its first message; answers with one message.
import { setTimeout as sleep } from "node:timers/promises";
import { awaitAllCallbacks } from "@langchain/core/callbacks/promises";
import { HANDLERS } from "../handlers/index.mjs";
import { runRoots, WORKLOADS } from "../workloads/index.mjs";
import { startProfile } from "./profiler.mjs";

process.once("message", (task) => void answer(task));

async function answer(task) {
  const measured = await measure(task);
  process.send(measured, () => process.exit(0));
}

async function measure({ handler: name, workload: key, sinkUrl, scale, profile }) {
  const { roots, warmUp, concurrency, createRoot } = WORKLOADS[key];
  const { create } = await HANDLERS[name]();
  const handler = await create(sinkUrl);
  const { callbacks } = handler;
  const runRoot = createRoot();

  await runRoots(runRoot, { roots: warmUp, concurrency, callbacks });
  await awaitAllCallbacks();
  await handler.flush();
  handler.reset?.();
  await fetch(`${sinkUrl}/reset`);
  globalThis.gc?.();
  await sleep(50);

  const stopProfile = profile === undefined ? undefined : await startProfile(profile);
  const measuredRoots = Math.max(1, Math.round(roots * scale));
  const started = performance.now();
  const before = process.cpuUsage();
  await runRoots(runRoot, { roots: measuredRoots, concurrency, callbacks });
  await awaitAllCallbacks();
  await handler.flush();
  const { user, system } = process.cpuUsage(before);
  const wallMs = performance.now() - started;
  await stopProfile?.();

  const { spans, bytes, requests } = await (await fetch(`${sinkUrl}/count`)).json();
  const peakRssMb = process.resourceUsage().maxRSS / 1024;
  return { cpuUs: user + system, wallMs, arrived: handler.spans?.() ?? spans, bytes, requests, peakRssMb };
}
