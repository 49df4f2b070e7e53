import type { JsonObject, JsonValue } from "./json.ts";
import type { Span, SpanError, SpanStatus } from "./span.ts";

/** The parts of a span that can hold content. */
export type RedactableField = "name" | "input" | "output" | "error" | "marks" | "metadata" | "tags";

/**
 * Gives what may be kept of one part of a span: the same value, a changed copy, or `undefined` to withhold it.
 * The value is a plain copy that no one else holds. A redactor that throws withholds the part; that is counted.
 */
export type Redactor = (value: JsonValue, field: RedactableField) => JsonValue | undefined;

/** What stands where a redactor failed. */
export const WITHHELD = "[withheld: redactor failed]";

/** Runs the redactors over every part of a span that can hold content. Fails closed. */
export function redactSpan(span: Span, redactors: readonly Redactor[], onFailure: (error: unknown) => void): Span {
  if (redactors.length === 0) return span;
  const apply = (value: JsonValue, field: RedactableField): JsonValue | undefined => {
    try {
      return redactors.reduce<JsonValue | undefined>(
        (kept, redact) => (kept === undefined ? kept : redact(kept, field)),
        value,
      );
    } catch (error) {
      onFailure(error);
      return WITHHELD;
    }
  };
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
      const { attributes, ...bare } = mark;
      const kept = attributes === undefined ? undefined : apply(attributes, "marks");
      return kept === undefined ? bare : { ...bare, attributes: kept };
    }),
    tags: span.tags.map((tag) => apply(tag, "tags")).filter((tag) => typeof tag === "string"),
    metadata: asObject(apply(span.metadata, "metadata")),
  };
}

function redactStatus(
  status: SpanStatus,
  apply: (value: JsonValue, field: RedactableField) => JsonValue | undefined,
): SpanStatus {
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

function redactError(
  error: SpanError,
  apply: (value: JsonValue, field: RedactableField) => JsonValue | undefined,
): SpanError {
  const { stack, cause, ...rest } = error;
  const newStack = stack === undefined ? undefined : apply(stack, "error");
  return {
    ...rest,
    message: asText(apply(error.message, "error")),
    ...(typeof newStack === "string" ? { stack: newStack } : {}),
    ...(cause === undefined ? {} : { cause: redactError(cause, apply) }),
  };
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
