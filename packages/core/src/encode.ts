import type { Span } from "./span.ts";
import { toUtf8 } from "./utf8.ts";
import { toLogRecord } from "./wire/to-log-record.ts";

/** One span as the bytes that go over the wire. */
export function encodeSpan(span: Span): Uint8Array {
  return toUtf8(JSON.stringify(toLogRecord(span)));
}
