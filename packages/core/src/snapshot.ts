import type { JsonObject, JsonValue } from "./json.ts";
import { utf8Head, utf8Length } from "./utf8.ts";

/** Bounds of one snapshot. */
export interface SnapshotLimits {
  /** UTF-8 bytes of text that one value may hold, counted on its strings, keys and numbers. */
  readonly maxBytes: number;
  /** Levels of objects and arrays inside each other. */
  readonly maxDepth: number;
}

/** How a snapshot is taken. */
export interface SnapshotOptions extends SnapshotLimits {
  /** Stand-in for a framework's own objects, see `EventOrigin.view`. */
  readonly view?: ((value: object) => unknown) | undefined;
  /** Names whose values must not be kept: of members, of entries of maps and `[name, value]` lists, of `{ name, value }`. */
  readonly isSecretKey?: ((key: string) => boolean) | undefined;
  /** Takes secrets out of text, before it is measured. */
  readonly cleanText?: ((text: string) => string) | undefined;
  /** Told of each value that a limit cut short. */
  readonly onTruncated?: (() => void) | undefined;
}

/** What stands in the place of a secret. */
export const REDACTED = "[redacted]";

/** Names of members are cut beyond this. */
const MAX_NAME = 1_024;
/** What is read of a text beyond the budget, so that its end is not cut before it was searched for secrets. */
const MARGIN = 256;

/** The default bounds: 1 MiB of text and 40 levels for each input and each output. */
export const DEFAULT_LIMITS: SnapshotLimits = { maxBytes: 1_048_576, maxDepth: 40 };

/**
 * Copies any value into plain JSON within a budget, in one walk. Never throws, whatever getters, proxies or `toJSON`
 * methods do, and keeps no reference to an object of the caller. What JSON cannot say is put into words in brackets:
 * `[circular]`, `[Uint8Array: 12 bytes]`, `[unreadable: message]`, `[truncated: 900 bytes]`.
 *
 * The work is bounded by the budget, but for two things that the language does only as a whole: measuring a text (some
 * 2 ms for 10 MB) and listing the names of an object (about 0.3 s for a million, which no loop does lazily).
 */
export function snapshot(value: unknown, options: SnapshotOptions = DEFAULT_LIMITS): JsonValue | undefined {
  return new Walk(options).copy(value, 0);
}

/** A copy, and about how much memory it holds. */
export interface Snapshot {
  readonly value: JsonValue | undefined;
  /** What was taken off the budget; never more than that. */
  readonly bytes: number;
}

/** The same, and how large the copy is. */
export function measuredSnapshot(value: unknown, options: SnapshotOptions): Snapshot {
  const walk = new Walk(options);
  return { value: walk.copy(value, 0), bytes: walk.bytesTaken };
}

/** One snapshot in progress: the budget that is left and the objects that lead to the current one. */
class Walk {
  private bytesLeft: number;
  private readonly path: object[] = [];
  private readonly options: SnapshotOptions;

  constructor(options: SnapshotOptions) {
    this.options = options;
    this.bytesLeft = options.maxBytes;
  }

  get bytesTaken(): number {
    return this.options.maxBytes - Math.max(0, this.bytesLeft);
  }

  copy(value: unknown, depth: number): JsonValue | undefined {
    switch (typeof value) {
      case "string":
        return this.text(value);
      case "number":
        this.bytesLeft -= 8;
        return Number.isFinite(value) ? value : String(value);
      case "boolean":
        this.bytesLeft -= 5;
        return value;
      case "bigint":
        return this.text(value.toString());
      case "symbol":
        return this.text(value.toString());
      case "object":
        return value === null ? null : this.object(value, depth);
      default:
        return undefined;
    }
  }

  private object(value: object, depth: number): JsonValue | undefined {
    if (this.path.includes(value)) return "[circular]";
    if (depth >= this.options.maxDepth) return this.cut(`[truncated: deeper than ${this.options.maxDepth} levels]`);
    this.path.push(value);
    try {
      return this.readable(value, depth);
    } catch (error) {
      return this.text(`[unreadable: ${messageOf(error)}]`);
    } finally {
      this.path.pop();
    }
  }

  private readable(value: object, depth: number): JsonValue | undefined {
    if (Array.isArray(value)) return this.list(value, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      const seen = this.options.view?.(value);
      return seen === undefined ? this.properties(value, depth) : this.copy(seen, depth + 1);
    }
    return this.instance(value, depth);
  }

  /** Objects with a class: the framework's own, those of the language, and whatever knows how to be JSON. */
  private instance(value: object, depth: number): JsonValue | undefined {
    const seen = this.options.view?.(value);
    if (seen !== undefined) return this.copy(seen, depth + 1);
    if (value instanceof Error) return this.properties(errorFields(value), depth);
    if (value instanceof Map) return this.map(value, depth);
    if (value instanceof Set) return this.items(value, value.size, depth);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
    if (value instanceof RegExp) return this.text(String(value));
    const binary = binaryLength(value);
    if (binary !== undefined) return this.text(`[${className(value)}: ${binary} bytes]`);
    if ("toJSON" in value && typeof value.toJSON === "function") return this.copy(value.toJSON(), depth + 1);
    if (Object.prototype.toString.call(value) === "[object String]") return this.copy(value.valueOf(), depth + 1);
    return this.properties(value, depth);
  }

  private properties(value: object, depth: number): JsonObject {
    const copy: JsonObject = {};
    for (const key of Object.keys(value)) {
      if (this.bytesLeft <= 0) {
        copy["…"] = this.cut("[truncated: more members]");
        break;
      }
      const member = this.member(value, key, depth);
      if (member !== undefined) define(copy, this.key(key), member);
    }
    return this.withoutNamedSecret(copy);
  }

  /** `{ name: "authorization", value }`, as lists of headers have it. */
  private withoutNamedSecret(copy: JsonObject): JsonObject {
    if (!("value" in copy)) return copy;
    if (this.isSecretName(copy["name"]) || this.isSecretName(copy["key"])) copy["value"] = REDACTED;
    return copy;
  }

  private isSecretName(name: JsonValue | undefined): boolean {
    return typeof name === "string" && this.options.isSecretKey?.(name) === true;
  }

  private member(owner: object, key: string, depth: number): JsonValue | undefined {
    if (this.options.isSecretKey?.(key) === true) return REDACTED;
    try {
      return this.copy((owner as Record<string, unknown>)[key], depth + 1);
    } catch (error) {
      return this.text(`[unreadable: ${messageOf(error)}]`);
    }
  }

  private list(values: readonly unknown[], depth: number): JsonValue[] {
    return this.items(values, values.length, depth);
  }

  private items(values: Iterable<unknown>, count: number, depth: number): JsonValue[] {
    const copy: JsonValue[] = [];
    for (const value of values) {
      if (this.bytesLeft <= 0) {
        copy.push(this.cut(`[truncated: ${count - copy.length} more items]`));
        break;
      }
      this.bytesLeft -= 1;
      copy.push(this.withoutPairedSecret(this.copy(value, depth + 1) ?? null));
    }
    return copy;
  }

  /** `["authorization", value]` inside a list, as entries of maps and headers are. */
  private withoutPairedSecret(item: JsonValue): JsonValue {
    return Array.isArray(item) && item.length === 2 && this.isSecretName(item[0]) ? [item[0] ?? null, REDACTED] : item;
  }

  private map(value: ReadonlyMap<unknown, unknown>, depth: number): JsonValue {
    for (const key of value.keys()) {
      if (typeof key !== "string") return this.items(value, value.size, depth);
    }
    const copy: JsonObject = {};
    for (const [key, inner] of value as ReadonlyMap<string, unknown>) {
      if (this.bytesLeft <= 0) {
        copy["…"] = this.cut(`[truncated: ${value.size - Object.keys(copy).length} more entries]`);
        break;
      }
      const isSecret = this.options.isSecretKey?.(key) === true;
      const member = isSecret ? REDACTED : this.copy(inner, depth + 1);
      if (member !== undefined) define(copy, this.key(key), member);
    }
    return this.withoutNamedSecret(copy);
  }

  private key(key: string): string {
    const name = key.length <= MAX_NAME ? key : this.cut(`${head(key, MAX_NAME)}[truncated: ${key.length} characters]`);
    this.bytesLeft -= name.length + 3;
    return name.isWellFormed() ? name : name.toWellFormed();
  }

  /** Of a text that is much longer than the budget only the beginning is read; a character has at least one byte. */
  private text(whole: string): string {
    const limit = Math.max(this.bytesLeft, 0);
    const isLong = whole.length > limit + MARGIN;
    const raw = isLong ? head(whole, limit + MARGIN) : whole;
    const wellFormed = raw.isWellFormed() ? raw : raw.toWellFormed();
    const text = this.options.cleanText?.(wellFormed) ?? wellFormed;
    const bytes = utf8Length(text);
    const unread = isLong ? utf8Length(whole) - utf8Length(raw) : 0;
    this.bytesLeft -= bytes + unread;
    if (bytes + unread <= limit) return text;
    const marker = this.cut(`[truncated: ${Math.max(bytes - limit, 0) + unread} bytes]`);
    return `${utf8Head(text, limit)}${marker}`;
  }

  private cut(marker: string): string {
    this.options.onTruncated?.();
    return marker;
  }
}

/** The beginning of a text; a character that takes two units is not split. */
function head(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

/** Sets an own property even where the name is `__proto__`. */
function define(target: JsonObject, key: string, value: JsonValue): void {
  if (key === "__proto__") Object.defineProperty(target, key, { value, enumerable: true, configurable: true });
  else target[key] = value;
}

/** Name, message, stack and cause are not enumerable; what a library adds to its errors is. */
function errorFields(error: Error): object {
  const fields: Record<string, unknown> = { name: error.name, message: error.message };
  if (error.cause !== undefined) fields["cause"] = error.cause;
  if (error instanceof AggregateError) fields["errors"] = error.errors;
  return fields;
}

function binaryLength(value: object): number | undefined {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (value instanceof ArrayBuffer) return value.byteLength;
  if (typeof Blob !== "undefined" && value instanceof Blob) return value.size;
  return undefined;
}

function className(value: object): string {
  return value.constructor?.name || "Object";
}

function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return "unknown error";
  }
}
