import type { JsonObject, JsonValue } from "./json.ts";
import {
  holdsHeaders,
  type IsSecret,
  redactFlatHeaders,
  redactHeaders,
  redactNamedValue,
  redactPair,
} from "./named-values.ts";
import type { Redactor } from "./redact.ts";
import { REDACTED } from "./redacted.ts";

/** What makes a member secret, and what is done about text that cannot be read as JSON. */
export interface MemberRule {
  readonly isSecret: IsSecret;
  /** The same for members of what is called headers. */
  readonly isSecretHeader: IsSecret;
  /** Text that begins like JSON and does not parse: it was cut. */
  readonly redactCutText: (text: string) => string;
  /** What is done about other text inside JSON. */
  readonly cleanText: (text: string) => string;
}

/** Nesting that is followed; what lies deeper is replaced as a whole. */
const MAX_DEPTH = 200;
const FENCE = "```";
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * Replaces the values of members with these names by `[redacted]`, at any depth, in every part of a span; also in
 * `{ name, value }` pairs and lists of `[name, value]`, and where an object stands as JSON text, as the arguments of tool
 * calls do. Names are compared without case, dashes and underscores. JSON text that was cut, and holds one of the names,
 * is replaced as a whole.
 */
export function redactKeys(names: readonly string[]): Redactor {
  const wanted = new Set(names.map(plain));
  const isSecret = (name: string): boolean => wanted.has(plain(name));
  const rule: MemberRule = {
    isSecret,
    isSecretHeader: isSecret,
    redactCutText: (text) => (holdsName(text, wanted) ? REDACTED : text),
    cleanText: (text) => text,
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

/** A copy without the values of secret members, wherever a name and its value stand together; the same where none is. */
export function redactMembers(value: JsonValue, rule: MemberRule, depth: number = 0): JsonValue {
  if (typeof value === "string") return redactText(value, rule, depth);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return REDACTED;
  return Array.isArray(value) ? redactItems(value, rule, depth) : redactObject(value, rule, depth);
}

function redactItems(list: JsonValue[], rule: MemberRule, depth: number): JsonValue[] {
  const items = list.map((item) => redactPair(redactMembers(item, rule, depth + 1), rule.isSecret));
  return redactFlatHeaders(items.every((item, index) => item === list[index]) ? list : items, rule.isSecret);
}

function redactObject(owner: JsonObject, rule: MemberRule, depth: number): JsonObject {
  let isChanged = false;
  const members = Object.entries(owner).map(([key, member]) => {
    const kept = rule.isSecret(key) ? REDACTED : redactMembers(member, rule, depth + 1);
    const redacted = holdsHeaders(key) ? redactHeaders(kept, rule.isSecretHeader) : kept;
    isChanged ||= redacted !== member;
    return [key, redacted] as const;
  });
  return redactNamedValue(isChanged ? Object.fromEntries(members) : owner, rule.isSecret);
}

/**
 * Redacts inside a text that is JSON (an object, a list, or either once more as a JSON string), and inside the fences of
 * a text that has some. A text in which nothing is secret stays byte for byte, and so does prose. Of a member that stands
 * there twice, JSON knows the last one only: such a text is written anew.
 */
export function redactText(text: string, rule: MemberRule, depth: number = 0): string {
  if (!beginsLikeJson(text)) return text.includes(FENCE) ? redactFences(text, rule, depth) : rule.cleanText(text);
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return rule.redactCutText(text);
  }
  const redacted = redactMembers(value, rule, depth + 1);
  const isWhole = redacted === value && countMembers(value) === countColons(text);
  return isWhole ? text : JSON.stringify(redacted);
}

function countMembers(value: JsonValue): number {
  if (typeof value !== "object" || value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + countMembers(item), 0);
  return Object.values(value).reduce<number>((sum, member) => sum + 1 + countMembers(member), 0);
}

/** Colons between names and values, of JSON that is known to be sound. */
function countColons(json: string): number {
  let count = 0;
  let isInside = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) isInside = !isInside;
    else if (code === BACKSLASH) at += 1;
    else if (code === COLON && !isInside) count += 1;
  }
  return count;
}

/** False for prose, in which `redactText` finds nothing: cheap to ask, however long the text is. */
export function mayHoldJson(text: string): boolean {
  return beginsLikeJson(text) || text.includes(FENCE);
}

function beginsLikeJson(text: string): boolean {
  return /^\s*(?:[[{]|\\{0,15}"\s*[[{"\\])/.test(text);
}

/**
 * The parts between fences, whose first line may name a language; the text may be encoded. Those outside are read alike:
 * of a fence that stands alone nobody knows on which side it is.
 */
function redactFences(text: string, rule: MemberRule, depth: number): string {
  const parts = text.split(FENCE).map((part) => {
    const [opening = ""] = /^[\w+-]{0,32}(?:\s|\\{1,15}[nrt]){0,64}/.exec(part) ?? [];
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
