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
