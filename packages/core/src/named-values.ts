import type { JsonObject, JsonValue } from "./json.ts";
import { REDACTED } from "./redacted.ts";

/** Tells names whose values are secrets. */
export type IsSecret = (name: string) => boolean;

/** `["authorization", value]` as an item of a list: entries of a map, headers. */
export function redactPair(item: JsonValue, isSecret: IsSecret): JsonValue {
  if (!Array.isArray(item) || item.length !== 2) return item;
  const [name] = item;
  return typeof name === "string" && isSecret(name) ? [name, REDACTED] : item;
}

const NAMES = ["name", "key", "header", "Name", "Key"];

/** `{ name: "authorization", value }`, or with another word for the name. */
export function redactNamedValue(owner: JsonObject, isSecret: IsSecret): JsonObject {
  const value = "value" in owner ? "value" : "Value";
  if (!(value in owner)) return owner;
  const isNamed = NAMES.some((word) => isSecretText(owner[word], isSecret));
  return isNamed ? { ...owner, [value]: REDACTED } : owner;
}

const SMALL_S = 0x73;
const LARGE_S = 0x53;

/** True for a member that holds headers: `headers`, `rawHeaders`, `extra_headers`. */
export function holdsHeaders(name: string): boolean {
  const last = name.charCodeAt(name.length - 1);
  return (last === SMALL_S || last === LARGE_S) && /headers$/i.test(name);
}

/** Headers as an object, as a list of pairs or of `{ name, value }`, or as Node's flat list of names and values. */
export function redactHeaders(headers: JsonValue, isSecret: IsSecret): JsonValue {
  if (typeof headers !== "object" || headers === null) return headers;
  if (!Array.isArray(headers)) {
    const members = Object.entries(headers);
    if (!members.some(([name]) => isSecret(name))) return headers;
    return Object.fromEntries(members.map(([name, value]) => [name, isSecret(name) ? REDACTED : value]));
  }
  if (headers.every((item) => typeof item === "string")) return redactFlat(headers, isSecret);
  return headers.map((item) => {
    const isObject = typeof item === "object" && item !== null && !Array.isArray(item);
    return isObject ? redactNamedValue(item, isSecret) : redactPair(item, isSecret);
  });
}

/** Names that headers alone have. */
const HEADER = /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]{1,64})$/i;
/** A name in a list of names, as schemas have it, and no value of a header. */
const WORD = /^[a-z_$-]{1,15}$/i;

/** The same flat list where nothing says that it holds headers: the name has to be that of a header. */
export function redactFlatHeaders(list: JsonValue[], isSecret: IsSecret): JsonValue[] {
  const [first] = list;
  if (typeof first !== "string" || list.length % 2 === 1) return list;
  const isName = (name: string): boolean => HEADER.test(name) && isSecret(name);
  if (!list.some((name) => typeof name === "string" && isName(name))) return list;
  return redactFlat(list, isName, WORD);
}

function redactFlat(list: JsonValue[], isSecret: IsSecret, kept?: RegExp): JsonValue[] {
  return list.map((item, index) => {
    const isValue = index % 2 === 1 && isSecretText(list[index - 1], isSecret);
    return isValue && !(typeof item === "string" && kept?.test(item)) ? REDACTED : item;
  });
}

function isSecretText(name: JsonValue | undefined, isSecret: IsSecret): boolean {
  return typeof name === "string" && isSecret(name);
}
