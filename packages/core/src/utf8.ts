const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Length of a text in UTF-8 bytes. */
export const utf8Length: (text: string) => number =
  typeof Buffer === "undefined" ? (text) => encoder.encode(text).length : (text) => Buffer.byteLength(text, "utf8");

const PAGE_BYTES = 262_144;
let page: Buffer | undefined;
let pageUsed = 0;

/** A text as UTF-8 bytes. Short ones lie side by side in one page: an allocation for each costs more than writing it. */
export function toUtf8(text: string): Uint8Array {
  if (typeof Buffer === "undefined") return encoder.encode(text);
  const most = text.length * 3;
  if (most > PAGE_BYTES / 4) return Buffer.from(text, "utf8");
  if (page === undefined || most > PAGE_BYTES - pageUsed) {
    page = Buffer.allocUnsafeSlow(PAGE_BYTES);
    pageUsed = 0;
  }
  const start = pageUsed;
  pageUsed += page.write(text, start, "utf8");
  return page.subarray(start, pageUsed);
}

/**
 * The longest beginning of a text that fits in so many UTF-8 bytes and splits no character.
 * The result shares no memory with the text, which may be much longer.
 */
export function utf8Head(text: string, maxBytes: number): string {
  const bytes = new Uint8Array(maxBytes);
  const { written } = encoder.encodeInto(text, bytes);
  return decoder.decode(bytes.subarray(0, written));
}
