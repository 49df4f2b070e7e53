import { withoutSecretMembers, withoutSecretsInAddresses } from "./secret-text.ts";
import { SPAN_TYPES, type SpanType } from "./span.ts";
import { MAX_ID_CHARACTERS, MAX_NAME_CHARACTERS } from "./wire/log-fields.ts";

const TYPES: ReadonlySet<unknown> = new Set(SPAN_TYPES);
const MAX_TAG = 256;
const MAX_TAGS = 64;
/** What is read beyond a bound, so that the end is not cut before it was searched for secrets. */
const MARGIN = 256;

/** A name, whatever was given for one: text of at most 1,024 characters, without secrets in addresses and JSON. */
export function toSoundName(value: unknown): string {
  if (typeof value === "string") return clean(value, MAX_NAME_CHARACTERS);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "unnamed";
}

/** One of the known types; anything else is a `span`. */
export function toSoundType(value: unknown): SpanType {
  return TYPES.has(value) ? (value as SpanType) : "span";
}

/** The first 64 texts of a list, of at most 256 characters each. Anything else has no tags. */
export function toSoundTags(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) return [];
  return value
    .filter((tag) => typeof tag === "string")
    .slice(0, MAX_TAGS)
    .map((tag) => clean(tag, MAX_TAG));
}

/** A text that is not empty, cut to what a server takes for an id, or none. Of an address as an id no secrets are kept. */
export function toSoundId(value: unknown): string | undefined {
  return typeof value === "string" && value !== ""
    ? clip(withoutSecretsInAddresses(value), MAX_ID_CHARACTERS)
    : undefined;
}

function clean(text: string, max: number): string {
  return clip(withoutSecretMembers(clip(text, max + MARGIN)), max);
}

function clip(text: string, max: number): string {
  return text.length <= max ? text : text.slice(0, max).toWellFormed();
}
