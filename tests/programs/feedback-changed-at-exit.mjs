// Gives feedback and changes it, with nothing else to do meanwhile.
import { createTracing } from "@portkey-tracing/core";

const tracing = createTracing({ baseURL: process.env.SINK });
const given = await tracing.feedback({ traceId: "t", value: -1 });
const changed = await tracing.updateFeedback(given.ids?.[0] ?? "none", { value: 2 });
tracing.span("last words", () => 1);
console.log(given.status, changed.status);
