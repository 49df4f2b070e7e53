// Records a span for an endpoint on which a connect hangs. END says how it ends; tells what holds it, and for how long.
import { createTracing } from "@portkey-tracing/core";

const tracing = createTracing({ baseURL: process.env.SINK, onDiagnostic: () => undefined });
tracing.span("work", () => 42);
if (process.env.END === "flush") await tracing.flush({ timeoutMs: 300 });
if (process.env.END === "shutdown") {
  await tracing.shutdown({ timeoutMs: 300 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  if (process.getActiveResourcesInfo().includes("ConnectWrap")) console.log("still connecting");
}
const started = performance.now();
process.on("exit", () => console.log(performance.now() - started < 8_000 ? "soon" : "late"));
