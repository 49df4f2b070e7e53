import { describe, expect, it } from "vitest";
import { toSpanError } from "./span-error.ts";

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
    [
      "several errors at once",
      new AggregateError([new TypeError("one"), "two", undefined], "all failed"),
      { type: "AggregateError", message: "all failed (TypeError: one; string: two; undefined: undefined)" },
    ],
    [
      "many errors at once",
      new AggregateError(Array.from({ length: 7 }, () => new Error("x"))),
      { message: "AggregateError (Error: x; Error: x; Error: x; Error: x; Error: x; and 2 more)" },
    ],
    [
      "several errors, one of which is itself several",
      new AggregateError([new AggregateError([new Error("deep")], "inner")], "outer"),
      { message: "outer (AggregateError: inner)" },
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
      "a list of errors that cannot be read",
      () => {
        const { proxy, revoke } = Proxy.revocable([], {});
        revoke();
        return Object.assign(new Error("x"), { errors: proxy });
      },
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
      "a revoked proxy",
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      },
    ],
    [
      "a revoked function",
      () => {
        const { proxy, revoke } = Proxy.revocable(() => 1, {});
        revoke();
        return proxy;
      },
    ],
    [
      "a getter that throws what cannot be text",
      () => ({
        get a(): never {
          throw Object.assign(new Error("x"), { message: Object.create(null) });
        },
      }),
    ],
    ["a class whose name is no text", () => ({ constructor: { name: { a: 1 } } })],
    ["an object that is nested deeply", () => JSON.parse(`${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`)],
    ["many members", () => Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, index]))],
    [
      "causes in a ring",
      () => {
        const error: Error & { cause?: unknown } = new Error("ring");
        error.cause = error;
        return error;
      },
    ],
  ])("never throws: %s", (_name, make) => {
    const { type, message } = toSpanError(make());
    expect([typeof type, typeof message]).toEqual(["string", "string"]);
    expect(message.length).toBeLessThan(100_000);
  });

  it.each<[string, string]>([
    ["x", "x".repeat(5_000_000)],
    ["quotes", `{"api_key":"${'\\"'.repeat(25_000_000)}`],
    ["a bearer token", `Bearer ${"a".repeat(10_000_000)}`],
    ["a key", `sk-${"a-".repeat(20_000_000)}`],
    ["words", "Bearer ".repeat(7_000_000)],
    ["addresses", "a://b:".repeat(2_000_000)],
  ])("a message of megabytes is cut: %s", (_name, message) => {
    const { message: kept, stack } = toSpanError(Object.assign(new Error("x"), { message, stack: message }));
    expect(kept.length).toBeLessThan(20_000);
    expect(stack?.length).toBeLessThan(20_000);
    expect(kept).toMatch(/\[truncated: \d+ characters\]$/);
  });

  it("no piece of a secret stays where a text is cut", () => {
    for (let before = 16_300; before < 16_400; before++) {
      const message = `${"a ".repeat(before / 2)}Bearer ${"s3".repeat(40)} ${"z".repeat(9_000)}`;
      expect(toSpanError(new Error(message)).message).not.toContain("s3");
    }
  });

  it("an object without a message is copied within bounds, without its secrets", () => {
    const thrown = {
      config: { headers: { Authorization: "v-1", a: 1 } },
      body: '{"password":"v-1"}',
      big: "x".repeat(1e7),
    };
    const { message } = toSpanError(thrown);
    expect(message).toContain('"a":1');
    expect(message).not.toContain("v-1");
    expect(message.length).toBeLessThan(20_000);
  });

  it("texts, codes and causes lose their secrets", () => {
    const cause = Object.assign(new Error("api_key=v-1"), { code: "Bearer v-111111111" });
    const error = toSpanError(new Error('401 {"api_key":"v-1"} https://u:v-1@host', { cause }));
    expect(JSON.stringify(error)).not.toContain("v-1");
  });

  it("an error without words is named", () => {
    expect(toSpanError(new RangeError())).toMatchObject({ type: "RangeError", message: "RangeError" });
  });
});

describe("the HTTP status of what carries none", () => {
  it.each([
    [new DOMException("x", "AbortError"), 499],
    [Object.assign(new Error("x"), { name: "APIUserAbortError" }), 499],
    [{ code: "ABORT_ERR" }, 499],
    [new DOMException("x", "TimeoutError"), 408],
    [Object.assign(new Error("x"), { code: "ETIMEDOUT" }), 408],
    [Object.assign(new Error("x"), { name: "AbortError", status: 503 }), 503],
  ])("%s has %s", (thrown, httpStatus) => {
    expect(toSpanError(thrown)).toMatchObject({ httpStatus });
  });
  it.each([new Error("no"), "AbortError", undefined])("%s has none", (thrown) => {
    expect(toSpanError(thrown)).not.toHaveProperty("httpStatus");
  });
});
