import { describe, expect, it } from "vitest";
import type { Diagnostic } from "./diagnostics.ts";
import { createRefusalReporter, toServerText } from "./refusals.ts";

describe("what is told of a server's text", () => {
  it.each([
    ["HTTP 404", "HTTP 404"],
    ["ECONNREFUSED: connect refused", "ECONNREFUSED: connect refused"],
    ['HTTP 400: {"error":{"message":"bad field x","param":"private"}}', "HTTP 400: bad field x"],
    ['HTTP 400: {"input":"private","error":{"message":"bad field x', "HTTP 400: bad field x"],
    ['HTTP 400: {"message":"bad input {\\"q\\":\\"private\\"}"}', "HTTP 400: bad input"],
    ['HTTP 422: [{"loc":["body"],"input":"private"}]', "HTTP 422: …"],
    ["HTTP 500: two\r\nlines\u001b[31m red\u0000", "HTTP 500: two lines …"],
    ["HTTP 400: bad key Bearer abcdefgh12345", "HTTP 400: bad key [redacted]"],
  ])("%j", (text, expected) => {
    expect(toServerText(text, undefined)).toBe(expected);
  });

  it("is short", () => {
    expect(toServerText(`HTTP 400: ${"p".repeat(10_000_000)}`, undefined)).toHaveLength(120);
    expect(toServerText(`HTTP 400: {"message":"${"p".repeat(10_000_000)}`, undefined)).toHaveLength(120);
  });

  it("holds in every diagnostic that quotes it", () => {
    const told: Diagnostic[] = [];
    const reporter = createRefusalReporter({ baseURL: "http://localhost/v1", apiKey: undefined }, (diagnostic) =>
      told.push(diagnostic),
    );
    const message = `HTTP 400: {"input":"private","message":"no"}\n${"p".repeat(300)}`;
    reporter.onRetry({ kind: "retryable", message }, 2);
    reporter.onRefusal({ kind: "rejected", reason: "rejected", message, status: 400 });
    reporter.onRefusal({ kind: "rejected", reason: "retries_exhausted", message });
    expect(told.map(({ code }) => code)).toEqual(["unreachable", "rejected", "dropped"]);
    for (const diagnostic of told) {
      expect(diagnostic.message).toContain("(HTTP 400: no)");
      expect(diagnostic.message).not.toContain("private");
    }
  });
});

describe("a key that is refused", () => {
  it.each([
    [
      "a wrong one",
      "pk-1",
      "refused the API key (HTTP 401); the key needs the permissions completions.write and logs.write",
    ],
    ["none at all", undefined, "asks for an API key (HTTP 401); give the option apiKey or set PORTKEY_API_KEY"],
  ])("is told with what to do: %s", (_name, apiKey, expected) => {
    const told: Diagnostic[] = [];
    const reporter = createRefusalReporter({ baseURL: "http://127.0.0.1/v1", apiKey }, (one) => told.push(one));
    reporter.onRefusal({ kind: "rejected", reason: "unauthorized", message: "HTTP 401", status: 401 });
    expect(told).toEqual([{ code: "unauthorized", message: `http://127.0.0.1/v1 ${expected}` }]);
  });
});

describe("our own key", () => {
  const apiKey = "Zx9aB3dEf9hIjKlMnOpQrStUv12w=";
  it.each([
    `HTTP 400: Invalid API key: ${apiKey}`,
    `HTTP 404: no route for key ${apiKey}`,
    `HTTP 500: {"message":"Invalid API Key. Error Code: 03 ${apiKey}"}`,
    `HTTP 402: x-portkey-api-key ${apiKey.slice(0, 12)}…${apiKey.slice(-9)} has no credit`,
    `HTTP 400: ${"p".repeat(85)} ${apiKey}`,
    `HTTP 400: ${apiKey}${apiKey}${apiKey.slice(3, 20)}`,
  ])("is in no diagnostic, nor is a part of it that tells something: %s", (message) => {
    const told: Diagnostic[] = [];
    const reporter = createRefusalReporter({ baseURL: "http://localhost/v1", apiKey }, (one) => told.push(one));
    reporter.onRetry({ kind: "retryable", message }, 2);
    reporter.onRefusal({ kind: "rejected", reason: "rejected", message, status: 400 });
    reporter.onRefusal({ kind: "rejected", reason: "retries_exhausted", message });
    expect(told).toHaveLength(3);
    for (const diagnostic of told) {
      for (let at = 0; at + 8 <= apiKey.length; at++) {
        expect(diagnostic.message).not.toContain(apiKey.slice(at, at + 8));
      }
    }
  });

  it("is taken out where it is short, and other text stays", () => {
    expect(toServerText("HTTP 400: no key pk-1 here", "pk-1")).toBe("HTTP 400: no key [redacted] here");
    expect(toServerText(`HTTP 400: ${apiKey.slice(0, 7)} is no key`, apiKey)).toBe("HTTP 400: Zx9aB3d is no key");
  });
});
