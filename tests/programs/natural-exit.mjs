// Records spans and ends without a flush.
import { createTracing } from "@portkey-tracing/core";

const tracing = createTracing({ baseURL: process.env.SINK });
tracing.span("work", () => 42);
tracing.record({ kind: "start", runId: "left-open", type: "chain", name: "left open" }, { source: "Langchain" });
console.log("done");
