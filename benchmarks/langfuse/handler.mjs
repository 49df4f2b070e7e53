import { CallbackHandler } from "@langfuse/langchain";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

/** Langfuse's handler with its own span processor, set up as its documentation does, pointed at the sink. */
export function create(sinkUrl) {
  const processor = new LangfuseSpanProcessor({ publicKey: "pk-lf-1", secretKey: "sk-lf-1", baseUrl: sinkUrl });
  const provider = new NodeTracerProvider({ spanProcessors: [processor] });
  provider.register();
  return { callbacks: [new CallbackHandler()], flush: () => processor.forceFlush(), close: () => provider.shutdown() };
}
