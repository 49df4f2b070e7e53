import { ConfigError } from "./config-error.ts";
import { isLoopback } from "./loopback.ts";
import { MAX_MILLISECONDS, OPTION_TABLE, type OptionRow } from "./option-table.ts";
import type { ResolvedOptions, TracingOptions } from "./options.ts";
import { withoutSecretsInAddresses } from "./secret-text.ts";

/** What resolving gave: the options, and a sentence for each wrong value in the environment. */
export interface Resolution {
  readonly options: ResolvedOptions;
  readonly warnings: readonly string[];
}

/** What people write for yes and no. */
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "1", "on", "yes", "y"].map((word): [string, boolean] => [word, true]),
  ...["false", "0", "off", "no", "n"].map((word): [string, boolean] => [word, false]),
]);

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Code beats environment beats default. A wrong value in code throws; in the environment it warns, and the default holds,
 * or, where that would send more than was meant, `false`, or nothing is traced at all.
 */
export function resolveOptions(code: TracingOptions, environment: Environment): Resolution {
  readable("options", () => {
    if (!isRecord(code)) throw new ConfigError("options", `must be an object, not ${describe(code)}`);
    refuseUnknown(code);
  });
  const wrong: OptionRow[] = [];
  const warnings: string[] = [];
  const resolved: Record<string, unknown> = {};
  for (const row of OPTION_TABLE) {
    const value =
      fromCode(row, code) ??
      fromEnvironment(row, environment, (problem) => {
        wrong.push(row);
        warnings.push(`${row.environment} (option ${row.option}) ${problem}; ${consequence(row)}`);
      });
    setPath(resolved, row.option, value ?? (wrong.includes(row) && row.whenWrong === "false" ? false : row.default));
  }
  if (wrong.some((row) => row.whenWrong === "tracing off")) resolved["enabled"] = false;
  resolved["metadata"] ??= {};
  resolved["gateways"] ??= [];
  resolved["redact"] = [resolved["redact"] ?? []].flat();
  return { options: resolved as unknown as ResolvedOptions, warnings };
}

function fromCode(row: OptionRow, code: TracingOptions): unknown {
  return readable(row.option, () => {
    const value = getPath(code, row.option);
    if (value === undefined) return undefined;
    const problem = check(row, value);
    if (problem !== undefined) throw new ConfigError(row.option, `${problem}${insteadOf(row, value)}`);
    return normalize(row, value);
  });
}

/** Getters and proxies may throw: whose option that is, is told. */
function readable<T>(option: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof ConfigError ? error : new ConfigError(option, "cannot be read");
  }
}

function fromEnvironment(row: OptionRow, environment: Environment, onWrong: (problem: string) => void): unknown {
  const text = row.environment === undefined ? undefined : environment[row.environment];
  if (text === undefined || text === "") return undefined;
  const value = parse(row, text);
  const problem = check(row, value);
  if (problem === undefined) return normalize(row, value);
  onWrong(problem);
  return undefined;
}

function consequence(row: OptionRow): string {
  if (row.whenWrong === "tracing off") return "tracing is off";
  if (row.whenWrong === "false") return "it counts as false";
  return row.default === undefined ? "it is ignored" : `the default ${String(row.default)} holds`;
}

/** Keys lose the white space that files and shells leave around them, addresses their last slash, ids their passwords. */
function normalize(row: OptionRow, value: unknown): unknown {
  if (row.kind === "key") return (value as string).trim();
  if (row.kind === "text") return withoutSecretsInAddresses(value as string);
  return row.kind === "url" ? normalizeUrl(value as string) : value;
}

function parse(row: OptionRow, text: string): unknown {
  switch (row.kind) {
    case "flag":
      return FLAGS.get(text.trim().toLowerCase());
    case "count":
    case "bytes":
    case "milliseconds":
      return Number(text);
    case "addresses":
      return text.split(",").map((address) => address.trim());
    default:
      return text;
  }
}

/** What is wrong with a value, as the end of a sentence that begins with the option's name. */
function check(row: OptionRow, value: unknown): string | undefined {
  switch (row.kind) {
    case "key":
      return typeof value === "string" && /^[\x21-\x7e]+$/.test(value.trim())
        ? undefined
        : "must be a text of printable ASCII characters without spaces";
    case "text":
      return typeof value === "string" && value !== "" ? undefined : "must be a text that is not empty";
    case "url":
      return checkUrl(value);
    case "flag":
      return typeof value === "boolean" ? undefined : "must be true or false";
    case "count":
    case "bytes":
      return isWhole(value, 1) ? undefined : "must be a whole number of at least 1";
    case "milliseconds":
      return checkMilliseconds(value, row.minimum ?? 0);
    case "object":
      return isRecord(value) ? undefined : "must be an object";
    case "function":
      return [value].flat().every((item) => typeof item === "function") ? undefined : "must be a function";
    case "gateway logs":
      return GATEWAY_LOGS.has(value) ? undefined : "must be auto, none, joined or wrapper";
    case "addresses":
      return Array.isArray(value) && value.every(isAddress) ? undefined : "must be a list of addresses of gateways";
    case "compression":
      return value === "auto" || value === "gzip" || value === "none" ? undefined : "must be auto, gzip or none";
    case "spool":
      return isRecord(value) && typeof value["open"] === "function" ? undefined : "must be what fileSpool() returns";
    case "transport":
      return isRecord(value) && typeof value["send"] === "function" ? undefined : "must have a method `send`";
  }
}

const GATEWAY_LOGS: ReadonlySet<unknown> = new Set(["auto", "none", "joined", "wrapper"]);

function isAddress(value: unknown): boolean {
  return typeof value === "string" && /^https?:\/\//.test(value) && URL.canParse(value);
}

function checkMilliseconds(value: unknown, minimum: number): string | undefined {
  if (isWhole(value, minimum) && (value as number) <= MAX_MILLISECONDS) return undefined;
  return `must be a whole number of milliseconds from ${minimum} to ${MAX_MILLISECONDS}`;
}

function checkUrl(value: unknown): string | undefined {
  if (typeof value !== "string" || !URL.canParse(value)) return "must be an address like https://api.portkey.ai/v1";
  const url = new URL(value);
  if (url.protocol !== "http:" && url.protocol !== "https:") return "must begin with https:// or http://";
  if (url.username !== "" || url.password !== "") return "must hold no user name or password";
  if (url.search !== "" || url.hash !== "") return "must hold no query and no fragment";
  if (url.protocol !== "http:" || isLoopback(url)) return undefined;
  if (/\.localhost\.?$/.test(url.hostname)) {
    const port = url.port === "" ? "" : `:${url.port}`;
    return `must be https:, as that name may be another machine; for this one write http://127.0.0.1${port}${url.pathname}`;
  }
  return "must be https: for a host that is not this machine";
}

function normalizeUrl(text: string): string {
  return new URL(text).href.replace(/\/+$/, "");
}

const TOP_LEVEL: readonly string[] = [...new Set(OPTION_TABLE.map((row) => row.option.split(".", 1)[0] ?? ""))];
const PATHS: readonly string[] = OPTION_TABLE.map((row) => row.option);

/** Catches typing errors where no compiler does. */
function refuseUnknown(code: TracingOptions): void {
  for (const [key, value] of Object.entries(code)) {
    if (!TOP_LEVEL.includes(key)) throw new ConfigError(key, `unknown option${suggest(key, TOP_LEVEL)}`);
    if (value === undefined || PATHS.includes(key)) continue;
    if (!isRecord(value)) throw new ConfigError(key, `must be an object, not ${describe(value)}`);
    for (const inner of Object.keys(value)) {
      const path = `${key}.${inner}`;
      if (!PATHS.includes(path)) throw new ConfigError(path, `unknown option${suggest(path, PATHS)}`);
    }
  }
}

function suggest(key: string, known: readonly string[]): string {
  const near = known.find((name) => isNear(key.toLowerCase().replaceAll("_", ""), name.toLowerCase()));
  return near === undefined ? "" : `; did you mean ${near}?`;
}

/** Equal but for one character more, less or different, or two neighbours exchanged. */
function isNear(a: string, b: string): boolean {
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  if (restA.slice(1) === restB || restA === restB.slice(1) || restA.slice(1) === restB.slice(1)) return true;
  return restA.slice(2) === restB.slice(2) && restA[0] === restB[1] && restA[1] === restB[0];
}

/** Of options that are texts: what is wrong with one is not that it is a text. */
const TEXTS: ReadonlySet<OptionRow["kind"]> = new Set(["key", "text", "url", "compression", "gateway logs"]);

function insteadOf(row: OptionRow, value: unknown): string {
  return typeof value === "string" && value !== "" && TEXTS.has(row.kind) ? "" : `, not ${describe(value)}`;
}

/** Never the value of a text: it may be a secret. */
function describe(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  if (value === "") return "an empty text";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function isWhole(value: unknown, minimum: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= minimum;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function getPath(source: object, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), source);
}

function setPath(target: Record<string, unknown>, path: string, value: unknown): void {
  const [first = "", second] = path.split(".");
  if (second === undefined) target[first] = value;
  else target[first] = { ...(target[first] as object | undefined), [second]: value };
}
