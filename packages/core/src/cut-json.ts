import { REDACTED } from "./redacted.ts";
import { isSecretKey } from "./secret-keys.ts";

const NAME = '(?:[^"\\\\]|\\\\{1,15}u[\\da-f]{4}){1,128}';
/** Up to four plain members that stand between a name and its value; group 1 holds the backslashes in front of quotes. */
const BETWEEN = `(?:,\\s{0,64}\\1"[\\w-]{1,64}\\1"\\s{0,64}:\\s{0,64}(?:\\1"[^"\\\\]{0,128}\\1"|[\\w.+-]{1,64})\\s{0,64}){0,4}`;

/**
 * A quoted name and what leads to its value: a colon, the comma of `["name", value]`, or that of `{ name, value }`.
 * At any level of encoding.
 */
const MEMBER = new RegExp(
  `(\\\\{0,15})"(${NAME})\\1"\\s{0,64}(:|${BETWEEN},\\s{0,64}\\1"value\\1"\\s{0,64}:|,)\\s{0,64}`,
  "gi",
);

/** `{ value, name }`: where the text of a value begins, and the name that follows its end. */
const VALUE_OPENING = /(\\{0,15})"value\1"\s{0,64}:\s{0,64}\1"/gi;
const NAME_BEHIND = new RegExp(
  `\\s{0,64}(?=,\\s{0,64}(\\\\{0,15})")${BETWEEN},\\s{0,64}\\1"(?:name|key)\\1"\\s{0,64}:\\s{0,64}\\1"(${NAME})\\1"`,
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
    const end = endOfString(text, start, slashes.length);
    NAME_BEHIND.lastIndex = end;
    const [, , name] = NAME_BEHIND.exec(text) ?? [];
    if (name === undefined || !isSecretKey(decode(name))) continue;
    kept += `${text.slice(from, start)}${REDACTED}${slashes}"`;
    from = end;
  }
  return kept + text.slice(from);
}

function withoutValuesAfterNames(text: string): string {
  let kept = "";
  let from = 0;
  for (const found of text.matchAll(MEMBER)) {
    const [whole, slashes = "", name = "", sign] = found;
    if (found.index < from) continue;
    if (sign === "," && !/\[\s{0,64}$/.test(text.slice(Math.max(0, found.index - 64), found.index))) continue;
    if (!isSecretKey(decode(name))) continue;
    const start = found.index + whole.length;
    kept += `${text.slice(from, start)}${slashes}"${REDACTED}${slashes}"`;
    from = endOfValue(text, start, slashes.length);
  }
  return kept + text.slice(from);
}

function decode(name: string): string {
  return name.replaceAll(/\\+u([\da-f]{4})/gi, (_whole, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function endOfValue(text: string, start: number, slashes: number): number {
  if (text.startsWith(`${"\\".repeat(slashes)}"`, start)) return endOfString(text, start + slashes + 1, slashes);
  let depth = 0;
  for (let at = start; at < text.length; at++) {
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
