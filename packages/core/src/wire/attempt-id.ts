import { toSpanId } from "../ids.ts";
import type { Span } from "../span.ts";

/**
 * The id of a call's n-th attempt. The same child of the same span has the same id, however often it is sent and whoever
 * tells of it. Ids of one span's children are in order, as that of spans which begin at the same moment is decided by them.
 */
export function toAttemptId({ traceId, spanId }: Pick<Span, "traceId" | "spanId">, number: number): string {
  const shared = toSpanId(`${traceId}/${spanId}/attempts`).slice(0, 12);
  return `${shared}${(number % 65_536).toString(16).padStart(4, "0")}`;
}

/** A gateway's own attempts have numbers beyond those of requests that a client made. */
const FIRST_OF_GATEWAYS = 32_768;

/** More than this of one request have no ids of their own. */
export const MAX_GATEWAY_ATTEMPTS = 128;

/**
 * The id of the n-th failed attempt that a gateway made for one request of a call: the same whether it was inferred from
 * the answer or is told by the gateway's log. `request` counts the requests of the call that the gateway took.
 */
export function toGatewayAttemptId(call: Pick<Span, "traceId" | "spanId">, request: number, index: number): string {
  const number = (request % 256) * MAX_GATEWAY_ATTEMPTS + (index % MAX_GATEWAY_ATTEMPTS);
  return toAttemptId(call, FIRST_OF_GATEWAYS + number);
}

/** The id of an attempt that only the gateway's log tells of, by what the gateway itself calls it. */
export function toAttemptSpanId({ traceId, spanId }: Pick<Span, "traceId" | "spanId">, name: string): string {
  return toSpanId(`${traceId}/${spanId}/attempts/${name}`);
}
