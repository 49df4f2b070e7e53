// Spans in worker threads, which end by themselves.

import { fileURLToPath } from "node:url";
import { isMainThread, Worker } from "node:worker_threads";
import { createTracing } from "@portkey-tracing/core";

if (isMainThread) {
  const file = fileURLToPath(import.meta.url);
  const workers = [1, 2].map(() => new Worker(file));
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("exit", resolve))));
  console.log("done");
} else {
  createTracing({ baseURL: process.env.SINK }).span("in a worker", () => 42);
}
