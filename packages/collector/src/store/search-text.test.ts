import { describe, expect, it } from "vitest";
import { aCall, aSpan } from "../../../../tests/support/spans.ts";
import { hasWords, MAX_SEARCH_CHARACTERS, searchTextOf, wordsOf } from "./search-text.ts";

const finds = (text: string, question: string): boolean =>
  hasWords(searchTextOf(aSpan("a", { name: "n", input: text })), wordsOf(question));

describe("the text of a span", () => {
  it("is its name, its error, its tags, and the texts and numbers in its values", () => {
    const error = { type: "RangeError", message: "too far" };
    const span = aCall("a", {
      name: "Call",
      status: { code: "error", error },
      tags: ["Beta"],
      metadata: { plan: { x: "Pro" } },
    });
    const text = searchTextOf(span);
    for (const word of ["call", "rangeerror", "far", "beta", "pro", "hello", "7"]) expect(text).toContain(word);
    expect(text).not.toContain("messages");
  });

  it("is cut, and read without recursion", () => {
    expect(searchTextOf(aSpan("a", { input: "word ".repeat(100_000) })).length).toBeLessThan(
      MAX_SEARCH_CHARACTERS + 10,
    );
    const deep = JSON.parse(`${"[".repeat(9_000)}"found"${"]".repeat(9_000)}`);
    expect(searchTextOf(aSpan("a", { input: deep }))).toContain("found");
  });

  it("is read in order, from values of any width", () => {
    const wide = Array.from({ length: 300_000 }, () => []);
    const members = Object.fromEntries(wide.map((value, index) => [`k${index}`, value]));
    for (const input of [["first", wide, { second: "second" }], { first: "first", members, second: "second" }]) {
      expect(searchTextOf(aSpan("a", { name: "n", input }))).toBe("n\nfirst\nsecond");
    }
  });
});

describe("words", () => {
  it.each([
    ["an Order of Café", "order cafe", true],
    ["an Order of Café", "CAFÉ", true],
    ["Straße", "strasse", false],
    ["file_name.ts", "name", true],
    ["file_name.ts", "file_name.ts", true],
    ["ﬁnd", "find", true],
    ["don't", "t", true],
    ["reorder", "order", false],
    ["東京都", "東京", true],
    ["emoji 👍 here", "👍", true],
    ["x".repeat(100), "x".repeat(80), true],
    ["\ud800 broken", "broken", true],
  ])("of %j are found by %j: %s", (text, question, expected) => {
    expect(finds(text, question)).toBe(expected);
  });

  it("are no pattern and no syntax", () => {
    expect(wordsOf('a.*b "c" OR (d) NEAR -e *')).toEqual(["a", "b", "c", "or", "d", "near", "e"]);
    expect(wordsOf(Array.from({ length: 99 }, (_, index) => `w${index}`).join(" "))).toHaveLength(16);
  });
});
