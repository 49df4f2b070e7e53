import { isLive, read } from "../shapes.ts";

/** Answers longer than this are not taken apart. */
const MAX_BYTES = 1_048_576;

/**
 * A provider's raw answer as an object. Bedrock gives bytes: a whole answer as `body`, a part of a stream as `chunk`;
 * Mistral's parts of streams stand in `data`.
 */
export function toPlainRaw(raw: unknown): unknown {
  const bytes = read(read(raw, "chunk"), "bytes") ?? read(raw, "body");
  if (bytes instanceof Uint8Array) return bytes.length > MAX_BYTES ? undefined : parse(new TextDecoder().decode(bytes));
  const data = read(raw, "data");
  return isLive(data) && Array.isArray(read(data, "choices")) ? data : raw;
}

/** JSON as a value; `undefined` for any other text. */
export function parse(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    // Not an answer of a provider that is known: there is nothing to read.
    return undefined;
  }
}
