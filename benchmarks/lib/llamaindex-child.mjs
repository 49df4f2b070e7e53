// One measurement of LlamaIndex in a process of its own: warm-up, then the work and a flush under the clock.
import { setTimeout as sleep } from "node:timers/promises";
import { LlamaIndexCallbackHandler } from "@portkey-tracing/llamaindex";
import { Settings } from "llamaindex";
import { LLAMAINDEX_WORKLOADS, useLocalModels } from "../workloads/llamaindex.mjs";

process.once("message", (task) => void answer(task));

async function answer(task) {
  const measured = await measure(task);
  process.send(measured, () => process.exit(0));
}

async function measure({ handler: name, workload, sinkUrl }) {
  const { roots, warmUp, concurrency, create } = LLAMAINDEX_WORKLOADS[workload];
  useLocalModels();
  const handler = name === "ours" ? new LlamaIndexCallbackHandler({ baseURL: `${sinkUrl}/v1` }) : undefined;
  const run = await create();
  handler?.attach(Settings);
  await runAll(run, warmUp, concurrency);
  await handler?.flush();
  await fetch(`${sinkUrl}/reset`);
  globalThis.gc?.();
  await sleep(50);

  const before = process.cpuUsage();
  const last = await runAll(run, roots, concurrency);
  await handler?.flush();
  const { user, system } = process.cpuUsage(before);

  const { spans } = await (await fetch(`${sinkUrl}/count`)).json();
  return { cpuUs: user + system, spans, nodes: last.nodes ?? 0, peakRssMb: process.resourceUsage().maxRSS / 1024 };
}

async function runAll(run, count, concurrency) {
  let started = 0;
  let last;
  const worker = async () => {
    while (started < count) {
      started += 1;
      last = await run();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return last;
}
