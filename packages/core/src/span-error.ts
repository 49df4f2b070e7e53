import { withoutSecrets } from "./secret-keys.ts";
import type { SpanError } from "./span.ts";

const MAX_TEXT = 16_384;
const MAX_CAUSES = 5;

/**
 * Whatever was thrown, as data: an Error, a string, `undefined`, an object. Never throws.
 * Headers, requests and other members that libraries hang on their errors are left behind.
 */
export function toSpanError(thrown: unknown): SpanError {
  return describe(thrown, 0);
}

/** True for what abort signals and their like throw: someone stopped the work; it did not fail. */
export function isAbort(thrown: unknown): boolean {
  const name = textMember(thrown, "name");
  if (name === "AbortError" || name === "APIUserAbortError" || name === "ResponseAborted") return true;
  return textMember(thrown, "code") === "ABORT_ERR" || textMember(thrown, "code") === "ERR_CANCELED";
}

function describe(thrown: unknown, depth: number): SpanError {
  if (typeof thrown !== "object" || thrown === null) return { type: typeof thrown, message: textOf(thrown) };
  const name = textMember(thrown, "name") ?? className(thrown);
  const code = textMember(thrown, "code");
  const httpStatus = findHttpStatus(thrown, name, code);
  const stack = textMember(thrown, "stack");
  const cause = member(thrown, "cause");
  return {
    type: name,
    message: textMember(thrown, "message") ?? jsonOf(thrown),
    ...(code === undefined ? {} : { code }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(stack === undefined ? {} : { stack }),
    ...(cause === undefined || cause === null || depth >= MAX_CAUSES ? {} : { cause: describe(cause, depth + 1) }),
  };
}

function findHttpStatus(thrown: object, name: string, code: string | undefined): number | undefined {
  for (const key of ["status", "statusCode", "httpStatus"]) {
    const value = member(thrown, key);
    if (typeof value === "number" && Number.isInteger(value) && value >= 100 && value <= 599) return value;
  }
  const timedOut = name === "TimeoutError" || name === "APIConnectionTimeoutError" || code === "ETIMEDOUT";
  return timedOut ? 408 : undefined;
}

/** Numbers serve as codes too (`{ code: 42 }`). */
function textMember(value: unknown, key: string): string | undefined {
  const found = member(value, key);
  if (typeof found === "number") return String(found);
  return typeof found === "string" && found !== "" ? clip(found) : undefined;
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function className(value: object): string {
  try {
    return value.constructor.name || "Object";
  } catch {
    return "Object";
  }
}

function jsonOf(value: object): string {
  try {
    return clip(JSON.stringify(value) ?? textOf(value));
  } catch {
    return textOf(value);
  }
}

function textOf(value: unknown): string {
  try {
    return clip(String(value));
  } catch {
    return "unreadable value";
  }
}

function clip(whole: string): string {
  const text = withoutSecrets(whole);
  return (
    text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}[truncated: ${text.length - MAX_TEXT} characters]`
  ).toWellFormed();
}
