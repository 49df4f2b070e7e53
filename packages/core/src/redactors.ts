import type { JsonValue } from "./json.ts";
import type { Redactor } from "./redact.ts";
import { REDACTED } from "./snapshot.ts";

/**
 * Replaces the values of members with these names by `[redacted]`, at any depth, in every part of a span; also where an
 * object stands as JSON text, as the arguments of tool calls do. Names are compared without case, dashes and underscores.
 */
export function redactKeys(names: readonly string[]): Redactor {
  const wanted = new Set(names.map(plain));
  const isWanted = (key: string): boolean => wanted.has(plain(key));
  const redact = (value: JsonValue): JsonValue => {
    if (typeof value === "string") return inJsonText(value, redact);
    if (Array.isArray(value)) return value.map(redact);
    if (typeof value !== "object" || value === null) return value;
    const members = Object.entries(value).map(([key, member]) => [key, isWanted(key) ? REDACTED : redact(member)]);
    return Object.fromEntries(members);
  };
  return redact;
}

/** Replaces every match of these patterns by `[redacted]`, in every text of every part of a span, names of members too. */
export function redactPatterns(patterns: readonly RegExp[]): Redactor {
  const everywhere = patterns.map(({ source, flags }) => new RegExp(source, `${flags.replaceAll(/[gy]/g, "")}g`));
  const clean = (text: string): string => everywhere.reduce((rest, pattern) => rest.replace(pattern, REDACTED), text);
  const redact = (value: JsonValue): JsonValue => {
    if (typeof value === "string") return clean(value);
    if (Array.isArray(value)) return value.map(redact);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [clean(key), redact(member)]));
  };
  return redact;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, "");
}

/** Redacts inside a text that is a JSON object or array; any other text stays as it is. */
function inJsonText(text: string, redact: (value: JsonValue) => JsonValue): string {
  if (!/^\s*[[{]/.test(text)) return text;
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
  const redacted = JSON.stringify(redact(value));
  return redacted === JSON.stringify(value) ? text : redacted;
}
