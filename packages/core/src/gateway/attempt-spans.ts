import type { Span, SpanStatus } from "../span.ts";
import { toAttemptId } from "../wire/attempt-id.ts";
import { type Attempt, isSuccess } from "./model-requests.ts";

/**
 * One child for each HTTP request of a call that needed more than one because some failed; none where the first one
 * was answered well, or the requests are parts of the work.
 */
export function toAttemptSpans(span: Span, attempts: readonly Attempt[]): Span[] {
  const isRepeated = attempts.length > 1 && attempts.slice(0, -1).some((attempt) => !isSuccess(attempt));
  return isRepeated ? attempts.map((attempt, index) => toAttemptSpan(span, attempt, index + 1)) : [];
}

function toAttemptSpan(span: Span, attempt: Attempt, number: number): Span {
  const endTimeMs = attempt.endTimeMs ?? span.startTimeMs + span.durationMs;
  const { status } = attempt;
  return {
    traceId: span.traceId,
    spanId: toAttemptId(span, number),
    parentSpanId: span.spanId,
    name: `attempt ${number}`,
    type: "attempt",
    source: span.source,
    startTimeMs: attempt.startTimeMs,
    durationMs: Math.max(0, endTimeMs - attempt.startTimeMs),
    status: toStatus(attempt),
    marks: [],
    tags: [],
    metadata: { attempt: String(number), ...(status === undefined ? {} : { http_status: String(status) }) },
  };
}

function toStatus(attempt: Attempt): SpanStatus {
  const { status, error, endTimeMs } = attempt;
  if (error !== undefined) return { code: "error", error };
  if (status === undefined || endTimeMs === undefined) return { code: "cancelled" };
  if (isSuccess(attempt)) return { code: "ok" };
  return { code: "error", error: { type: "HttpError", message: `HTTP ${status}`, httpStatus: status } };
}
