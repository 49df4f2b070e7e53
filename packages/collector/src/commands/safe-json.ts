/**
 * JSON on one line that is harmless on a terminal and in a file that somebody prints: characters that control a terminal,
 * turn the reading direction or cannot be seen are written as escapes. Parsing it gives the same value.
 */
export function toSafeJson(value: unknown): string {
  return makeSafe(JSON.stringify(value));
}

/** The same of what is JSON already. */
export function makeSafe(json: string): string {
  return json.replaceAll(UNSAFE, escapeAll);
}

const UNSAFE = /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Cs}]/gu;

function escapeAll(text: string): string {
  return Array.from({ length: text.length }, (_, index) => {
    return `\\u${text.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }).join("");
}
