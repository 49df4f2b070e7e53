import { REDACTED } from "./redacted.ts";
import { isSecretKey } from "./secret-keys.ts";

/** White space, which may be encoded too. */
const SPACE = "(?:\\s|\\\\{1,15}[nrt]){0,64}";
const NAME = '(?:[^"\\\\]|\\\\{1,15}u[\\da-f]{4}){1,128}';
/** Up to four plain members that stand between a name and its value; group 1 holds the backslashes in front of quotes. */
const BETWEEN = `(?:,${SPACE}\\1"[\\w-]{1,64}\\1"${SPACE}:${SPACE}(?:\\1"[^"\\\\]{0,128}\\1"|[\\w.+-]{1,64})${SPACE}){0,4}`;

/**
 * A quoted name and what leads to its value: a colon, the comma of `["name", value]`, or that of `{ name, value }`.
 * At any level of encoding.
 */
const MEMBER = new RegExp(
  `(\\\\{0,15})"(${NAME})\\1"${SPACE}(:|${BETWEEN},${SPACE}\\1"value\\1"${SPACE}:|,)${SPACE}`,
  "gi",
);
const LIST_OPENING = new RegExp(`\\[${SPACE}$`);

/** `{ value, name }`: where a value begins, and the name that follows its end. */
const VALUE_OPENING = new RegExp(`(\\\\{0,15})"value\\1"${SPACE}:${SPACE}`, "gi");
/** Such a value is read so far, where it is a list or an object: lists in lists must not be read again and again. */
const MAX_VALUE = 256;
const NAME_BEHIND = new RegExp(
  `${SPACE}(?=,${SPACE}(\\\\{0,15})")${BETWEEN},${SPACE}\\1"(?:name|key)\\1"${SPACE}:${SPACE}\\1"(${NAME})\\1"`,
  "iy",
);

/**
 * Text of JSON that cannot be parsed, without the values of secret names: values run to their end, or to the end of a
 * text that was cut.
 */
export function withoutNamedValues(text: string): string {
  return withoutValuesAfterNames(withoutValuesBeforeNames(text));
}
function withoutValuesBeforeNames(text: string): string {
  let kept = "";
  let from = 0;
  for (const found of text.matchAll(VALUE_OPENING)) {
    const [whole, slashes = ""] = found;
    const start = found.index + whole.length;
    if (start < from) continue;
    const end = endOfValue(text, start, slashes.length, start + MAX_VALUE);
    NAME_BEHIND.lastIndex = end;
    const [, , name] = NAME_BEHIND.exec(text) ?? [];
    if (name === undefined || !isSecretKey(decode(name))) continue;
    kept += `${text.slice(from, start)}${slashes}"${REDACTED}${slashes}"`;
    from = end;
  }
  return kept + text.slice(from);
}

function withoutValuesAfterNames(text: string): string {
  let kept = "";
  let from = 0;
  MEMBER.lastIndex = 0;
  for (let found = MEMBER.exec(text); found !== null; found = MEMBER.exec(text)) {
    const [whole, slashes = "", name = "", sign] = found;
    const isMember = sign !== "," || LIST_OPENING.test(text.slice(Math.max(0, found.index - 64), found.index));
    if (isMember && isSecretKey(decode(name))) {
      const start = found.index + whole.length;
      kept += `${text.slice(from, start)}${slashes}"${REDACTED}${slashes}"`;
      from = endOfValue(text, start, slashes.length);
      MEMBER.lastIndex = from;
    } else {
      // What was read behind a name may hold another one.
      MEMBER.lastIndex = found.index + 2 * (slashes.length + 1) + name.length;
    }
  }
  return kept + text.slice(from);
}

function decode(name: string): string {
  return name.replaceAll(/\\+u([\da-f]{4})/gi, (_whole, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function endOfValue(text: string, start: number, slashes: number, limit: number = text.length): number {
  if (text.startsWith(`${"\\".repeat(slashes)}"`, start)) return endOfString(text, start + slashes + 1, slashes);
  let depth = 0;
  for (let at = start; at < Math.min(limit, text.length); at++) {
    const character = text.charAt(at);
    if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    else if (character === '"') {
      const before = slashesBefore(text, at);
      if (before < slashes) return at - before;
      at = endOfString(text, at + 1, slashes) - 1;
    } else if (depth === 0 && (character === "," || character === "\n")) return at;
    if (depth < 0) return at;
    if (depth === 0 && (character === "}" || character === "]")) return at + 1;
  }
  return text.length;
}

/** Inside a string whose quotes have `slashes` backslashes; a quote with fewer ends the text around it. */
function endOfString(text: string, start: number, slashes: number): number {
  for (let at = text.indexOf('"', start); at !== -1; at = text.indexOf('"', at + 1)) {
    const before = slashesBefore(text, at);
    if (before < slashes) return at - before;
    if ((before - slashes) % (2 * (slashes + 1)) === 0) return at + 1;
  }
  return text.length;
}

function slashesBefore(text: string, at: number): number {
  let first = at;
  while (text.charAt(first - 1) === "\\") first -= 1;
  return at - first;
}
