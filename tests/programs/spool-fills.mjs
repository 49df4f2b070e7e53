// Records all the time for some seconds, many spans more than the spool may hold.

import { createTracing } from "@portkey-tracing/core";
import { fileSpool } from "@portkey-tracing/core/node";

const { SINK, SPOOL, MAX_BYTES } = process.env;
const spool = fileSpool({ directory: SPOOL, maxBytes: Number(MAX_BYTES) });
const tracing = createTracing({ baseURL: SINK, spool, batch: { maxRecords: 50, flushIntervalMs: 50 } });
const until = Date.now() + 3_000;
for (let number = 1; Date.now() < until; number++) {
  tracing.span(String(number), () => "x".repeat(500));
  if (number % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
process.kill(process.pid, "SIGKILL");
