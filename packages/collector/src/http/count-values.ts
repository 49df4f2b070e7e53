const [QUOTE, COMMA, BACKSLASH, BRACKET, BRACE, SPACE, LETTER_U] = [0x22, 0x2c, 0x5c, 0x5b, 0x7b, 0x20, 0x75];

/** Characters of a text that are looked at one by one, before its end is searched for. */
const SHORT = 16;

/**
 * How many values a JSON text has, no more than is needed to know that they are more than `most`: that is what parsing it
 * costs, which its length does not tell (`[{},{},…`). Counts what begins a value or stands between two, also in texts that
 * look like JSON, as those may be parsed in turn. The text need not be JSON.
 */
export function countValues(json: Buffer, most: number): number {
  let count = 1;
  for (let at = 0; at < json.length && count <= most; at++) {
    const byte = json[at];
    if (byte === QUOTE) {
      const end = endOfText(json, at + 1);
      if (looksLikeJson(json, at + 1)) count += countInText(json, at + 1, end, most - count);
      at = end;
    } else if (byte === COMMA || byte === BRACKET || byte === BRACE) count += 1;
  }
  return count;
}

/** Where the quote stands that ends a text; the end of all where none does. */
function endOfText(json: Buffer, start: number): number {
  const soon = Math.min(json.length, start + SHORT);
  for (let at = start; at < soon; at++) {
    if (json[at] === QUOTE) return at;
    if (json[at] === BACKSLASH) at += 1;
  }
  for (let at = json.indexOf(QUOTE, start); at !== -1; at = json.indexOf(QUOTE, at + 1)) {
    if (!isEscaped(json, at, start)) return at;
  }
  return json.length;
}

function isEscaped(json: Buffer, at: number, start: number): boolean {
  let before = at;
  while (before > start && json[before - 1] === BACKSLASH) before -= 1;
  return (at - before) % 2 === 1;
}

/** An escape may stand for any character. */
function looksLikeJson(json: Buffer, start: number): boolean {
  let at = start;
  while (json[at] === SPACE) at += 1;
  return json[at] === BRACE || json[at] === BRACKET || json[at] === BACKSLASH;
}

function countInText(json: Buffer, start: number, end: number, most: number): number {
  let count = 0;
  for (let at = start; at < end && count <= most; at++) {
    const byte = json[at];
    if (byte === COMMA || byte === BRACKET || byte === BRACE) count += 1;
    else if (byte === LETTER_U && ESCAPED.has(json.toString("latin1", at + 1, at + 5).toLowerCase())) count += 1;
  }
  return count;
}

/** `,`, `[` and `{` as they stand behind `\u`. */
const ESCAPED: ReadonlySet<string> = new Set(["002c", "005b", "007b"]);
