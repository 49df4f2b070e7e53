// Records a span whose delivery pauses for long between attempts, and has nothing more to do meanwhile.
import { createTracing } from "@portkey-tracing/core";

const retry = { minDelayMs: 100, maxDelayMs: 60_000 };
const tracing = createTracing({ baseURL: process.env.SINK, batch: { flushIntervalMs: 1 }, retry });
tracing.span("work", () => 42);
await new Promise((resolve) => setTimeout(resolve, 1_000));
