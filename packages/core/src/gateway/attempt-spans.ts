import { toSpanId } from "../ids.ts";
import type { Span, SpanStatus } from "../span.ts";
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
    spanId: toChildId(span, number),
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

/**
 * The same child of the same span has the same id, however often it is sent. Ids of one span's children are in order, as
 * that of spans which begin at the same moment is decided by them.
 */
export function toChildId(span: Span, number: number): string {
  const shared = toSpanId(`${span.traceId}/${span.spanId}/attempts`).slice(0, 12);
  return `${shared}${(number % 65_536).toString(16).padStart(4, "0")}`;
}

function toStatus(attempt: Attempt): SpanStatus {
  const { status, error, endTimeMs } = attempt;
  if (error !== undefined) return { code: "error", error };
  if (status === undefined || endTimeMs === undefined) return { code: "cancelled" };
  if (isSuccess(attempt)) return { code: "ok" };
  return { code: "error", error: { type: "HttpError", message: `HTTP ${status}`, httpStatus: status } };
}
