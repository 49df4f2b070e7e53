/**
 * What an object of the language is, whichever realm it comes from: tests and sandboxes run programs in one of their
 * own.
 */
export type Builtin = "map" | "set" | "date" | "regexp" | "error";

const TAGS: Readonly<Record<string, Builtin>> = {
  "[object Map]": "map",
  "[object Set]": "set",
  "[object Date]": "date",
  "[object RegExp]": "regexp",
  "[object Error]": "error",
  "[object DOMException]": "error",
};

/** Whether an object really is what it says: these throw for any other. */
const PROOFS: Readonly<Partial<Record<Builtin, (value: never) => unknown>>> = {
  map: (value) => Map.prototype.has.call(value, undefined),
  set: (value) => Set.prototype.has.call(value, undefined),
  date: (value) => Date.prototype.getTime.call(value),
};

/** True for an object without a class, of whichever realm. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.hasOwn(prototype as object, "isPrototypeOf") && Object.getPrototypeOf(prototype) === null;
}

export function builtinOf(value: object): Builtin | undefined {
  if (value instanceof Error) return "error";
  const builtin = TAGS[Object.prototype.toString.call(value)];
  if (builtin === undefined) return undefined;
  try {
    PROOFS[builtin]?.(value as never);
    return builtin;
  } catch {
    return undefined;
  }
}

/** Name, message, stack and cause are not enumerable; what a library adds to its errors is. */
export function errorFields(error: Partial<Error>): Record<string, unknown> {
  const fields: Record<string, unknown> = { name: error.name, message: error.message };
  if (error.cause !== undefined) fields["cause"] = error.cause;
  const several = error.name === "AggregateError" || error instanceof AggregateError;
  if (several && "errors" in error) fields["errors"] = error.errors;
  return fields;
}

/** The text of a date, by the language's own methods: a class derived from `Date` may answer with anything. */
export function dateText(date: Date): string {
  const ms = Date.prototype.getTime.call(date);
  return Number.isNaN(ms) ? "Invalid Date" : new Date(ms).toISOString();
}

/** Bytes of an object that holds nothing else. */
export function binaryLength(value: object): number | undefined {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  const tag = Object.prototype.toString.call(value);
  if (/^\[object (?:Shared)?ArrayBuffer\]$/.test(tag)) return (value as ArrayBuffer).byteLength;
  return tag === "[object Blob]" || tag === "[object File]" ? (value as Blob).size : undefined;
}

/** What clients and models of any framework keep their keys, headers and connections in, each under a name of its own. */
const OF_CLIENTS =
  /^_?(?:\w*api_?key|default_?(?:headers|query)|https?_?agent|client_?(?:config|options|params)|(?:additional_?)?session_?options|lc_runnable)$/i;

/** True for an object with a class that is a client or a model: what it holds is for its requests, and for nobody else. */
export function isClient(value: object): boolean {
  return Object.keys(value).some((name) => OF_CLIENTS.test(name));
}

/** Parts of LangChain that hold content. */
const CONTENT: ReadonlySet<unknown> = new Set(["messages", "documents", "prompt_values"]);

/**
 * The name of what LangChain has written as JSON, where that is no content: `toJSON()` of a model gives everything that its
 * constructor was given, headers too.
 */
export function constructorName(value: object): string | undefined {
  if ((value as { lc?: unknown }).lc !== 1) return undefined;
  const { type, id } = value as { type?: unknown; id?: unknown };
  if ((type !== "constructor" && type !== "not_implemented") || !Array.isArray(id)) return undefined;
  return id.some((part) => CONTENT.has(part)) ? undefined : String(id.at(-1));
}

export function className(value: object): string {
  return value.constructor?.name || "Object";
}
