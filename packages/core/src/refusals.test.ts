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
    expect(toServerText(text)).toBe(expected);
  });

  it("is short", () => {
    expect(toServerText(`HTTP 400: ${"p".repeat(10_000_000)}`)).toHaveLength(120);
    expect(toServerText(`HTTP 400: {"message":"${"p".repeat(10_000_000)}`)).toHaveLength(120);
  });

  it("holds in every diagnostic that quotes it", () => {
    const told: Diagnostic[] = [];
    const reporter = createRefusalReporter("http://localhost/v1", (diagnostic) => told.push(diagnostic));
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
