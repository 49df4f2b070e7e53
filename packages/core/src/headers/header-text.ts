import type { JsonValue } from "../json.ts";

/** What an HTTP header cannot carry as it is; in the first also what would read as an escape of ours. */
// Not by `i`: with `u`, that takes "ſ" and the Kelvin sign for the ASCII letters that they fold to.
const UNSAFE = /[^\x20-\x7e]+|%(?=[\dA-Fa-f]{2})|^ | $/gu;
const UNSENDABLE = /[^\x20-\x7e]+|^ | $/gu;
const ESCAPED = /(?:%[\da-f]{2})+/gi;

/**
 * A text as the value of an HTTP header. Printable ASCII stays what it is; anything else (other scripts, line breaks,
 * control characters, blanks at the ends) is percent-encoded as UTF-8, so that nothing is lost and nothing breaks out of
 * the header. {@link fromHeaderText} gives the text again.
 */
export function toHeaderText(text: string): string {
  return text.toWellFormed().replaceAll(UNSAFE, encodeURIComponent);
}

/** The same for values that have a syntax of their own, in which `%` may stand already. */
export function toSendableText(text: string): string {
  return text.toWellFormed().replaceAll(UNSENDABLE, encodeURIComponent);
}

/** True where a text is its own header value. */
export function isHeaderText(text: string): boolean {
  return toHeaderText(text) === text;
}

/** The text that {@link toHeaderText} was given. What is no UTF-8 stays as it stands. */
export function fromHeaderText(value: string): string {
  return value.replaceAll(ESCAPED, (part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
}

/** JSON in printable ASCII: other characters are escaped as JSON has it (`\u00e4`). */
export function toHeaderJson(value: JsonValue): string {
  return JSON.stringify(value).replaceAll(/[^\x20-\x7e]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
