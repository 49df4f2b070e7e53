import type { SpanContext } from "../event.ts";
import { toTraceId } from "../ids.ts";
import { toSoundId } from "../sound.ts";
import { MAX_ID_CHARACTERS } from "../wire/log-fields.ts";
import { fromHeaderText } from "./header-text.ts";
import { readTraceparent } from "./traceparent.ts";

/** Headers of a request, as Node, fetch and web frameworks have them. */
export type IncomingHeaders =
  | { get(name: string): string | null | undefined }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a caller may say of the trace that it is in. */
export interface Origin {
  readonly traceId?: string | undefined;
  readonly parentSpanId?: string | undefined;
  readonly traceparent?: string | undefined;
  readonly headers?: IncomingHeaders | null | undefined;
}

/** The trace to go on with, and the span in it that called. */
export interface Continuation {
  readonly traceId: string | undefined;
  readonly parent: SpanContext | undefined;
}

/** Longer than any id whose characters are all escaped. */
const MAX_HEADER = 9 * MAX_ID_CHARACTERS;

/**
 * What is told beats what is read from headers, and `x-portkey-*` beats `traceparent`. A parent counts only in the trace
 * that it comes with. Anything malformed counts as absent.
 */
export function continueTrace(origin: Origin): Continuation {
  const parentSpanId = toSoundId(origin.parentSpanId);
  const told = readTraceparent(origin.traceparent);
  const pinned = toSoundId(origin.traceId) ?? told?.traceId;
  if (pinned !== undefined) {
    const isOfTold = told !== undefined && told.traceId === toTraceId(pinned);
    return toContinuation(pinned, parentSpanId ?? (isOfTold ? told.spanId : undefined));
  }
  const received = readHeaders(origin.headers);
  return toContinuation(received?.traceId, parentSpanId ?? received?.spanId);
}

function toContinuation(traceId: string | undefined, spanId: string | undefined): Continuation {
  const parent = traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
  return { traceId, parent };
}

/** The calling span: the span that the request itself is, else the one that it hangs below. */
function readHeaders(headers: IncomingHeaders | null | undefined): SpanContext | undefined {
  if (typeof headers !== "object" || headers === null) return undefined;
  const traceId = readId(headers, "x-portkey-trace-id");
  if (traceId === undefined) return readTraceparent(readHeader(headers, "traceparent"));
  const spanId = readId(headers, "x-portkey-span-id") ?? readId(headers, "x-portkey-parent-span-id");
  return spanId === undefined ? { traceId } : { traceId, spanId };
}

function readId(headers: IncomingHeaders, name: string): string | undefined {
  const value = readHeader(headers, name)?.trim();
  const id = value === undefined || value.length > MAX_HEADER ? "" : fromHeaderText(value);
  return id.length > MAX_ID_CHARACTERS ? undefined : toSoundId(id);
}

/** Of a header that was sent more than once the first. */
function readHeader(headers: IncomingHeaders, name: string): string | undefined {
  const value = hasGet(headers) ? headers.get(name) : ownHeader(headers, name);
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" ? first : undefined;
}

function hasGet(headers: IncomingHeaders): headers is { get(name: string): string | null | undefined } {
  return typeof (headers as { get?: unknown }).get === "function";
}

function ownHeader(headers: Readonly<Record<string, unknown>>, name: string): unknown {
  return headers[name] ?? Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}
