// Records a span, waits until its request is under way, and has nothing more to do.
import { createTracing } from "@portkey-tracing/core";

const tracing = createTracing({ baseURL: process.env.SINK, batch: { flushIntervalMs: 1 } });
tracing.span("work", () => 42);
await new Promise((resolve) => setTimeout(resolve, 300));
const started = performance.now();
process.on("exit", () => console.log(Math.round(performance.now() - started) < 6_000 ? "soon" : "late"));
