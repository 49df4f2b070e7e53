import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { DEFAULT_LIMITS, snapshot } from "../snapshot.ts";
import { toHeaderJson, toHeaderText, toSendableText } from "./header-text.ts";

/**
 * What {@link createHeaders} takes: every option of Portkey's, in any of the spellings that its docs use (`traceID`,
 * `traceId`, `trace_id`, `x-portkey-trace-id`), and the W3C headers. `undefined`, `null` and `""` count as absent.
 */
export interface HeaderOptions {
  readonly traceId?: string | number | null | undefined;
  readonly spanId?: string | number | null | undefined;
  readonly parentSpanId?: string | number | null | undefined;
  readonly spanName?: string | number | null | undefined;
  /** Values become texts of at most 128 characters, which is what Portkey keeps of one. */
  readonly metadata?: Readonly<Record<string, unknown>> | string | null | undefined;
  readonly traceparent?: string | null | undefined;
  readonly baggage?: string | null | undefined;
  /** A config as an object, or its id. */
  readonly config?: object | string | null | undefined;
  /** Names of headers that the gateway passes on to the provider. */
  readonly forwardHeaders?: readonly string[] | null | undefined;
  /** Any other option of Portkey's: `apiKey`, `provider`, `virtualKey`, `customHost`, `cacheForceRefresh`, … */
  readonly [option: string]: unknown;
}

/** Headers that are none of Portkey's own. */
const STANDARD: ReadonlySet<string> = new Set(["authorization", "traceparent", "tracestate", "baggage"]);
/** Where requests go, and no header at all. */
const NO_HEADERS: ReadonlySet<string> = new Set(["base-url"]);
/** Ids and names: what is escaped in them can be read again. */
const ESCAPABLE: ReadonlySet<string> = new Set(["trace-id", "span-id", "parent-span-id", "span-name"]);
const MAX_METADATA_CHARACTERS = 128;

/**
 * Headers for one request, or for all requests of one client: `fetch(url, { headers: createHeaders({ … }) })`.
 *
 * Ids and names keep printable ASCII as it is, and are percent-encoded beyond it; objects become JSON whose other
 * characters are escaped. Numbers, 0 too, and `false` are values. Each call gives a new plain object.
 */
export function createHeaders(options: HeaderOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  const given = entriesOf(options);
  const forwarded = new Set(given.flatMap(([option, value]) => (isForwardList(option) ? toForwarded(value) : [])));
  for (const [option, value] of given) {
    const name = toKebabCase(option).replace(/^x-portkey-/, "");
    const ownName = [option.toLowerCase(), name].find((own) => STANDARD.has(own) || forwarded.has(own));
    const text = NO_HEADERS.has(name) ? undefined : toHeaderValue(name, value);
    if (text === undefined || (ownName === undefined && !/^[a-z\d-]+$/.test(name))) continue;
    headers[ownName ?? `x-portkey-${name}`] = text;
  }
  return headers;
}

function entriesOf(options: unknown): [string, unknown][] {
  if (typeof options !== "object" || options === null) return [];
  return readable(() => Object.keys(options), []).flatMap((option) =>
    readable((): [string, unknown][] => [[option, (options as Record<string, unknown>)[option]]], []),
  );
}

/** Reading what was given may throw: then there is nothing of it. */
function readable<T>(read: () => T, standIn: T): T {
  try {
    return read();
  } catch {
    return standIn;
  }
}

function isForwardList(option: string): boolean {
  return toKebabCase(option).replace(/^x-portkey-/, "") === "forward-headers";
}

/** Names of headers, as HTTP has them. One with a dash is meant as it stands; others are spelt like options. */
function toForwarded(value: unknown): string[] {
  return toList(value)
    .map((name) => (name.includes("-") ? name.toLowerCase() : toKebabCase(name)))
    .filter((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name));
}

/** `traceID`, `traceId`, `trace_id` and `trace-id` are one name. */
function toKebabCase(name: string): string {
  return name
    .replaceAll("_", "-")
    .replaceAll(/([a-z\d])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/^base-?url$/, "base-url");
}

function toHeaderValue(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (name === "metadata") return toMetadata(value);
  if (name === "forward-headers") return toForwarded(value).join(",") || undefined;
  switch (typeof value) {
    case "string":
      return ESCAPABLE.has(name) ? toHeaderText(value) : toSendableText(value);
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "object": {
      const copy = snapshot(value, DEFAULT_LIMITS);
      return copy === undefined ? undefined : toHeaderJson(copy);
    }
    default:
      return undefined;
  }
}

/** A text is taken for the JSON that it should be. */
function toMetadata(value: unknown): string | undefined {
  if (typeof value === "string") return toSendableText(value) === value ? value : toMetadata(parse(value));
  const copy = snapshot(value, DEFAULT_LIMITS);
  if (!isJsonObject(copy)) return undefined;
  const texts: JsonObject = {};
  for (const [key, member] of Object.entries(copy)) {
    if (member !== null) Object.defineProperty(texts, key, { value: toText(member), enumerable: true });
  }
  return toHeaderJson(texts);
}

function toText(member: JsonValue): string {
  const text = typeof member === "string" ? member : JSON.stringify(member);
  return text.slice(0, MAX_METADATA_CHARACTERS).toWellFormed();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toList(value: unknown): string[] {
  return readable(() => (Array.isArray(value) ? [...(value as unknown[])].filter(isText) : []), []);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
