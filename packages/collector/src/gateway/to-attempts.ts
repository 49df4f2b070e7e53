import type { JsonObject, Span, SpanStatus } from "@portkey-tracing/core";
import { MAX_GATEWAY_ATTEMPTS, toAttemptSpanId, toGatewayAttemptId } from "@portkey-tracing/core/wire";
import type { GatewayEntry, GatewayRecord } from "./gateway-log.ts";

/** The call that an entry is about, as its headers tell. */
export interface Call {
  readonly traceId: string;
  /** The span of the call; where it has none, the one around it. */
  readonly spanId: string;
  /** The request was made for a span of its own. */
  readonly isOwn: boolean;
}

/** Whose request an entry is about; `undefined` where the gateway was not told to forward our headers. */
export function callOf({ requestOptions }: GatewayEntry): Call | undefined {
  const headers = requestOptions.at(-1)?.transformedRequest?.headers;
  const own = headers?.["x-portkey-span-id"];
  const spanId = own ?? headers?.["x-portkey-parent-span-id"];
  if (headers === undefined || spanId === undefined) return undefined;
  return { traceId: headers["x-portkey-trace-id"], spanId, isOwn: own !== undefined };
}

/**
 * A child of the call for each target that the gateway tried; none where one was, and could not be tried again. What the
 * tracer may have inferred is told under the same id, and takes its place. `request` counts the call's requests before
 * this one. Contents and keys are not in it. Pure.
 */
export function toAttempts(entry: GatewayEntry, call: Call, request: number): Span[] {
  const records = entry.requestOptions;
  const [only] = records;
  if (records.length === 1 && !mayRetry(only)) return [];
  const inferred = call.isOwn ? inferredFrom(records) : [];
  return records.map((record, index) => {
    const known = inferred.indexOf(index);
    const isKnown = known >= 0 && known < MAX_GATEWAY_ATTEMPTS;
    const spanId = isKnown
      ? toGatewayAttemptId(call, request, known)
      : toAttemptSpanId(call, `${record.hookSpanId}/${index}`);
    return toSpan(record, call, spanId, index === records.length - 1 ? entry.status : undefined);
  });
}

/**
 * Which records stand for what is inferred from the path of the last target: at each level of it, the targets before it.
 * Of several records below one of these it is the last, after which the gateway went on.
 */
function inferredFrom(records: readonly GatewayRecord[]): number[] {
  const found: number[] = [];
  const path = records.at(-1)?.lastUsedOptionIndex ?? "config";
  for (const step of path.matchAll(/\.targets\[(\d+)\]/g)) {
    for (let before = 0; before < Number(step[1]); before++) {
      const passedOver = `${path.slice(0, step.index)}.targets[${before}]`;
      const last = records.findLastIndex(({ lastUsedOptionIndex: target }) => isWithin(target, passedOver));
      if (last >= 0) found.push(last);
    }
  }
  return found;
}

function isWithin(target: string, group: string): boolean {
  return target === group || target.startsWith(`${group}.`);
}

function mayRetry(record: GatewayRecord | undefined): boolean {
  return (record?.providerOptions.retry?.attempts ?? 0) > 0;
}

/** `status` is that of the answer; of an attempt that gave none the gateway does not tell it. */
function toSpan(record: GatewayRecord, call: Call, spanId: string, status: number | undefined): Span {
  const { providerOptions, lastUsedOptionIndex: target, createdAt, executionTime } = record;
  const metadata: JsonObject = {
    gateway_target: target,
    ...(providerOptions.provider === undefined ? {} : { gateway_provider: providerOptions.provider }),
    ...hostOf(providerOptions.requestURL),
    ...(status === undefined ? {} : { http_status: String(status) }),
  };
  return {
    traceId: call.traceId,
    spanId,
    parentSpanId: call.spanId,
    name: `target ${target}`,
    type: "attempt",
    source: "Portkey",
    startTimeMs: Date.parse(createdAt),
    durationMs: executionTime,
    status: toStatus(record, status),
    marks: [],
    tags: [],
    metadata,
  };
}

/** The address may have a key in its query, or a password. */
function hostOf(url: string | undefined): JsonObject {
  return url === undefined || !URL.canParse(url) ? {} : { gateway_host: new URL(url).host.slice(0, 128) };
}

function toStatus({ originalResponse }: GatewayRecord, status: number | undefined): SpanStatus {
  if (status !== undefined && status < 400) return { code: "ok" };
  const { type, code } = originalResponse?.body.error ?? {};
  const told = status ?? toHttpStatus(code);
  return {
    code: "error",
    error: {
      type: toWord(type) ?? (told === undefined ? "GatewayError" : "HttpError"),
      message: told === undefined ? "the gateway went on to another target" : `HTTP ${told}`,
      ...(toWord(code) === undefined ? {} : { code: toWord(code) ?? "" }),
      ...(told === undefined ? {} : { httpStatus: told }),
    },
  };
}

/** Some providers tell the status again, as the code of the error. */
function toHttpStatus(code: unknown): number | undefined {
  return typeof code === "number" && Number.isInteger(code) && code >= 400 && code < 600 ? code : undefined;
}

/** A word of a provider's vocabulary. Whatever else stands there may repeat what was sent. */
function toWord(value: unknown): string | undefined {
  return typeof value === "string" && /^[a-z][a-z_.]{0,47}\d{0,3}$/i.test(value) ? value : undefined;
}
