/**
 * How names of secrets end, written together, with separators or in camel case: `OPENAI_API_KEY`, `x-goog-api-key`,
 * `awsSecretAccessKey`, `Set-Cookie`. `defaultHeaders` and agents are what clients of models keep theirs in.
 */
const ENDINGS: readonly string[] = [
  "(?:api|access|private|secret|virtual|subscription|signing|encryption|ssh|master|functions)[-_.\\s]*keys?",
  "(?:openai|anthropic|azure|gemini|mistral|cohere|groq|deepseek|pinecone|tavily|portkey|langfuse|langsmith)[-_.\\s]*key",
  "access[-_.\\s]*key[-_.\\s]*ids?",
  "authorization|auth[-_.\\s]*header|pass[-_.\\s]*(?:words?|wd|phrase)|[^a-z]pwd|secrets?|credentials?|cookies?",
  "(?:^|[^a-z])(?:bearer|jwt)|connection[-_.\\s]*string",
  "default[-_.\\s]*(?:headers|query)|https?[-_.\\s]*agent",
];
const SECRET_NAME = new RegExp(`(?:${ENDINGS.join("|")})(?:[-_.\\s]*(?:header|value|pem|json|list))?[^a-z]*$`);

/** A token, and the word in front of it. */
const TOKEN_NAME = /(?:([a-z\d]+)[-_.\s]*)?token(?:[-_.\s]*(?:header|value))?[^a-z]*$/;

/** What stands in front of a token that is none of a service: pieces of text, places in lists, and words about tokens. */
const HARMLESS: ReadonlySet<string> = new Set(
  `max min num n per new first last next prev previous page nextpage continuation cont sync resume resumption skip cursor
  start end stop eos bos pad unk sep mask cls special begin image audio video text word subword sub input output prompt
  completion total reasoning thinking cached cache draft accepted rejected prediction predicted current expected unexpected
  invalid valid missing bad unknown no any every each single the a this that is has on count cancel cancellation abort`
    .trim()
    .split(/\s+/),
);

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
  const lower = words.toLowerCase();
  const answer = SECRET_NAME.test(lower) || isSecretToken(lower);
  if (answers.size >= MAX_REMEMBERED) answers.clear();
  if (name.length <= MAX_NAME) answers.set(name, answer);
  return answer;
}

/** `token` alone, and that of a service (`hf_token`, `githubToken`, `x-csrf-token`); not `next_page_token`. */
function isSecretToken(name: string): boolean {
  const [whole, owner] = TOKEN_NAME.exec(name) ?? [];
  return whole !== undefined && (owner === undefined || !HARMLESS.has(owner));
}

/** What every secret name holds, or may hold once its escapes are read; escaped slashes may hide an address. */
export const MAY_NAME_SECRET: RegExp =
  /key|token|secret|pass|authori|cookie|credential|bearer|jwt|pwd|auth[-_.\s]*header|nection[-_.\s]*string|default[-_.\s]*query|https?[-_.\s]*agent|headers|\\u00|:\\\//i;

/** The same for headers, of which many have names of their makers' own: `x-acme-auth`. */
export function isSecretHeader(name: string): boolean {
  return isSecretKey(name) || /(?:^|[-_])(?:auth|key|sid|signature|session(?:[-_]id)?)$/i.test(name);
}

/** True for a parameter of an address; what is called `key` alone has to look like one. */
export function isSecretParameter(name: string, value: string): boolean {
  if (/^key$/i.test(name)) return /^[\w-]{20,}$/.test(value);
  return isSecretKey(name) || /(?:^|[-_])(?:sig|signature)$/i.test(name);
}
