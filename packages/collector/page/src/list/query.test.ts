import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conditionIn, formatQuery, onlySinceMs, parseQuery, toApiParams, withCondition } from "./query.ts";

const ask = (line: string): Record<string, string> => Object.fromEntries(toApiParams(parseQuery(line), 1_000_000));

const isValue = (value: string): boolean => value !== "";

describe("the search line", () => {
  it("is words and conditions", () => {
    expect(ask('status:error,open rain "in Spain" user:"Ada L" meta:plan=pro')).toEqual({
      status: "error,open",
      text: "rain in Spain",
      user: "Ada L",
      metadata: "plan=pro",
    });
  });

  it("knows durations and how long ago", () => {
    expect(ask("min:1.5s max:2m since:10s")).toEqual({
      minDurationMs: "1500",
      maxDurationMs: "120000",
      from: "990000",
    });
  });

  it("asks for several values of one key", () => {
    expect(toApiParams(parseQuery("tag:a tag:b"), 0).getAll("tag")).toEqual(["a", "b"]);
  });

  it("takes an address with a colon for words", () => {
    expect(ask("https://a.b/c")).toEqual({ text: "https://a.b/c" });
  });

  it("says what is wrong with a condition, and asks without it", () => {
    expect(parseQuery("status:bad min: meta:x").terms).toEqual([
      { kind: "wrong", text: "status:bad", reason: expect.stringContaining("unfinished") },
      { kind: "wrong", text: "min:", reason: "a value is missing" },
      { kind: "wrong", text: "meta:x", reason: "expected meta:key=value" },
    ]);
    expect(ask("status:bad")).toEqual({});
  });

  it("changes one condition and keeps the rest", () => {
    expect(withCondition('a status:ok user:"x y"', "status", "error")).toBe('a user:"x y" status:error');
    expect(withCondition("a status:ok", "status", undefined)).toBe("a");
    expect(conditionIn(parseQuery("user:ada"), "user")).toBe("ada");
  });

  it("finds a value again, whatever is in it", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'a " \\ = : , / & % + # é 日'.split(" "), " ", "\t") }).filter(isValue),
        (value) => {
          expect(conditionIn(parseQuery(withCondition("some words", "user", value)), "user")).toBe(value);
        },
      ),
    );
    expect(ask(withCondition("x", "user", 'Ada "the Countess" \\o/'))).toEqual({
      text: "x",
      user: 'Ada "the Countess" \\o/',
    });
    expect(ask('meta:path="C:\\temp dir"')).toEqual({ metadata: "path=C:\\temp dir" });
  });

  it("tells how far back it asks where it asks for nothing else", () => {
    const told = ["", "since:15m", "status:bad since:2h", "since:1h rain", "user:ada"].map((line) =>
      onlySinceMs(parseQuery(line)),
    );
    expect(told).toEqual([86_400_000, 900_000, 7_200_000, undefined, undefined]);
  });

  it("is written as it was read", () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        const once = formatQuery(parseQuery(line));
        expect(formatQuery(parseQuery(once))).toBe(once);
      }),
    );
  });
});
