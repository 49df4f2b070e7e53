import type { Span } from "@portkey-tracing/core";

/**
 * True for a span that is to make way when the same one comes with what is known by then: its end was not seen, or it was
 * inferred to have been there.
 */
export function isProvisional({ status, type, metadata }: Span): boolean {
  return status.code === "unfinished" || (type === "attempt" && metadata["inferred"] === "true");
}
