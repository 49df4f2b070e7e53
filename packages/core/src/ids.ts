import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { customAlphabet } from "nanoid";

const HEX = "0123456789abcdef";
const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ZERO_SPAN_ID = "0000000000000000";
const ZERO_TRACE_ID = ZERO_SPAN_ID + ZERO_SPAN_ID;

const mintTraceId = customAlphabet(HEX, 32);
const mintSpanId = customAlphabet(HEX, 16);

/** A new W3C trace id: 32 lower-case hex, never all zero. */
export function createTraceId(): string {
  const id = mintTraceId();
  return id === ZERO_TRACE_ID ? createTraceId() : id;
}

/** A new W3C span id: 16 lower-case hex, never all zero. */
export function createSpanId(): string {
  const id = mintSpanId();
  return id === ZERO_SPAN_ID ? createSpanId() : id;
}

/** True for 32 lower-case hex that are not all zero. */
export function isTraceId(text: string): boolean {
  return TRACE_ID.test(text) && text !== ZERO_TRACE_ID;
}

/** True for 16 lower-case hex that are not all zero. */
export function isSpanId(text: string): boolean {
  return SPAN_ID.test(text) && text !== ZERO_SPAN_ID;
}

/**
 * The W3C trace id of a root run: its UUID without dashes, so that either can be had from the other.
 * A W3C trace id stays what it is; any other text is hashed.
 */
export function toTraceId(runId: string): string {
  if (UUID.test(runId)) {
    const id = runId.replaceAll("-", "").toLowerCase();
    if (id !== ZERO_TRACE_ID) return id;
  }
  return isTraceId(runId) ? runId : hash(runId, 16);
}

/**
 * The W3C span id of a run: the last 16 hex of its UUID, which are random where the first ones are time.
 * The same run has the same id in every process, so a resend is harmless. Text that is no UUID is hashed.
 */
export function toSpanId(runId: string): string {
  if (UUID.test(runId)) {
    const id = (runId.slice(19, 23) + runId.slice(24)).toLowerCase();
    if (id !== ZERO_SPAN_ID) return id;
  }
  return isSpanId(runId) ? runId : hash(runId, 8);
}

function hash(text: string, bytes: number): string {
  return bytesToHex(sha256(utf8ToBytes(text)).subarray(0, bytes));
}
