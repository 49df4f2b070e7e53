import { MAX_ERROR_TEXT, toErrorText } from "./error-text.ts";
import { snapshot } from "./snapshot.ts";
import type { SpanError } from "./span.ts";
import { WITHOUT_SECRETS } from "./without-secrets.ts";

const MAX_CAUSES = 5;

/**
 * Whatever was thrown, as data: an Error, a string, `undefined`, an object. Never throws.
 * What carries no HTTP status has 408 where it is a timeout, and 499 where it is what abort signals throw.
 * Headers, requests and other members that libraries hang on their errors are left behind; of an object without a message
 * a bounded copy is kept, without the values of secret names. Keys, tokens and passwords in texts are taken out.
 */
export function toSpanError(thrown: unknown): SpanError {
  return describe(thrown, 0);
}

const ABORTS: ReadonlySet<string> = new Set([
  "AbortError",
  "APIUserAbortError",
  "ResponseAborted",
  "ABORT_ERR",
  "ERR_CANCELED",
]);
const TIMEOUTS: ReadonlySet<string> = new Set(["TimeoutError", "APIConnectionTimeoutError", "ETIMEDOUT"]);

function describe(thrown: unknown, depth: number): SpanError {
  if (typeof thrown !== "object" || thrown === null) return { type: typeof thrown, message: textOf(thrown) };
  const name = textMember(thrown, "name") ?? className(thrown);
  const code = textMember(thrown, "code");
  const httpStatus = findHttpStatus(thrown, name, code);
  const stack = textMember(thrown, "stack");
  const cause = member(thrown, "cause");
  return {
    type: name,
    message: messageOf(thrown, name) + ofSeveral(thrown, depth),
    ...(code === undefined ? {} : { code }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(stack === undefined ? {} : { stack }),
    ...(cause === undefined || cause === null || depth >= MAX_CAUSES ? {} : { cause: describe(cause, depth + 1) }),
  };
}

function messageOf(thrown: object, name: string): string {
  return textMember(thrown, "message") ?? (member(thrown, "message") === "" ? name : jsonOf(thrown));
}

/** What the errors inside an `AggregateError` say. */
function ofSeveral(thrown: object, depth: number): string {
  const errors = depth > 0 ? [] : listOf(member(thrown, "errors"));
  if (errors.length === 0) return "";
  const told = errors.slice(0, MAX_CAUSES).map((error) => {
    const { type, message } = describe(error, MAX_CAUSES);
    return `${type}: ${message}`;
  });
  const more = errors.length > MAX_CAUSES ? `; and ${errors.length - MAX_CAUSES} more` : "";
  return toErrorText(` (${told.join("; ")}${more})`);
}

/** The first members of a list, and as many holes as it has beyond them. */
function listOf(value: unknown): unknown[] {
  try {
    return Array.isArray(value) ? Object.assign(value.slice(0, MAX_CAUSES), { length: value.length }) : [];
  } catch {
    return [];
  }
}

function findHttpStatus(thrown: object, name: string, code: string | undefined): number | undefined {
  for (const key of ["status", "statusCode", "httpStatus"]) {
    const value = member(thrown, key);
    if (typeof value === "number" && Number.isInteger(value) && value >= 100 && value <= 599) return value;
  }
  if (TIMEOUTS.has(name) || TIMEOUTS.has(code ?? "")) return 408;
  return ABORTS.has(name) || ABORTS.has(code ?? "") ? 499 : undefined;
}

/** Numbers serve as codes too (`{ code: 42 }`). */
function textMember(value: unknown, key: string): string | undefined {
  const found = member(value, key);
  if (typeof found === "number") return String(found);
  return typeof found === "string" && found !== "" ? toErrorText(found) : undefined;
}

function member(value: unknown, key: string): unknown {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function className(value: object): string {
  return textMember(member(value, "constructor"), "name") ?? "Object";
}

function jsonOf(value: object): string {
  const copy = snapshot(value, { maxBytes: MAX_ERROR_TEXT, maxDepth: 8, ...WITHOUT_SECRETS });
  return typeof copy === "string" ? toErrorText(copy) : toErrorText(JSON.stringify(copy) ?? typeof value);
}

function textOf(value: unknown): string {
  try {
    return toErrorText(String(value));
  } catch {
    return "unreadable value";
  }
}
