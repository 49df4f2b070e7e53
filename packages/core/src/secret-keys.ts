import { type MemberRule, mayHoldJson, redactText } from "./redactors.ts";
import { REDACTED } from "./snapshot.ts";

/**
 * How names of secrets end, written together, with separators or in camel case: `OPENAI_API_KEY`, `x-goog-api-key`,
 * `awsSecretAccessKey`, `Set-Cookie`. `id` in front of `token` has to stand alone (not `valid_token`), `token` wholly so.
 */
const ENDINGS: readonly string[] = [
  "(?:api|access|private|secret|virtual)[-_.\\s]*keys?",
  "access[-_.\\s]*key[-_.\\s]*ids?",
  "(?:access|refresh|session|auth|bearer|api|security)[-_.\\s]*token",
  "(?:^|[^a-z])id[-_.\\s]*token",
  "^[^a-z]*token",
  "authorization|pass[-_.\\s]*(?:words?|wd|phrase)|secrets?|credentials?|cookies?",
];
const SECRET_NAME = new RegExp(`(?:${ENDINGS.join("|")})[^a-z]*$`);

const MAX_NAME = 64;
const MAX_REMEMBERED = 4096;
const answers = new Map<string, boolean>();

/**
 * True for a name whose value is a secret: the one rule for members of objects, entries of maps, headers, and JSON text.
 * Of a long name the end is read. Answers are remembered, up to a number: programs use few names, many times.
 */
export function isSecretKey(name: string): boolean {
  const known = answers.get(name);
  if (known !== undefined) return known;
  const words = name.slice(-MAX_NAME).replaceAll(/([a-z\d])(?=[A-Z])/g, "$1_");
  const answer = SECRET_NAME.test(words.toLowerCase());
  if (answers.size >= MAX_REMEMBERED) answers.clear();
  if (name.length <= MAX_NAME) answers.set(name, answer);
  return answer;
}

/** What every secret name holds, or may hold once its escapes are read. */
const MAY_NAME_SECRET = /key|token|secret|pass|authori|cookie|credential|\\u00/i;

/** User name and password in front of a host. */
const URL_LOGIN = /:\/\/[^\s/?#@:"'<>\\]{0,256}:[^\s/?#"'<>\\]{0,2048}@/g;

/** Longer JSON text is searched instead of parsed: 64 Ki characters take some 3 ms, and only text that may hold a name. */
const RULE: MemberRule = { isSecret: isSecretKey, redactCutText: withoutNamedValues, maxParsedCharacters: 65_536 };

/** Text without the values of secret members, where an object stands as JSON text, and without passwords in addresses. */
export function withoutSecretMembers(text: string): string {
  const open = text.includes("://") ? text.replaceAll(URL_LOGIN, `://${REDACTED}@`) : text;
  return mayHoldJson(open) && MAY_NAME_SECRET.test(open) ? redactText(open, RULE) : open;
}

/**
 * A quoted name and what leads to its value: a colon, the comma of `["name", value]`, or that of `{ name, value }`.
 * At any level of encoding: group 1 holds the backslashes in front of the quotes.
 */
const MEMBER =
  /(\\{0,15})"((?:[^"\\]|\\{1,15}u[\da-f]{4}){1,128})\1"\s{0,64}(:|,\s{0,64}\1"value\1"\s{0,64}:|,)\s{0,64}/gi;

/** The same for JSON text that cannot be parsed: values run to their end, or to the end of a text that was cut. */
function withoutNamedValues(text: string): string {
  return withoutValuesAfterNames(withoutValuesBeforeNames(text));
}

/** `{ value, name }`: where the text of a value begins, and the name that follows its end. */
const VALUE_OPENING = /(\\{0,15})"value\1"\s{0,64}:\s{0,64}\1"/gi;
const NAME_BEHIND =
  /\s{0,64},\s{0,64}(\\{0,15})"(?:name|key)\1"\s{0,64}:\s{0,64}\1"((?:[^"\\]|\\{1,15}u[\da-f]{4}){1,128})\1"/iy;

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

/** `api_key=…`, `password: "…"`, `x-api-key: 0a1b…`: an unquoted value after a colon has to look like a key. */
const ASSIGNMENT = /(?<![\w.-])([\w.-]{2,64})['"]?\s{0,4}(?:=\s{0,4}|:\s{0,4}(?=["']|(?=[^\s\d]{0,64}\d)\S{8}))/g;
const ASSIGNED = /"[^"]{0,2048}"?|'[^']{0,2048}'?|[^\s"'&,;)}\]]{1,2048}/y;

function withoutAssignedValues(text: string): string {
  let kept = "";
  let from = 0;
  for (const found of text.matchAll(ASSIGNMENT)) {
    const [whole, name = ""] = found;
    if (found.index < from || !isSecretKey(name)) continue;
    const start = found.index + whole.length;
    ASSIGNED.lastIndex = start;
    const [value = ""] = ASSIGNED.exec(text) ?? [];
    if (value === "" || value.includes(REDACTED)) continue;
    kept += `${text.slice(from, start)}${REDACTED}`;
    from = start + value.length;
  }
  return kept + text.slice(from);
}

/** What secrets look like in the text of an error. Credentials of `Basic` are told from the word by their capitals and digits. */
const SECRET_TEXT = new RegExp(
  [
    "(?:[Bb]earer|BEARER)\\s{1,4}[\\w.~+/-]{8,16384}={0,2}",
    "(?:[Bb]asic|BASIC)\\s{1,4}(?=[a-z+/]{0,64}[A-Z\\d=])[\\w+/-]{6,16384}={0,2}",
    "(?:sk|pk|rk)-[\\w-]{16,512}",
    "(?:gsk|sk_live|sk_test|rk_live|ghp|gho|ghs|github_pat|hf)_\\w{16,512}",
    "AIza[\\w-]{20,128}",
    "AKIA[A-Z\\d]{16}",
    "eyJ[\\w-]{8,8192}\\.[\\w-]{8,8192}\\.[\\w-]{0,8192}",
  ]
    .map((shape) => `\\b(?:${shape})`)
    .join("|"),
  "g",
);

/** The text of an error without keys, tokens and passwords. The text is to be bounded by the caller. */
export function withoutSecrets(text: string): string {
  const open = text.replaceAll(URL_LOGIN, `://${REDACTED}@`).replaceAll(SECRET_TEXT, REDACTED);
  return withoutAssignedValues(withoutNamedValues(open));
}
