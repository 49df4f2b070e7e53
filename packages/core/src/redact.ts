import type { JsonObject, JsonValue } from "./json.ts";
import { isPlain } from "./program-objects.ts";
import type { Span, SpanError, SpanStatus } from "./span.ts";

/** The parts of a span that can hold content. */
export type RedactableField = "name" | "input" | "output" | "error" | "marks" | "metadata" | "tags";

/**
 * Gives what may be kept of one part of a span: the same value, a changed copy, or `undefined` to withhold it.
 * The value is a plain copy that no one else holds. Of errors the type, code, message and stack are given one by one, of
 * causes too; of marks the name and the attributes; what has to be text and is none afterwards is withheld. A redactor
 * that throws, or gives a promise or anything else that is no JSON, withholds the part; that is counted.
 *
 * Exempt, as spans could not be put together without them: ids of traces and spans, also a trace id that the program
 * pinned, and what comes from closed lists or is measured: type, source, status, times, the HTTP status of an error,
 * provider and address of a model call.
 */
export type Redactor = (value: JsonValue, field: RedactableField) => JsonValue | undefined;

/** Runs the redactors over one part. */
type Apply = (value: JsonValue, field: RedactableField) => JsonValue | undefined;

/** What stands where a redactor failed. */
export const WITHHELD = "[withheld: redactor failed]";

/** Runs the redactors over every part of a span that can hold content. Fails closed. */
export function redactSpan(span: Span, redactors: readonly Redactor[], onFailure: (error: unknown) => void): Span {
  if (redactors.length === 0) return span;
  const apply: Apply = (value, field) => redactValue(value, field, redactors, onFailure);
  const { input, output, ...rest } = span;
  const newInput = input === undefined ? undefined : apply(input, "input");
  const newOutput = output === undefined ? undefined : apply(output, "output");
  return {
    ...rest,
    name: asText(apply(span.name, "name")),
    status: redactStatus(span.status, apply),
    ...(newInput === undefined ? {} : { input: asBody(span, newInput) }),
    ...(newOutput === undefined ? {} : { output: asBody(span, newOutput) }),
    marks: span.marks.map((mark) => {
      const { attributes } = mark;
      const bare = { name: asText(apply(mark.name, "marks")), timeMs: mark.timeMs };
      const kept = attributes === undefined ? undefined : apply(attributes, "marks");
      return kept === undefined ? bare : { ...bare, attributes: kept };
    }),
    tags: span.tags.map((tag) => apply(tag, "tags")).filter((tag) => typeof tag === "string"),
    metadata: asObject(apply(span.metadata, "metadata")),
  };
}

/** Runs the redactors over one value. Fails closed. */
export function redactValue(
  value: JsonValue,
  field: RedactableField,
  redactors: readonly Redactor[],
  onFailure: (error: unknown) => void,
): JsonValue | undefined {
  try {
    return redactors.reduce<JsonValue | undefined>(
      (kept, redact) => (kept === undefined ? kept : asJson(redact(kept, field))),
      value,
    );
  } catch (error) {
    onFailure(error);
    return WITHHELD;
  }
}

function redactStatus(status: SpanStatus, apply: Apply): SpanStatus {
  switch (status.code) {
    case "error":
      return { code: "error", error: redactError(status.error, apply) };
    case "cancelled":
      return status.error === undefined ? status : { code: "cancelled", error: redactError(status.error, apply) };
    case "interrupted": {
      const value = status.value === undefined ? undefined : apply(status.value, "output");
      return value === undefined ? { code: "interrupted" } : { code: "interrupted", value };
    }
    case "ok":
    case "unfinished":
      return status;
  }
}

function redactError(error: SpanError, apply: Apply): SpanError {
  const { code, stack, cause, ...rest } = error;
  const newCode = code === undefined ? undefined : apply(code, "error");
  const newStack = stack === undefined ? undefined : apply(stack, "error");
  return {
    ...rest,
    type: asText(apply(error.type, "error")),
    message: asText(apply(error.message, "error")),
    ...(typeof newCode === "string" ? { code: newCode } : {}),
    ...(typeof newStack === "string" ? { stack: newStack } : {}),
    ...(cause === undefined ? {} : { cause: redactError(cause, apply) }),
  };
}

/** What a redactor gave, if it is JSON. */
function asJson(given: unknown): JsonValue | undefined {
  if (given === undefined || isJson(given, 0)) return given;
  letGo(given, new Set());
  throw new TypeError("a redactor has to give JSON, and at once");
}

/** The failure is told already: should a promise reject, that must not end the program. */
function letGo(given: unknown, seen: Set<object>): void {
  if (typeof given !== "object" || given === null || seen.has(given)) return;
  seen.add(given);
  if (Object.prototype.toString.call(given) === "[object Promise]") Promise.resolve(given).catch(() => undefined);
  else for (const member of Object.values(given)) letGo(member, seen);
}

/** Deeper than any snapshot: what goes on for longer holds itself. */
const MAX_DEPTH = 2_000;

function isJson(value: unknown, depth: number): value is JsonValue {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      if (value === null) return true;
      if (depth >= MAX_DEPTH) return false;
      if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
      return (
        isPlain(value) && Object.values(value).every((member) => member === undefined || isJson(member, depth + 1))
      );
    default:
      return false;
  }
}

function asText(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "[withheld]";
}

function asObject(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

/** Bodies of model calls stay objects. */
function asBody(span: Span, value: JsonValue): JsonValue {
  if (span.model === undefined || (typeof value === "object" && value !== null && !Array.isArray(value))) return value;
  return { withheld: value };
}
