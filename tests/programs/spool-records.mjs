// Ends spans with the spool on and prints the number of each once it has ended, until it is stopped or COUNT is reached.

import { writeSync } from "node:fs";
import { createTracing } from "@portkey-tracing/core";
import { fileSpool } from "@portkey-tracing/core/node";

const { SINK, SPOOL, RUN = "", COUNT = "Infinity", PAUSE_EVERY = "20", MAX_BYTES, END = "" } = process.env;
const spool = fileSpool({ directory: SPOOL, maxBytes: MAX_BYTES === undefined ? undefined : Number(MAX_BYTES) });
const tracing = createTracing({ baseURL: SINK, spool, batch: { flushIntervalMs: 20 } });
for (let number = 1; number <= Number(COUNT); number++) {
  tracing.span(`${RUN}${number}`, () => "x".repeat(number % 700));
  writeSync(1, `${RUN}${number}\n`);
  if (number % Number(PAUSE_EVERY) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
if (END === "exit") process.exit(0);
if (END === "kill") process.kill(process.pid, "SIGKILL");
if (END === "shutdown") writeSync(2, JSON.stringify(await tracing.shutdown({ timeoutMs: 500 })));
