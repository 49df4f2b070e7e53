/** What the search line says, taken apart: `status:error user:ada "rain in Spain"`. */
export interface Query {
  readonly terms: readonly Term[];
}

/** A condition, or words to be found. */
export type Term =
  | { readonly kind: "words"; readonly text: string }
  | { readonly kind: "condition"; readonly key: ConditionKey; readonly value: string }
  | { readonly kind: "wrong"; readonly text: string; readonly reason: string };

const STATUSES = ["ok", "error", "cancelled", "interrupted", "unfinished", "open"];
const FEEDBACK = ["any", "none", "positive", "negative"];

/** What can stand before a colon. */
export type ConditionKey =
  | "status"
  | "model"
  | "provider"
  | "user"
  | "session"
  | "tag"
  | "meta"
  | "feedback"
  | "min"
  | "max"
  | "since";

type Check = (value: string) => string | undefined;

const anything: Check = () => undefined;
const duration: Check = (value) => (toMs(value) === undefined ? "a time: 300ms, 2s, 15m, 2h, 7d" : undefined);

/** What is wrong with a value, if something is. */
const CONDITIONS: Readonly<Record<ConditionKey, Check>> = {
  status: (value) => (value.split(",").every((one) => STATUSES.includes(one)) ? undefined : STATUSES.join(", ")),
  model: anything,
  provider: anything,
  user: anything,
  session: anything,
  tag: anything,
  meta: (value) => (value.includes("=") ? undefined : "meta:key=value"),
  feedback: (value) => (FEEDBACK.includes(value) ? undefined : FEEDBACK.join(", ")),
  min: duration,
  max: duration,
  since: duration,
};

/** Reads a search line. */
export function parseQuery(line: string): Query {
  const terms = Array.from(line.matchAll(/(?:[^\s"]|"(?:\\["\\]|[^"])*"?)+/g), ([text]) => toTerm(text));
  return { terms };
}

/** Writes a search line. */
export function formatQuery({ terms }: Query): string {
  return terms.map((term) => (term.kind === "condition" ? `${term.key}:${quote(term.value)}` : term.text)).join(" ");
}

/** The query with this condition and no other of its key; without any where the value is `undefined`. */
export function withCondition(line: string, key: ConditionKey, value: string | undefined): string {
  const others = parseQuery(line).terms.filter((term) => term.kind !== "condition" || term.key !== key);
  return formatQuery({ terms: value === undefined ? others : [...others, { kind: "condition", key, value }] });
}

/** Value of a condition. */
export function conditionIn({ terms }: Query, key: ConditionKey): string | undefined {
  const found = terms.findLast((term) => term.kind === "condition" && term.key === key);
  return found?.kind === "condition" ? found.value : undefined;
}

/**
 * How far back a query asks for, in milliseconds, where it asks for nothing else; the last day where it asks for
 * nothing.
 */
export function onlySinceMs({ terms }: Query): number | undefined {
  const asked = terms.filter((term) => term.kind !== "wrong");
  if (asked.some((term) => term.kind !== "condition" || term.key !== "since")) return undefined;
  return toMs(conditionIn({ terms }, "since") ?? "1d");
}

/** The question to the collector. Terms that are wrong are left out: the page shows them. */
export function toApiParams({ terms }: Query, nowMs: number): URLSearchParams {
  const params = new URLSearchParams();
  const words = terms.flatMap((term) => (term.kind === "words" ? [unquote(term.text)] : []));
  if (words.length > 0) params.set("text", words.join(" "));
  for (const term of terms) {
    if (term.kind !== "condition") continue;
    const ms = String(toMs(term.value) ?? "");
    if (term.key === "min") params.set("minDurationMs", ms);
    else if (term.key === "max") params.set("maxDurationMs", ms);
    else if (term.key === "since") params.set("from", String(Math.max(0, Math.floor(nowMs - Number(ms)))));
    else if (term.key === "meta") params.append("metadata", term.value);
    else if (term.key === "status" || term.key === "feedback") params.set(term.key, term.value);
    else params.append(term.key, term.value);
  }
  return params;
}

function toTerm(text: string): Term {
  const colon = text.indexOf(":");
  const key = text.slice(0, colon);
  if (colon < 1 || !isKey(key)) return { kind: "words", text };
  const value = unquote(text.slice(colon + 1));
  if (value === "") return { kind: "wrong", text, reason: "a value is missing" };
  const expected = CONDITIONS[key](value);
  return expected === undefined
    ? { kind: "condition", key, value }
    : { kind: "wrong", text, reason: `expected ${expected}` };
}

function isKey(key: string): key is ConditionKey {
  return Object.hasOwn(CONDITIONS, key);
}

/** Between quotes there may be anything; a quote and a backslash that are meant have a backslash before them. */
function quote(value: string): string {
  return /[\s"]/.test(value) ? `"${value.replaceAll(/["\\]/g, "\\$&")}"` : value;
}

function unquote(text: string): string {
  return text.replaceAll(/"((?:\\["\\]|[^"])*)"?/g, (_, inner: string) => inner.replaceAll(/\\(["\\])/g, "$1"));
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 };

function toMs(text: string): number | undefined {
  const { digits, unit = "" } = /^(?<digits>\d+(?:\.\d+)?)(?<unit>ms|s|m|h|d)$/.exec(text)?.groups ?? {};
  return digits === undefined ? undefined : Number(digits) * (UNITS_MS[unit] ?? 1);
}
