// Waits to be ended: by a signal, an exception or a rejection. Records a span before that.
import { setTimeout as sleep } from "node:timers/promises";
import { createTracing, flushOnExit } from "@portkey-tracing/core";

// The interval sends nothing within the time of a test: a flush does.
const tracing = createTracing({ baseURL: process.env.SINK, batch: { flushIntervalMs: 3_600_000 } });
const undo = flushOnExit(tracing, { timeoutMs: 500 });
if (process.env.OWN_LISTENER) process.on("SIGTERM", () => void endOnceSent());
if (process.env.UNDO) undo();
tracing.span("work", () => 42);
tracing.record({ kind: "start", runId: "left-open", type: "chain", name: "left open" }, { source: "Langchain" });
const stay = setInterval(() => undefined, 1_000);
if (process.env.END === "throw") setTimeout(() => throwIt(), 10);
else if (process.env.END === "reject") void Promise.reject(new RangeError("nobody handles this"));
else console.log("ready");

async function endOnceSent() {
  for (let turn = 0; turn < 2_000 && tracing.stats().pending > 0; turn++) await sleep(10);
  process.exit(7);
}

function throwIt() {
  clearInterval(stay);
  throw new RangeError("nobody catches this");
}
