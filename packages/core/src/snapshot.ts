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
  /** Keys whose values must not be kept; they are replaced by {@link REDACTED}. */
  readonly isSecretKey?: ((key: string) => boolean) | undefined;
  /** Takes secrets out of text, before it is measured. */
  readonly cleanText?: ((text: string) => string) | undefined;
  /** Told of each value that a limit cut short. */
  readonly onTruncated?: (() => void) | undefined;
}

/** What stands in the place of a secret. */
export const REDACTED = "[redacted]";

/** The default bounds: 1 MiB of text and 40 levels for each input and each output. */
export const DEFAULT_LIMITS: SnapshotLimits = { maxBytes: 1_048_576, maxDepth: 40 };

/**
 * Copies any value into plain JSON within a budget, in one walk. Never throws, whatever getters, proxies or `toJSON`
 * methods do, and keeps no reference to an object of the caller. What JSON cannot say is put into words in brackets:
 * `[circular]`, `[Uint8Array: 12 bytes]`, `[unreadable: message]`, `[truncated: 900 bytes]`.
 */
export function snapshot(value: unknown, options: SnapshotOptions = DEFAULT_LIMITS): JsonValue | undefined {
  return new Walk(options).copy(value, 0);
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
    if (value instanceof Set) return this.list([...value], depth);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
    if (value instanceof RegExp) return this.text(String(value));
    const binary = binaryLength(value);
    if (binary !== undefined) return this.text(`[${className(value)}: ${binary} bytes]`);
    if ("toJSON" in value && typeof value.toJSON === "function") return this.copy(value.toJSON(), depth + 1);
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
    return copy;
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
    const copy: JsonValue[] = [];
    for (let index = 0; index < values.length; index++) {
      if (this.bytesLeft <= 0) {
        copy.push(this.cut(`[truncated: ${values.length - index} more items]`));
        break;
      }
      this.bytesLeft -= 1;
      copy.push(this.copy(values[index], depth + 1) ?? null);
    }
    return copy;
  }

  private map(value: ReadonlyMap<unknown, unknown>, depth: number): JsonValue {
    const keys = [...value.keys()];
    if (!keys.every((key) => typeof key === "string")) return this.list([...value], depth);
    return this.properties(Object.fromEntries(value), depth);
  }

  private key(key: string): string {
    this.bytesLeft -= key.length + 3;
    return key.isWellFormed() ? key : key.toWellFormed();
  }

  private text(value: string): string {
    const wellFormed = value.isWellFormed() ? value : value.toWellFormed();
    const text = this.options.cleanText?.(wellFormed) ?? wellFormed;
    const limit = Math.max(this.bytesLeft, 0);
    const bytes = utf8Length(text);
    this.bytesLeft -= bytes;
    if (bytes <= limit) return text;
    return `${utf8Head(text, limit)}${this.cut(`[truncated: ${bytes - limit} bytes]`)}`;
  }

  private cut(marker: string): string {
    this.options.onTruncated?.();
    return marker;
  }
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
