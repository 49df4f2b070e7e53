import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromPathPart, toPathPart } from "./path-part.ts";

/** What a client makes of an address, and the server of its path. */
function sent(part: string): string | undefined {
  const { pathname } = new URL(`/traces/${part}/outline`, "http://127.0.0.1:8788");
  const [, got] = /^\/traces\/([^/]+)\/outline$/.exec(pathname) ?? [];
  return got === undefined ? undefined : fromPathPart(decodeURIComponent(got));
}

const STEPS = [".", "..", "~.", "~..", "~~..", "...", "~", "~...", "%2e", "%2E%2e", ".%2e", "a.", ".a", "~a"];

describe("an id in an address", () => {
  it.each([...STEPS, "a/../b", "\\..", "a b", "#?&", "é", "\ud83d\ude00", "%", "0af7651916cd43dd8448eb211c80319c"])(
    "%j arrives as it is",
    (id) => {
      expect(sent(toPathPart(id))).toBe(id);
    },
  );

  it("arrives as it is, whatever it is, and no two are written alike", () => {
    const id = fc.oneof(fc.string({ minLength: 1, unit: "binary" }), fc.stringMatching(/^[~.%2eE]{1,6}$/));
    fc.assert(
      fc.property(id, (one) => {
        expect(sent(toPathPart(one))).toBe(one);
      }),
    );
  });

  it("is written as anybody would, but for steps of a path", () => {
    for (const one of ["trace", "~x", "...", "a..", "0af7651916cd43dd8448eb211c80319c", "a/b"]) {
      expect(toPathPart(one)).toBe(encodeURIComponent(one));
    }
    expect(["~.", "~.."]).toEqual([toPathPart("."), toPathPart("..")]);
    expect(toPathPart("\ud800")).toBe(toPathPart("\ufffd"));
  });
});
