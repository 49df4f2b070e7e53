import type { Compression } from "../options.ts";
import type { Answer } from "./compression.ts";
import type { Batch, Outcome } from "./transport.ts";

/** Where batches go, and how. */
export interface HttpTarget {
  /** Address of the API, up to and including `/v1`. */
  readonly baseURL: string;
  readonly apiKey: string | undefined;
  readonly compression: Compression;
}

/** What is asked of the API. */
export interface HttpRequest {
  /** Below the base URL. */
  readonly path: string;
  readonly method: "POST" | "PUT";
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Which part of the API is written to, and how. */
export interface HttpEndpoint {
  readonly toRequest: (batch: Batch) => HttpRequest;
  /** Told the text of an answer that is a success, which is not read otherwise. */
  readonly onSuccess?: (text: string, batch: Batch) => void;
}

/** `POST /logs`, an array of records. */
export const LOGS: HttpEndpoint = { toRequest: (batch) => ({ path: "/logs", method: "POST", body: toBody(batch) }) };

/** Characters that are read of an answer which is no success. */
export const MAX_REFUSAL = 1_024;
/** Characters that are read of a success, where somebody wants them. */
export const MAX_ANSWER = 65_536;
/** The status says what became of a batch: the rest of an answer is not waited for much longer. */
export const BODY_TIMEOUT_MS = 1_000;

const OPENING = 0x5b; // [
const COMMA = 0x2c; // ,
const CLOSING = 0x5d; // ]

/** The records as one JSON array. */
export function toBody(batch: Batch): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(batch.bytes + batch.records.length + 1);
  let at = 0;
  for (const record of batch.records) {
    body[at] = at === 0 ? OPENING : COMMA;
    body.set(record, at + 1);
    at += record.length + 1;
  }
  body[at] = CLOSING;
  return body;
}

/**
 * Headers of the logs endpoint. Never a provider, config, virtual key or custom host: with those an open-source gateway
 * would pass the whole trace on to the provider.
 */
export function toHeaders(target: HttpTarget): Record<string, string> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (target.apiKey === undefined) return headers;
  headers["x-portkey-api-key"] = target.apiKey;
  if (new URL(target.baseURL).hostname === "aigw.portkey.ai") headers["authorization"] = `Bearer ${target.apiKey}`;
  return headers;
}

/** The server took what it was sent. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** What an answer means. `text` is the beginning of its body, and wanted only for answers that are no success. */
export function toOutcome(status: number, retryAfter: string | null | undefined, text: string, nowMs: number): Outcome {
  if (isSuccess(status)) return { kind: "accepted" };
  const message = `HTTP ${status}${text === "" ? "" : `: ${text.slice(0, 300)}`}`;
  if (status === 401 || status === 403) return { kind: "rejected", reason: "unauthorized", message, status };
  if (status === 413) return { kind: "rejected", reason: "too_large", message, status, aboutContent: true };
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const retryAfterMs = parseRetryAfter(retryAfter, nowMs);
    return { kind: "retryable", message, status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  const aboutContent = (status === 400 || status === 422) && !isGatewayWithoutLogs(text);
  return { kind: "rejected", reason: "rejected", message, status, aboutContent };
}

/** What an answer means, with what its headers say. */
export function outcomeOf({ status, retryAfter, date, text }: Answer): Outcome {
  return toOutcome(status, retryAfter, text, serverNowMs(date));
}

/** True for what an open-source gateway answers, which has no logs endpoint and takes the request for a model call. */
export function isGatewayWithoutLogs(text: string): boolean {
  return text.includes("Either x-portkey-config or x-portkey-provider header is required");
}

/**
 * The time by the server's clock, from the `Date` of its answer, else by ours: what a date in `Retry-After` is told by,
 * however wrong the clock of this machine is.
 */
export function serverNowMs(date: string | null | undefined): number {
  const serverMs = Date.parse(date ?? "");
  return Number.isNaN(serverMs) ? Date.now() : serverMs;
}

/** `Retry-After` as seconds or as a date, in milliseconds from now. */
export function parseRetryAfter(value: string | null | undefined, nowMs: number): number | undefined {
  if (value === undefined || value === null || value.trim() === "") return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return seconds < 0 ? undefined : seconds * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/** Network errors, as retryable as they come. */
export function toNetworkOutcome(error: unknown): Outcome {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : undefined;
  const text = cause instanceof Error ? cause.message : String(cause);
  return { kind: "retryable", message: code === undefined || text.includes(code) ? text : `${code}: ${text}` };
}
