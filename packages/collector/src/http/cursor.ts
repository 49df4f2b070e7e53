import type { TracePosition } from "../store/store.ts";
import { MAX_MS } from "./moment.ts";

/** A place in the list as opaque text that fits a URL. */
export function toCursor({ startTimeMs, traceId }: TracePosition): string {
  return Buffer.from(JSON.stringify([startTimeMs, traceId])).toString("base64url");
}

/** The place that a cursor stands for, or `undefined` where the text is no cursor. */
export function fromCursor(cursor: string): TracePosition | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (!Array.isArray(value)) return undefined;
    const [startTimeMs, traceId]: unknown[] = value;
    if (typeof startTimeMs !== "number" || Math.abs(startTimeMs) > MAX_MS) return undefined;
    return typeof traceId === "string" ? { startTimeMs, traceId } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
