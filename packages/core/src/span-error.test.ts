import { describe, expect, it } from "vitest";
import { isAbort, toSpanError } from "./span-error.ts";

describe("whatever was thrown, as data", () => {
  it.each<[string, unknown, object]>([
    ["a text", "just text", { type: "string", message: "just text" }],
    ["nothing", undefined, { type: "undefined", message: "undefined" }],
    ["null", null, { type: "object", message: "null" }],
    ["an object", { code: 42 }, { type: "Object", message: '{"code":42}', code: "42" }],
    [
      "an HTTP error",
      Object.assign(new Error("slow down"), { status: 429, code: "rate_limit" }),
      { type: "Error", message: "slow down", code: "rate_limit", httpStatus: 429 },
    ],
    [
      "a timeout",
      Object.assign(new Error("late"), { name: "TimeoutError" }),
      { type: "TimeoutError", httpStatus: 408 },
    ],
    [
      "a cause",
      new Error("outer", { cause: new TypeError("inner") }),
      { message: "outer", cause: { type: "TypeError", message: "inner" } },
    ],
  ])("%s", (_name, thrown, expected) => {
    expect(toSpanError(thrown)).toMatchObject(expected);
  });

  it("headers and requests of client errors stay behind", () => {
    const error = Object.assign(new Error("no"), {
      headers: { authorization: "Bearer sk-1" },
      request: { key: "sk-1" },
    });
    expect(JSON.stringify(toSpanError(error))).not.toContain("sk-1");
  });

  it.each<[string, () => unknown]>([
    [
      "a message that throws",
      () =>
        Object.defineProperty(new Error("x"), "message", {
          get() {
            throw new Error("no");
          },
        }),
    ],
    [
      "a proxy that throws on everything",
      () =>
        new Proxy(new Error("x"), {
          get: () => {
            throw new Error("get");
          },
          has: () => {
            throw new Error("has");
          },
          getPrototypeOf: () => {
            throw new Error("proto");
          },
        }),
    ],
    [
      "something that cannot be text",
      () => ({
        toString: () => {
          throw new Error("no");
        },
        toJSON: () => {
          throw new Error("no");
        },
      }),
    ],
    [
      "causes in a ring",
      () => {
        const error: Error & { cause?: unknown } = new Error("ring");
        error.cause = error;
        return error;
      },
    ],
  ])("never throws: %s", (_name, make) => {
    expect(typeof toSpanError(make()).message).toBe("string");
  });

  it("a message of megabytes is cut", () => {
    expect(toSpanError(new Error("x".repeat(5_000_000))).message.length).toBeLessThan(20_000);
  });
});

describe("aborts", () => {
  it.each([new DOMException("x", "AbortError"), { name: "APIUserAbortError" }, { code: "ABORT_ERR" }])(
    "%s is one",
    (thrown) => {
      expect(isAbort(thrown)).toBe(true);
    },
  );
  it.each([new DOMException("x", "TimeoutError"), new Error("no"), "AbortError", undefined])("%s is none", (thrown) => {
    expect(isAbort(thrown)).toBe(false);
  });
});
