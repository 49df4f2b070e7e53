import type { SpanContext } from "../event.ts";
import { isSpanId, isTraceId, toTraceId } from "../ids.ts";

const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(-.*)?$/;

/** The span that a W3C `traceparent` names, or `undefined` where it is none. */
export function readTraceparent(value: unknown): Required<SpanContext> | undefined {
  if (typeof value !== "string") return undefined;
  const [, version, traceId = "", spanId = "", more] = TRACEPARENT.exec(value.trim()) ?? [];
  // What comes after the flags belongs to versions that do not exist yet; version ff never will.
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) return undefined;
  return isTraceId(traceId) && isSpanId(spanId) ? { traceId, spanId } : undefined;
}

/** The W3C `traceparent` of a span. A trace id that is no W3C id is hashed. */
export function toTraceparent({ traceId, spanId }: Required<SpanContext>): string | undefined {
  return isSpanId(spanId) ? `00-${toTraceId(traceId)}-${spanId}-01` : undefined;
}
