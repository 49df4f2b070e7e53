// Gives feedback with the spool on and prints the name of each once it was given, until it is stopped or COUNT is reached.
// Every third one changes an earlier one.
import { writeSync } from "node:fs";
import { createTracing } from "@portkey-tracing/core";
import { fileSpool } from "@portkey-tracing/core/node";

const { SINK, SPOOL, RUN = "", COUNT = "Infinity", END = "" } = process.env;
const tracing = createTracing({ baseURL: SINK, spool: fileSpool({ directory: SPOOL }) });
for (let number = 1; number <= Number(COUNT); number++) {
  const metadata = { name: `${RUN}${number}` };
  if (number % 3 === 0) void tracing.updateFeedback("changed", { value: number % 10, metadata });
  else void tracing.feedback({ traceId: "t", value: number % 10, metadata });
  writeSync(1, `${RUN}${number}\n`);
  if (number % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
}
if (END === "exit") process.exit(0);
if (END === "kill") process.kill(process.pid, "SIGKILL");
if (END === "shutdown") writeSync(2, JSON.stringify((await tracing.shutdown({ timeoutMs: 300 })).feedback));
