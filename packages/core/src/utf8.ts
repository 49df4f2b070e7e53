const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Length of a text in UTF-8 bytes. */
export const utf8Length: (text: string) => number =
  typeof Buffer === "undefined" ? (text) => encoder.encode(text).length : (text) => Buffer.byteLength(text, "utf8");

/** A text as UTF-8 bytes. */
export const toUtf8: (text: string) => Uint8Array =
  typeof Buffer === "undefined" ? (text) => encoder.encode(text) : (text) => Buffer.from(text, "utf8");

/**
 * The longest beginning of a text that fits in so many UTF-8 bytes and splits no character.
 * The result shares no memory with the text, which may be much longer.
 */
export function utf8Head(text: string, maxBytes: number): string {
  const bytes = new Uint8Array(maxBytes);
  const { written } = encoder.encodeInto(text, bytes);
  return decoder.decode(bytes.subarray(0, written));
}
