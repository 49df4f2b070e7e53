import type { JsonObject } from "@portkey-tracing/core";

/** A span of OpenTelemetry, as either encoding has it, with plain values for attributes. */
export interface OtlpSpan {
  /** Lower-case hex. */
  readonly traceId: string;
  readonly spanId: string;
  /** Empty on a root. */
  readonly parentSpanId: string;
  readonly name: string;
  /** Nanoseconds since the Unix epoch, as exact as a number is: to a quarter of a microsecond. */
  readonly startNanos: number;
  readonly endNanos: number;
  readonly attributes: JsonObject;
  readonly events: readonly OtlpEvent[];
  /** 0 unset, 1 ok, 2 error. */
  readonly statusCode: number;
  readonly statusMessage: string;
  /** Attributes of what made the span. */
  readonly resource: JsonObject;
  /** Name of the instrumentation. */
  readonly scope: string;
}

/** A moment in a span. */
export interface OtlpEvent {
  readonly name: string;
  readonly timeNanos: number;
  readonly attributes: JsonObject;
}

/** Values inside values, at most. */
export const MAX_VALUE_DEPTH = 64;

/** Spans of one request, at most. */
export const MAX_SPANS = 10_000;

/** A request that is none of OTLP's, or too large. Its message is for people, and holds nothing of what was sent. */
export class OtlpError extends Error {
  override readonly name: string = "OtlpError";
  readonly status: 400 | 413 = 400;
}

/** A request that has more in it than is taken. */
export class OtlpTooLarge extends OtlpError {
  override readonly name = "OtlpTooLarge";
  override readonly status = 413;
}
