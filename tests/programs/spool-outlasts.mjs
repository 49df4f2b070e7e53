// Records more than fits on the disk, while no attempt may take long, and ends when all of it has been sent.

import { createTracing } from "@portkey-tracing/core";
import { fileSpool } from "@portkey-tracing/core/node";

const { SINK, SPOOL } = process.env;
const tracing = createTracing({
  baseURL: SINK,
  spool: fileSpool({ directory: SPOOL }),
  batch: { flushIntervalMs: 20 },
  retry: { minDelayMs: 10, maxDelayMs: 20, deadlineMs: 100 },
});
for (let number = 1; number <= 300; number++) tracing.span(String(number), () => "x".repeat(300));
const until = Date.now() + 25_000;
while (tracing.stats().pending > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
console.error(JSON.stringify(await tracing.shutdown()));
