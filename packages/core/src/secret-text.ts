import { withoutNamedValues } from "./cut-json.ts";
import { REDACTED } from "./redacted.ts";
import { type MemberRule, mayHoldJson, redactText } from "./redactors.ts";
import { isSecretHeader, isSecretKey, isSecretParameter, MAY_NAME_SECRET } from "./secret-keys.ts";

/** User name and password in front of a host, or a token alone. */
const URL_LOGIN = /:\/\/(?:[^\s/?#@:"'<>\\]{0,256}:[^\s/?#"'<>\\]{0,2048}|[\w.~%-]{16,2048})@/g;

/** A parameter of an address; JSON may have escaped the sign in front of it. */
const PARAMETER = /([?&#]|&amp;|\\u0026)([\w.~%[\]-]{1,64})=([^\s&#"'<>\\)}\]]{1,2048})/g;

const RULE: MemberRule = {
  isSecret: isSecretKey,
  isSecretHeader,
  redactCutText: withoutNamedValues,
  cleanText: withoutSecretsInAddresses,
};

/**
 * Text without the values of secret members, where an object stands as JSON text, and without passwords and secret
 * parameters in addresses. Of prose little more than the first characters is looked at.
 */
export function withoutSecretMembers(text: string): string {
  const open = withoutSecretsInAddresses(text);
  return mayHoldJson(open) && MAY_NAME_SECRET.test(open) ? redactText(open, RULE) : open;
}

/** Addresses without `user:password@`, and without the values of secret parameters. */
export function withoutSecretsInAddresses(text: string): string {
  const mayHoldLogin = text.includes("://") && text.includes("@");
  const open = mayHoldLogin ? text.replaceAll(URL_LOGIN, `://${REDACTED}@`) : text;
  return open.includes("=") ? open.replaceAll(PARAMETER, withoutParameter) : open;
}

function withoutParameter(whole: string, sign: string, name: string, value: string): string {
  const isOpen = !value.startsWith("[redacted") && isSecretParameter(decode(name), value);
  return isOpen ? `${sign}${name}=${REDACTED}` : whole;
}

function decode(name: string): string {
  return name.replaceAll(/%([2-7][\da-f])/gi, (_whole, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** `api_key=…`, `password: "…"`, `x-api-key: 0a1b…`: an unquoted value after a colon has to look like a key. */
const ASSIGNMENT = /(?<![\w.%-])([\w.%-]{2,64})['"]?\s{0,4}(?:=>?\s{0,4}|:\s{0,4}(?=["'[]|(?=[^\s\d]{0,64}\d)\S{8}))/g;
const ASSIGNED = /"[^"]{0,2048}"?|'[^']{0,2048}'?|\[[^\]]{0,2048}\]?|[^\s"'&,;)}\]]{1,2048}/y;

function withoutAssignedValues(text: string): string {
  let kept = "";
  let from = 0;
  for (const found of text.matchAll(ASSIGNMENT)) {
    const [whole, name = ""] = found;
    if (found.index < from || !isSecretKey(decode(name))) continue;
    const start = found.index + whole.length;
    ASSIGNED.lastIndex = start;
    const [value = ""] = ASSIGNED.exec(text) ?? [];
    if (value === "" || value.includes(REDACTED)) continue;
    kept += `${text.slice(from, start)}${REDACTED}`;
    from = start + value.length;
  }
  return kept + text.slice(from);
}

/** How a JSON web token begins. It has three parts: what has one is taken as a whole, so that it is read once, and left. */
const TOKEN_OPENING = "eyJ";

/**
 * What secrets look like in the text of an error. Credentials of `Basic` are told from the word by their capitals and
 * digits.
 */
const SECRET_TEXT = new RegExp(
  [
    "(?:[Bb]earer|BEARER)\\s{1,4}[\\w.~+/-]{8,16384}={0,2}",
    "(?:[Bb]asic|BASIC)\\s{1,4}(?=[a-z+/]{0,64}[A-Z\\d=])[\\w+/-]{6,16384}={0,2}",
    "(?:sk|pk|rk|xai|pplx|tvly|glpat|xox[a-z])-[\\w-]{16,512}",
    "(?:gsk|sk_live|sk_test|rk_live|ghp|gho|ghs|github_pat|hf|npm|lsv2)_\\w{16,512}",
    "AIza[\\w-]{20,128}",
    "ya29\\.[\\w-]{16,2048}",
    "AKIA[A-Z\\d]{16}",
    `${TOKEN_OPENING}[\\w-]{8,8192}(?:\\.[\\w-]{8,8192}\\.[\\w-]{0,8192})?`,
  ]
    .map((shape) => `(?<![A-Za-z\\d])(?:${shape})`)
    .join("|"),
  "g",
);

const OPENING = "\\b((?:proxy-)?authorization['\"]?\\s{0,4}(?::|=>?)\\s{0,16}['\"]?)";
/** A header of several parts runs to the end of its line. */
const LONG_HEADER = new RegExp(`${OPENING}(?:digest|hawk|oauth|signature|aws4-[\\w-]{1,32})\\s[^\\r\\n]{1,4096}`, "gi");
const HEADER = new RegExp(
  `${OPENING}[a-z][\\w-]{1,31}\\s{1,4}(?=[^\\s\\d]{0,64}\\d|\\S{16})[\\w.~+/=-]{6,16384}`,
  "gi",
);
const COOKIES = /\b((?:set-)?cookie['"]?\s{0,4}:\s{0,4}['"]?)(?=[^\r\n'"]{0,256}=)[^\r\n'"]{1,8192}/gi;
/** `Incorrect API key provided: …` */
const QUOTED_KEY =
  /\b((?:api|access|secret)[ -]?(?:key|token)\b[\w ]{0,24}(?::\s{0,4}|["'`]))(?=[^\s\d]{0,64}\d)[\w.*+/=-]{8,512}/gi;

/** What follows a name that is given a value. */
const GIVEN = /\\{0,15}['"]?\s{0,4}[:=,]/y;

/** The text of an error without keys, tokens and passwords. The text is to be bounded by the caller. */
export function withoutSecrets(text: string): string {
  let open = withoutSecretsInAddresses(text).replaceAll(SECRET_TEXT, redactUnlessNamed);
  for (const shape of [LONG_HEADER, HEADER, COOKIES, QUOTED_KEY]) open = open.replaceAll(shape, `$1${REDACTED}`);
  return withoutAssignedValues(withoutNamedValues(open)).replaceAll(SECRET_TEXT, redactUnlessPlain);
}

/** Names may look like keys (`npm_config_auth_token=…`): they stay until their values are taken out. */
function redactUnlessNamed(found: string, at: number, text: string): string {
  GIVEN.lastIndex = at + found.length;
  return GIVEN.test(text) && isSecretKey(found) ? found : redactUnlessPlain(found);
}

function redactUnlessPlain(found: string): string {
  return found.startsWith(TOKEN_OPENING) && !found.includes(".") ? found : REDACTED;
}
