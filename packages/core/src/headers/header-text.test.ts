import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHeaderText, toHeaderJson, toHeaderText } from "./header-text.ts";

describe("a text as a header value", () => {
  it("stays as it is where it is printable ASCII", () => {
    expect(toHeaderText("RunnableSequence #3 (50% off)")).toBe("RunnableSequence #3 (50% off)");
  });

  it("is percent-encoded where headers cannot carry it", () => {
    expect(toHeaderText("Größe\r\nx: y")).toBe("Gr%C3%B6%C3%9Fe%0D%0Ax: y");
    expect(toHeaderText("检索")).toBe("%E6%A3%80%E7%B4%A2");
    expect(toHeaderText(" a ")).toBe("%20a%20");
    // Letters whose lower or upper case is ASCII are none themselves.
    expect(toHeaderText("\u017f\u212a")).toBe("%C5%BF%E2%84%AA");
  });

  it("can be sent, whatever it is, and be read again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const value = toHeaderText(text);
        expect(new Headers({ name: value }).get("name")).toBe(value);
        expect(fromHeaderText(value)).toBe(text.toWellFormed());
      }),
      { examples: [["\u017f"], ["\u212a"]] },
    );
  });

  it("that was escaped by somebody else's rules is left alone", () => {
    expect(fromHeaderText("%FF%FE")).toBe("%FF%FE");
  });
});

it("JSON for a header is ASCII, and the same JSON", () => {
  const value = { _user: "Zoë\n", emoji: "🦜", ключ: ["\u007f"] };
  const text = toHeaderJson(value);
  expect(text).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(text)).toEqual(value);
});
