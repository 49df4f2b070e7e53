import type { JsonValue, Span } from "@portkey-tracing/core";

/** What is searched of one span: its name, and the texts in its input, output, error, tags and metadata. */
export const MAX_SEARCH_CHARACTERS = 65_536;

/** Words of one question. */
const MAX_WORDS = 16;

/** Longer words (encoded files) are known by their beginning. */
const LONG_WORD = /([\p{L}\p{N}\p{Co}]{64})[\p{L}\p{N}\p{Co}]+/gu;

const WORD = /[\p{L}\p{N}\p{Co}]+/gu;

/** The text of a span that can be searched, in the form in which words are compared. */
export function searchTextOf(span: Span): string {
  const texts: string[] = [];
  let room = MAX_SEARCH_CHARACTERS;
  const add = (text: string): void => {
    const part = text.length <= room ? text : text.slice(0, room);
    if (part === "") return;
    texts.push(part);
    room -= part.length;
  };
  add(span.name);
  const { status } = span;
  if ("error" in status && status.error !== undefined) add(`${status.error.type} ${status.error.message}`);
  for (const tag of span.tags) add(tag);
  for (const value of [span.metadata, span.input, span.output]) addTexts(value, add, () => room > 0);
  return toComparable(texts.join("\n"));
}

/** The words of a question, in the form in which they are compared. */
export function wordsOf(question: string): string[] {
  return [...new Set(toComparable(question).match(WORD) ?? [])].slice(0, MAX_WORDS);
}

/** True where the text has a word that begins like each of these. Both are comparable. */
export function hasWords(text: string, words: readonly string[]): boolean {
  return words.every((word) => new RegExp(`(?<![\\p{L}\\p{N}\\p{Co}])${word}`, "u").test(text));
}

/** Lower case, without accents, long words cut. */
function toComparable(text: string): string {
  // What most texts consist of needs nothing else.
  if (/^[\x20-\x7e\s]*$/.test(text)) return text.toLowerCase().replaceAll(LONG_WORD, "$1");
  const plain = text
    .toWellFormed()
    .normalize("NFKD")
    .replaceAll(/\p{M}+/gu, "");
  return plain.toLowerCase().normalize("NFC").replaceAll(LONG_WORD, "$1");
}

/** Texts and numbers, without recursion and without copies of lists: the value is somebody else's. */
function addTexts(root: JsonValue | undefined, add: (text: string) => void, hasRoom: () => boolean): void {
  const open = [[root].values()];
  for (let members = open.at(-1); members !== undefined && hasRoom(); members = open.at(-1)) {
    const { done, value } = members.next();
    if (done === true) open.pop();
    else if (typeof value === "string") add(value);
    else if (typeof value === "number") add(String(value));
    else if (Array.isArray(value)) open.push(value.values());
    else if (typeof value === "object" && value !== null) open.push(Object.values(value).values());
  }
}
