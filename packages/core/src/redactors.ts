import type { JsonObject, JsonValue } from "./json.ts";
import type { Redactor } from "./redact.ts";
import { REDACTED } from "./snapshot.ts";

/** What makes a member secret, and what is done about text that cannot be read as JSON. */
export interface MemberRule {
  readonly isSecret: (name: string) => boolean;
  /** Text that begins like JSON and does not parse (it was cut), or is longer than `maxParsedCharacters`. */
  readonly redactCutText: (text: string) => string;
  readonly maxParsedCharacters: number;
}

/** Nesting that is followed; what lies deeper is replaced as a whole. */
const MAX_DEPTH = 200;
const FENCE = "```";

/**
 * Replaces the values of members with these names by `[redacted]`, at any depth, in every part of a span; also in
 * `{ name, value }` pairs and lists of `[name, value]`, and where an object stands as JSON text, as the arguments of tool
 * calls do. Names are compared without case, dashes and underscores. JSON text that was cut, and holds one of the names,
 * is replaced as a whole.
 */
export function redactKeys(names: readonly string[]): Redactor {
  const wanted = new Set(names.map(plain));
  const rule: MemberRule = {
    isSecret: (name) => wanted.has(plain(name)),
    redactCutText: (text) => (holdsName(text, wanted) ? REDACTED : text),
    maxParsedCharacters: Number.POSITIVE_INFINITY,
  };
  return (value) => redactMembers(value, rule);
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

/** A copy without the values of secret members, wherever a name and its value stand together. */
export function redactMembers(value: JsonValue, rule: MemberRule, depth: number = 0): JsonValue {
  if (typeof value === "string") return redactText(value, rule, depth);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return REDACTED;
  if (Array.isArray(value)) {
    return value.map((item) => redactPair(redactMembers(item, rule, depth + 1), rule.isSecret));
  }
  const members = Object.entries(value).map(([key, member]) => [
    key,
    rule.isSecret(key) ? REDACTED : redactMembers(member, rule, depth + 1),
  ]);
  return redactNamedValue(Object.fromEntries(members), rule.isSecret);
}

/** `["authorization", value]` as an item of a list: entries of a map, headers. */
export function redactPair(item: JsonValue, isSecret: (name: string) => boolean): JsonValue {
  if (!Array.isArray(item) || item.length !== 2) return item;
  const [name] = item;
  return typeof name === "string" && isSecret(name) ? [name, REDACTED] : item;
}

/** `{ name: "authorization", value }`, or with `key` for the name. Changes the object it is given. */
export function redactNamedValue(owner: JsonObject, isSecret: (name: string) => boolean): JsonObject {
  if (!Object.hasOwn(owner, "value")) return owner;
  const names = [owner["name"], owner["key"]];
  if (names.some((name) => typeof name === "string" && isSecret(name))) owner["value"] = REDACTED;
  return owner;
}

/**
 * Redacts inside a text that is JSON (an object, a list, or either once more as a JSON string), and inside the fences of
 * a text that has some. A text in which nothing is secret stays byte for byte, and so does prose.
 */
export function redactText(text: string, rule: MemberRule, depth: number = 0): string {
  if (!beginsLikeJson(text)) return text.includes(FENCE) ? redactFences(text, rule, depth) : text;
  if (text.length > rule.maxParsedCharacters) return rule.redactCutText(text);
  try {
    const value = JSON.parse(text) as JsonValue;
    const redacted = JSON.stringify(redactMembers(value, rule, depth + 1));
    return redacted === JSON.stringify(value) ? text : redacted;
  } catch {
    return rule.redactCutText(text);
  }
}

/** False for prose, in which `redactText` finds nothing: cheap to ask, however long the text is. */
export function mayHoldJson(text: string): boolean {
  return beginsLikeJson(text) || text.includes(FENCE);
}

function beginsLikeJson(text: string): boolean {
  return /^\s*(?:[[{]|"\s*[[{"\\])/.test(text);
}

/** Every second part of a text between fences is inside; the first line of it may name a language. */
function redactFences(text: string, rule: MemberRule, depth: number): string {
  const parts = text.split(FENCE).map((part, index) => {
    if (index % 2 === 0) return part;
    const [opening = ""] = /^[\w+-]{0,32}\s{0,64}/.exec(part) ?? [];
    return opening + redactText(part.slice(opening.length), rule, depth + 1);
  });
  return parts.join(FENCE);
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, "");
}

function holdsName(text: string, names: ReadonlySet<string>): boolean {
  const decoded = text.replaceAll(/\\u([\da-f]{4})/gi, (_whole, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  const searched = plain(decoded);
  return [...names].some((name) => searched.includes(name));
}
