// Gives feedback, waits for nothing, and has nothing more to do.
import { createTracing } from "@portkey-tracing/core";

const tracing = createTracing({ baseURL: process.env.SINK });
void tracing.feedback({ traceId: "t", value: -1 });
console.log("done");
