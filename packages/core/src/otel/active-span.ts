import type { SpanContext } from "../event.ts";
import { isSpanId, isTraceId } from "../ids.ts";

/** What every copy of `@opentelemetry/api` 1.x leaves under this name, and the key under which it keeps a span. */
const GLOBAL = Symbol.for("opentelemetry.js.api.1");
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");
const SAMPLED = 1;

interface OpenTelemetryGlobal {
  readonly context?: { active(): { getValue(key: symbol): unknown } };
}

interface OpenTelemetrySpan {
  spanContext(): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number };
}

/**
 * OpenTelemetry's active span, where a program uses `@opentelemetry/api`. Nothing is imported for it: the API keeps its
 * state under one global symbol, so that its own copies find each other. Of a span that is not sampled, and so is never
 * exported, only the trace is given. Never throws.
 */
export function activeOpenTelemetrySpan(): SpanContext | undefined {
  const api = (globalThis as { [GLOBAL]?: OpenTelemetryGlobal })[GLOBAL];
  if (api?.context === undefined) return undefined;
  try {
    const span = api.context.active().getValue(SPAN_KEY) as OpenTelemetrySpan | undefined;
    if (span === undefined) return undefined;
    const { traceId, spanId, traceFlags } = span.spanContext();
    if (!isTraceId(traceId) || !isSpanId(spanId)) return undefined;
    return (traceFlags & SAMPLED) === SAMPLED ? { traceId, spanId } : { traceId };
  } catch {
    // A context or span of some other kind: there is nothing to hang below.
    return undefined;
  }
}
