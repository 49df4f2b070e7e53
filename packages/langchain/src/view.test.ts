import { describe, expect, it } from "vitest";
import { viewLangChainObject } from "./view.ts";

const DATA = `data:image/png;base64,${"A".repeat(4000)}`;

describe("parts of messages that are plain objects", () => {
  it.each([
    [
      { type: "image_url", image_url: { url: DATA } },
      { type: "image_url", image_url: { url: "[image/png: 3000 bytes]" } },
    ],
    [
      { type: "image", source: { type: "base64", media_type: "image/png", data: "A".repeat(4000) } },
      { type: "image", source: { type: "base64", media_type: "image/png", data: "[base64: 3000 bytes]" } },
    ],
    [
      { type: "input_audio", input_audio: { data: DATA } },
      { type: "input_audio", input_audio: { data: "[image/png: 3000 bytes]" } },
    ],
  ])("are described where they hold data", (part, expected) => {
    expect(viewLangChainObject(part, false)).toEqual(expected);
    expect(viewLangChainObject(part, true)).toBeUndefined();
  });

  it.each<[string, object]>([
    ["an image at an address", { type: "image_url", image_url: { url: "https://example.com/a.png" } }],
    ["a text", { type: "text", text: DATA }],
    ["something else of a type", { type: "user", picture: DATA }],
    ["one that was described", { type: "image_url", image_url: { url: "[image/png: 3000 bytes]" } }],
    [
      "one whose type cannot be read",
      Object.defineProperty({}, "type", {
        get: () => {
          throw new Error("get");
        },
      }),
    ],
  ])("%s is read as it is", (_name, part) => {
    expect(viewLangChainObject(part, false)).toBeUndefined();
  });
});
