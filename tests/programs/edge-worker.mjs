// What a worker on the edge does with a request: spans of its own, and a flush before it is frozen.
import { createTracing, redactKeys } from "@portkey-tracing/core";

globalThis.handle = async (sink) => {
  const tracing = createTracing({ baseURL: sink, redact: redactKeys(["card"]) });
  const answer = await tracing.withTrace({ name: "request", input: { card: "4111" } }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return tracing.span("inner", () => "answer");
  });
  return { answer, report: await tracing.flush() };
};
