// Waits to be ended: by a signal, an exception or a rejection. Records a span before that.
import { createTracing, flushOnExit } from "@portkey-tracing/core";

const tracing = createTracing({ baseURL: process.env.SINK });
const undo = flushOnExit(tracing, { timeoutMs: 500 });
if (process.env.OWN_LISTENER) process.on("SIGTERM", () => setTimeout(() => process.exit(7), 200));
if (process.env.UNDO) undo();
tracing.span("work", () => 42);
tracing.record({ kind: "start", runId: "left-open", type: "chain", name: "left open" }, { source: "Langchain" });
const stay = setInterval(() => undefined, 1_000);
if (process.env.END === "throw") setTimeout(() => throwIt(), 10);
else if (process.env.END === "reject") void Promise.reject(new RangeError("nobody handles this"));
else console.log("ready");

function throwIt() {
  clearInterval(stay);
  throw new RangeError("nobody catches this");
}
