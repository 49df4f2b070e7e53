/** Names under which secrets stand, wherever that is: compared without case, dashes and underscores. */
const SECRET_KEYS: ReadonlySet<string> = new Set([
  "apikey",
  "xapikey",
  "xportkeyapikey",
  "openaiapikey",
  "anthropicapikey",
  "azureopenaiapikey",
  "authorization",
  "proxyauthorization",
  "password",
  "passwd",
  "secret",
  "clientsecret",
  "secretaccesskey",
  "awssecretaccesskey",
  "accesstoken",
  "refreshtoken",
  "idtoken",
  "bearertoken",
  "privatekey",
  "cookie",
  "setcookie",
]);

const MAX_REMEMBERED = 4096;
const answers = new Map<string, boolean>();

/** True for a key whose value is a secret. Answers are remembered: programs use few names, many times. */
export function isSecretKey(key: string): boolean {
  const known = answers.get(key);
  if (known !== undefined) return known;
  const answer = key.length <= 64 && SECRET_KEYS.has(key.toLowerCase().replaceAll(/[-_\s]/g, ""));
  if (answers.size < MAX_REMEMBERED) answers.set(key, answer);
  return answer;
}

/** JSON text that names a secret: its value is replaced. Group 1 is what stays. */
const SECRET_MEMBER =
  /("(?:[\w-]*api[-_]?key|(?:proxy-?)?authorization|passw(?:or)?d|(?:client[-_]?)?secret|(?:access|refresh|id|bearer)[-_]?token|private[-_]?key|(?:set-?)?cookie)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;

/** What secrets look like in the text of an error. */
const SECRET_TEXT = /\b(?:Bearer\s+[\w.~+/-]{8,}=*|(?:sk|pk)-[\w-]{16,})/g;

/** Replaces the values of secret members where an object stands as JSON text. */
export function withoutSecretMembers(text: string, replacement: string): string {
  const first = text.charCodeAt(0);
  const looksLikeJson = first === 0x7b || first === 0x5b;
  return looksLikeJson ? text.replaceAll(SECRET_MEMBER, `$1"${replacement}"`) : text;
}

/** Replaces bearer tokens and keys in the text of an error. */
export function withoutSecrets(text: string, replacement: string): string {
  return text.replaceAll(SECRET_TEXT, replacement);
}
