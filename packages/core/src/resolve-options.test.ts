import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, isConfigError } from "./config-error.ts";
import { isLoopback } from "./loopback.ts";
import { OPTION_TABLE } from "./option-table.ts";
import type { TracingOptions } from "./options.ts";
import { resolveOptions } from "./resolve-options.ts";

const resolve = (code: TracingOptions, environment: Record<string, string> = {}) => resolveOptions(code, environment);

describe("where a value comes from", () => {
  it("code beats environment beats default", () => {
    const environment = { PORTKEY_BASE_URL: "http://127.0.0.1:1/v1" };
    expect(resolve({ baseURL: "https://a.example/v1" }, environment).options.baseURL).toBe("https://a.example/v1");
    expect(resolve({}, environment).options.baseURL).toBe("http://127.0.0.1:1/v1");
    expect(resolve({}).options.baseURL).toBe("https://api.portkey.ai/v1");
  });

  it("undefined in code and an empty variable are unset", () => {
    const { options } = resolve({ apiKey: undefined, batch: { maxRecords: undefined } }, { PORTKEY_API_KEY: "" });
    expect(options.apiKey).toBeUndefined();
    expect(options.batch.maxRecords).toBe(500);
  });

  it("the user's object is not written to", () => {
    const code = Object.freeze({ batch: Object.freeze({ maxBytes: 5 }) });
    expect(resolve(code).options.batch).toEqual({ maxBytes: 5, maxRecords: 500, flushIntervalMs: 1000 });
  });

  it("an address loses its trailing slash", () => {
    expect(resolve({ baseURL: "https://a.example/v1/" }).options.baseURL).toBe("https://a.example/v1");
  });
});

describe("a wrong value in code", () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ["a number as key", { apiKey: 5 }, /^apiKey: must be a text of printable ASCII.*, not 5$/],
    ["an empty key", { apiKey: "" }, /^apiKey: .*an empty text$/],
    ["no address", { baseURL: "portkey" }, /^baseURL: must be an address like/],
    ["plain http to another machine", { baseURL: "http://api.portkey.ai/v1" }, /^baseURL: must be https:/],
    [
      "plain http to a name that may be anywhere",
      { baseURL: "http://collector.localhost:8099/v1" },
      /^baseURL: must be https:, .*; for this one write http:\/\/127\.0\.0\.1:8099\/v1$/,
    ],
    ["a key with a line break inside", { apiKey: "pk-1\npk-2" }, /^apiKey: .* characters without spaces$/],
    [
      "an address of another kind",
      { baseURL: "ftp://a.example" },
      /^baseURL: must begin with https:\/\/ or http:\/\/$/,
    ],
    ["a word that is none of a list", { compression: "brotli" }, /^compression: must be auto, gzip or none$/],
    [
      "a spool that is none",
      { spool: { directory: "x" } },
      /^spool: must be what fileSpool\(\) returns, not an object$/,
    ],
    ["a secret in the address", { baseURL: "https://u:p@a.example/v1" }, /no user name or password/],
    ["a text as flag", { enabled: "yes" }, /^enabled: must be true or false, not a string$/],
    ["a negative size", { batch: { maxBytes: -1 } }, /^batch\.maxBytes: must be a whole number of at least 1, not -1$/],
    ["a group that is none", { batch: 5 }, /^batch: must be an object, not 5$/],
    ["a list as metadata", { metadata: [] }, /^metadata: must be an object, not an array$/],
    ["a redactor that is none", { redact: [5] }, /^redact: must be a function/],
    ["a transport that is none", { transport: {} }, /^transport: must have a method `send`/],
    ["a key that no header can carry", { apiKey: "schlüssel" }, /^apiKey: must be a text of printable ASCII/],
    [
      "a time beyond what timers hold",
      { batch: { flushIntervalMs: 2 ** 40 } },
      /^batch\.flushIntervalMs: .* from 0 to 2147483647/,
    ],
    ["no time for an attempt", { retry: { attemptTimeoutMs: 0 } }, /^retry\.attemptTimeoutMs: .* from 1 to/],
    ["a dotted name", { "batch.maxRecords": 5 }, /^batch\.maxRecords: unknown option/],
    ["a letter too few", { metdata: {} }, /^metdata: unknown option; did you mean metadata\?$/],
    ["a letter too few inside", { batch: { maxRecord: 1 } }, /did you mean batch\.maxRecords\?$/],
    ["a typing error", { apikey: "x" }, /^apikey: unknown option; did you mean apiKey\?$/],
    [
      "a typing error inside",
      { batch: { max_records: 1 } },
      /^batch\.max_records: unknown option; did you mean batch\.maxRecords\?$/,
    ],
  ])("%s throws a ConfigError that names the option", (_name, code, message) => {
    let thrown: unknown;
    try {
      resolve(code);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigError);
    expect(isConfigError(thrown)).toBe(true);
    expect((thrown as ConfigError).message).toMatch(message);
  });

  it("takes any value of any option, or tells whose it is", () => {
    const revoked = (): object => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    };
    const option = fc.constantFrom(...OPTION_TABLE.map((row) => row.option));
    const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withSparseArray: true });
    const make = fc.oneof(
      anything.map((value) => () => value),
      fc.constantFrom<() => unknown>(
        revoked,
        () => [revoked()],
        Symbol,
        () => Number.NaN,
        () => 2 ** 31,
        () => () => 1,
      ),
    );
    fc.assert(
      fc.property(option, make, (path, value) => {
        const [first = "", second] = path.split(".");
        try {
          resolveOptions({ [first]: second === undefined ? value() : { [second]: value() } }, {});
        } catch (error) {
          expect(isConfigError(error)).toBe(true);
          expect((error as Error).message).toContain(path);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("never shows a text value, which may be a secret", () => {
    expect(() => resolve({ baseURL: "sk-secret" })).toThrow(/^(?!.*sk-secret)/);
  });
});

describe("a wrong value in the environment", () => {
  it("warns once, naming variable and option, and the default holds", () => {
    const { options, warnings } = resolve(
      {},
      { PORTKEY_TRACING_COMPRESSION: "nonsense", PORTKEY_TRACING_FLUSH_INTERVAL_MS: "soon" },
    );
    expect(options).toMatchObject({ enabled: true, compression: "auto", batch: { flushIntervalMs: 1000 } });
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/^PORTKEY_TRACING_FLUSH_INTERVAL_MS \(option batch\.flushIntervalMs\) must be a whole/);
  });

  it.each(["localhost:4318", "http://collector.internal/v1", "http://app.localhost/v1", "https://u:p@a.example"])(
    "%s as address sends nothing anywhere",
    (address) => {
      const { options, warnings } = resolve({ enabled: true, apiKey: "pk" }, { PORTKEY_BASE_URL: address });
      expect(options.enabled).toBe(false);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(/^PORTKEY_BASE_URL \(option baseURL\) must .*; tracing is off$/);
      expect(resolve({ baseURL: "https://a.example" }, { PORTKEY_BASE_URL: address }).options.enabled).toBe(true);
    },
  );

  it.each([
    ["PORTKEY_TRACING_ENABLED", "none", { enabled: false }, /tracing is off$/],
    ["PORTKEY_TRACING_CAPTURE_INPUTS", "disabled", { capture: { inputs: false, outputs: true } }, /counts as false$/],
    ["PORTKEY_TRACING_CAPTURE_OUTPUTS", "never", { capture: { inputs: true, outputs: false } }, /counts as false$/],
    ["PORTKEY_TRACING_HEADERS", "none", { traceHeaders: false }, /counts as false$/],
  ])("in %s keeps to itself what may be meant to stay", (name, text, expected, warning) => {
    const { options, warnings } = resolve({}, { [name]: text });
    expect(options).toMatchObject(expected);
    expect(warnings).toEqual([expect.stringMatching(warning)]);
  });

  it.each([
    ["off", false],
    ["FALSE", false],
    ["1", true],
    [" no ", false],
    ["yes", true],
  ])("reads %s as a flag", (text, expected) => {
    expect(resolve({}, { PORTKEY_TRACING_ENABLED: text }).options.enabled).toBe(expected);
  });
});

describe("what is around a value", () => {
  it("is taken off keys, as files and shells leave it there", () => {
    expect(resolve({}, { PORTKEY_API_KEY: "pk-1\n" }).options.apiKey).toBe("pk-1");
    expect(resolve({ apiKey: " pk-1 " }).options.apiKey).toBe("pk-1");
  });
});

describe("options that are no object", () => {
  it.each([null, 5, [], "x"])("%s is told", (options) => {
    expect(() => resolve(options as never)).toThrow(/^options: must be an object, not /);
  });
});

describe("loopback", () => {
  it.each(["http://localhost:1", "http://127.8.9.1", "http://[::1]:80"])("%s is", (url) => {
    expect(isLoopback(new URL(url))).toBe(true);
  });
  it.each([
    "http://127.0.0.1.evil.example",
    "http://localhost.evil.example",
    "http://10.0.0.1",
    "http://[::2]",
    "http://app.localhost",
    "http://localhost.",
  ])("%s is not", (url) => {
    expect(isLoopback(new URL(url))).toBe(false);
  });
});
