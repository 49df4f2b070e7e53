import type { SpanContext } from "../event.ts";
import { toHeaderText } from "./header-text.ts";
import { toTraceparent } from "./traceparent.ts";

/** Headers for a request that is made inside a span: what it leads to hangs below that span. */
export function toTraceHeaders(span: SpanContext | undefined): Record<string, string> {
  if (span === undefined) return {};
  const { traceId, spanId } = span;
  if (spanId === undefined) return { "x-portkey-trace-id": toHeaderText(traceId) };
  const traceparent = toTraceparent({ traceId, spanId });
  return {
    "x-portkey-trace-id": toHeaderText(traceId),
    "x-portkey-parent-span-id": toHeaderText(spanId),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}
