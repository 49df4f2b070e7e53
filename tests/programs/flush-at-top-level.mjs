// Waits for a flush to an endpoint that may be down, at the top level of a module.
import { createTracing } from "@portkey-tracing/core";

const tracing = createTracing({ baseURL: process.env.SINK });
tracing.span("work", () => 42);
const { sent, pending } = await tracing.flush({ timeoutMs: 300 });
console.log(JSON.stringify({ sent, pending }));
