import type { JsonObject, JsonValue } from "./json.ts";
import { holdsHeaders, redactFlatHeaders, redactHeaders, redactNamedValue, redactPair } from "./named-values.ts";
import {
  binaryLength,
  builtinOf,
  className,
  constructorName,
  dateText,
  errorFields,
  isClient,
  isPlain,
} from "./program-objects.ts";
import { REDACTED } from "./redacted.ts";
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
  /** The same for members of what is called headers; without it, `isSecretKey` is asked. */
  readonly isSecretHeader?: ((name: string) => boolean) | undefined;
  /** Takes secrets out of text, before it is measured. */
  readonly cleanText?: ((text: string) => string) | undefined;
  /** Bounds the message of an error, and takes out what secrets look like in those. */
  readonly cleanErrorText?: ((text: string) => string) | undefined;
  /** Told of each value that a limit cut short. */
  readonly onTruncated?: (() => void) | undefined;
}

/** Names of members are cut beyond this. */
const MAX_NAME = 1_024;
/** Names of members that are no longer hold no address with a password, and no JSON with a secret. */
const MIN_SECRET = 12;
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
    if (this.path.includes(value)) return this.counted("[circular]");
    const { maxDepth } = this.options;
    if (depth >= maxDepth) return this.counted(this.cut(`[truncated: deeper than ${maxDepth} levels]`));
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
    if (Array.isArray(value)) return this.items(value, value.length, depth);
    if (isPlain(value)) {
      const seen = this.options.view?.(value);
      if (seen !== undefined) return this.copy(seen, depth + 1);
      const name = constructorName(value);
      return name === undefined ? this.properties(value, depth) : this.text(`[${name}]`);
    }
    return this.instance(value, depth);
  }

  /** Objects with a class: the framework's own, those of the language, clients, and whatever knows how to be JSON. */
  private instance(value: object, depth: number): JsonValue | undefined {
    const seen = this.options.view?.(value);
    if (seen !== undefined) return this.copy(seen, depth + 1);
    switch (builtinOf(value)) {
      case "error":
        return this.error(value, depth);
      case "map":
        return this.map(value as Map<unknown, unknown>, depth);
      case "set":
        return this.items(value as Set<unknown>, (value as Set<unknown>).size, depth);
      case "date":
        return this.text(dateText(value as Date));
      case "regexp":
        return this.text((value as RegExp).toString());
    }
    const binary = binaryLength(value);
    if (binary !== undefined) return this.text(`[${className(value)}: ${binary} bytes]`);
    if (isClient(value)) return this.text(`[${className(value)}]`);
    if ("toJSON" in value && typeof value.toJSON === "function") return this.copy(value.toJSON(), depth + 1);
    if (Object.prototype.toString.call(value) === "[object String]") return this.copy(value.valueOf(), depth + 1);
    return this.properties(value, depth);
  }

  private error(error: object, depth: number): JsonObject {
    const fields = errorFields(error);
    const { message } = fields;
    const { cleanErrorText } = this.options;
    if (typeof message === "string" && cleanErrorText !== undefined) fields["message"] = cleanErrorText(message);
    return this.properties(fields, depth);
  }

  private properties(value: object, depth: number): JsonObject {
    const copy: JsonObject = {};
    for (const key of Object.keys(value)) {
      if (this.bytesLeft <= 0) {
        copy["…"] = this.cut("[truncated: more members]");
        break;
      }
      const member = this.member(value, key, depth);
      if (member === undefined) this.bytesLeft -= key.length;
      else define(copy, this.key(key), member);
    }
    return this.withoutNamedSecret(copy);
  }

  /** `{ name: "authorization", value }`, as lists of headers have it. */
  private withoutNamedSecret(copy: JsonObject): JsonObject {
    const { isSecretKey } = this.options;
    return isSecretKey === undefined ? copy : redactNamedValue(copy, isSecretKey);
  }

  private member(owner: object, key: string, depth: number): JsonValue | undefined {
    if (this.options.isSecretKey?.(key) === true) return REDACTED;
    try {
      return this.withoutSecretHeaders(key, this.copy((owner as Record<string, unknown>)[key], depth + 1));
    } catch (error) {
      return this.text(`[unreadable: ${messageOf(error)}]`);
    }
  }

  private withoutSecretHeaders(name: string, copy: JsonValue | undefined): JsonValue | undefined {
    if (copy === undefined || !holdsHeaders(name)) return copy;
    const { isSecretKey, isSecretHeader = isSecretKey } = this.options;
    return isSecretHeader === undefined ? copy : redactHeaders(copy, isSecretHeader);
  }

  private items(values: Iterable<unknown>, count: number, depth: number): JsonValue[] {
    const { isSecretKey } = this.options;
    const copy: JsonValue[] = [];
    for (const value of values) {
      if (this.bytesLeft <= 0) {
        copy.push(this.cut(`[truncated: ${count - copy.length} more items]`));
        break;
      }
      this.bytesLeft -= 1;
      const item = this.copy(value, depth + 1) ?? null;
      copy.push(isSecretKey === undefined ? item : redactPair(item, isSecretKey));
    }
    return isSecretKey === undefined ? copy : redactFlatHeaders(copy, isSecretKey);
  }

  private map(value: ReadonlyMap<unknown, unknown>, depth: number): JsonValue {
    let left = this.bytesLeft;
    for (const key of value.keys()) {
      if (typeof key !== "string") return this.items(value, value.size, depth);
      if (left-- <= 0) break;
    }
    const copy: JsonObject = {};
    for (const [key, inner] of value as ReadonlyMap<string, unknown>) {
      if (this.bytesLeft <= 0) {
        copy["…"] = this.cut(`[truncated: ${value.size - Object.keys(copy).length} more entries]`);
        break;
      }
      const isSecret = this.options.isSecretKey?.(key) === true;
      const member = isSecret ? REDACTED : this.withoutSecretHeaders(key, this.copy(inner, depth + 1));
      if (member === undefined) this.bytesLeft -= key.length;
      else define(copy, this.key(key), member);
    }
    return this.withoutNamedSecret(copy);
  }

  private key(whole: string): string {
    const key = whole.length > MIN_SECRET && /[:=]/.test(whole) ? this.cleanName(whole) : whole;
    const name =
      key.length <= MAX_NAME ? key : this.cut(`${head(key, MAX_NAME)}[truncated: ${whole.length} characters]`);
    this.bytesLeft -= name.length + 3;
    return name.isWellFormed() ? name : name.toWellFormed();
  }

  /** A name that may be an address, or JSON. */
  private cleanName(name: string): string {
    const { cleanText } = this.options;
    return cleanText === undefined ? name : cleanText(head(name, Math.min(name.length, MAX_NAME + MARGIN)));
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

  /** Words of our own: a list may say them as often as it has items. */
  private counted(words: string): string {
    this.bytesLeft -= words.length;
    return words;
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

function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return "unknown error";
  }
}
