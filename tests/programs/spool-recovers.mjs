// Does nothing but be there with the spool on; says what it found, and ends once all of it is sent or the time is over.
import { createTracing } from "@portkey-tracing/core";
import { fileSpool } from "@portkey-tracing/core/node";

const { SINK, SPOOL, WAIT_MS = "10000" } = process.env;
const tracing = createTracing({
  baseURL: SINK,
  spool: fileSpool({ directory: SPOOL }),
  batch: { flushIntervalMs: 20 },
});
const until = Date.now() + Number(WAIT_MS);
while (tracing.stats().pending > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
console.log(JSON.stringify(await tracing.shutdown()), tracing.stats().recovered);
