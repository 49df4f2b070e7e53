// Records in the main thread and in others (or in the workers of a cluster), all with one directory, and is killed.

import cluster from "node:cluster";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, threadId, Worker } from "node:worker_threads";
import { createTracing } from "@portkey-tracing/core";
import { fileSpool } from "@portkey-tracing/core/node";

const { SINK, SPOOL, KIND } = process.env;
const tracing = createTracing({ baseURL: SINK, spool: fileSpool({ directory: SPOOL }) });
const who = cluster.isWorker ? `worker ${cluster.worker.id}` : `thread ${threadId}`;
for (let number = 1; number <= 30; number++) tracing.span(`${who}: ${number}`, () => number);

if (cluster.isWorker) {
  process.send("done");
  process.kill(process.pid, "SIGKILL");
} else if (isMainThread) {
  const others =
    KIND === "cluster"
      ? [cluster.fork(), cluster.fork()]
      : [1, 2].map(() => new Worker(fileURLToPath(import.meta.url)));
  await Promise.all(others.map((other) => once(other, "message")));
  process.kill(process.pid, "SIGKILL");
} else {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  parentPort.postMessage("done");
  setInterval(() => undefined, 1_000);
}
