import { REDACTED } from "./redacted.ts";

/** Pieces of a key that are shorter tell too little of it. */
const MIN_PIECE = 8;

/**
 * Text without a key that it may quote, whole or in part: any piece of at least 8 characters, and a shorter key as it
 * is.
 */
export function withoutOwnKey(text: string, key: string | undefined): string {
  if (key === undefined || key === "") return text;
  if (key.length <= MIN_PIECE) return text.replaceAll(key, REDACTED);
  let kept = "";
  let from = 0;
  for (let at = 0; at + MIN_PIECE <= text.length; at++) {
    if (!key.includes(text.slice(at, at + MIN_PIECE))) continue;
    const start = at;
    while (at + MIN_PIECE < text.length && key.includes(text.slice(at + 1, at + 1 + MIN_PIECE))) at += 1;
    kept += text.slice(from, start) + REDACTED;
    from = at + MIN_PIECE;
    at = from - 1;
  }
  return kept + text.slice(from);
}
