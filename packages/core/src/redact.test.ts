import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "./json.ts";
import { type Redactor, redactSpan, WITHHELD } from "./redact.ts";
import { redactKeys, redactPatterns } from "./redactors.ts";
import type { Span } from "./span.ts";

const CARD = "4111111111111111";
const span: Span = {
  traceId: "t",
  spanId: "s",
  name: `pay ${CARD}`,
  type: "tool",
  source: "Langchain",
  startTimeMs: 1,
  durationMs: 1,
  status: {
    code: "error",
    error: {
      type: "Error",
      message: `no ${CARD}`,
      stack: `at ${CARD}`,
      cause: { type: "Error", message: `why ${CARD}` },
    },
  },
  input: { card: CARD, nested: [{ [`key ${CARD}`]: `text ${CARD}` }] },
  output: { arguments: JSON.stringify({ card: CARD, amount: 5 }) },
  marks: [{ name: "m", timeMs: 1, attributes: { card: CARD } }],
  tags: [`tag ${CARD}`],
  metadata: { card: CARD, note: `note ${CARD}` },
};
const nothing = (): void => undefined;

describe("patterns", () => {
  it("are replaced in every part that can hold content", () => {
    const redacted = redactSpan(span, [redactPatterns([/\d{16}/])], nothing);
    expect(JSON.stringify(redacted)).not.toContain(CARD);
    expect(redacted).toMatchObject({ name: "pay [redacted]", tags: ["tag [redacted]"], input: { card: "[redacted]" } });
  });

  it("whatever their flags are", () => {
    const redactor = redactPatterns([/SECRET/iy, /b/g]);
    expect(redactor("a secret b b", "input")).toBe("a [redacted] [redacted] [redacted]");
    expect(redactor("a secret b b", "input")).toBe("a [redacted] [redacted] [redacted]");
  });
});

describe("patterns of any flags", () => {
  it.each(["", "g", "y", "i", "gi", "gy", "iy", "giy", "dgimsuy", "gv"])("%s replace every match", (flags) => {
    const redactor = redactPatterns([new RegExp("x\\d", flags)]);
    expect(redactor("ax1 x2", "input")).toBe("a[redacted] [redacted]");
  });
});

describe("keys", () => {
  it("lose their values at any depth, also in JSON text", () => {
    const { input, output, metadata, marks } = redactSpan(span, [redactKeys(["Card"])], nothing);
    expect(input).toMatchObject({ card: "[redacted]" });
    expect(output).toEqual({ arguments: '{"card":"[redacted]","amount":5}' });
    expect(metadata).toMatchObject({ card: "[redacted]", note: `note ${CARD}` });
    expect(marks[0]?.attributes).toEqual({ card: "[redacted]" });
  });

  it("are compared without case, dashes and underscores; other text stays byte for byte", () => {
    const redactor = redactKeys(["social_security"]);
    expect(redactor({ "Social-Security": 1, socialSecurity: 2, text: '{ "a" :1 }' }, "input")).toEqual({
      "Social-Security": "[redacted]",
      socialSecurity: "[redacted]",
      text: '{ "a" :1 }',
    });
  });
});

describe("keys in text", () => {
  const redactor = redactKeys(["card"]);
  it.each([
    `{"a":1,"card":"${CARD}`,
    `{"c\\u0061rd":"${CARD}`,
    `"{\\"card\\":\\"${CARD}`,
    `{"n":{"Ca-rd":"${CARD}"}}[truncated: 900 bytes]`,
  ])("that was cut, and holds a name, is withheld: %s", (text) => {
    expect(redactor({ text }, "output")).toEqual({ text: "[redacted]" });
  });
  it.each(["[1] the card", '{"a":1', '"card" he said', "a card"])("%s", (text) => {
    const expected = text.startsWith("[1]") ? "[redacted]" : text;
    expect(redactor(text, "output")).toBe(expected);
  });
  it("that is fenced or encoded twice, entries and named values", () => {
    const json = JSON.stringify({ card: CARD });
    const value = [`a\n\`\`\`\n${json}\n\`\`\``, JSON.stringify(json), [["card", CARD]], { key: "card", value: CARD }];
    expect(JSON.stringify(redactor(value, "input"))).not.toContain(CARD);
  });
});

describe("redactors", () => {
  it("run one after the other, and can withhold", () => {
    const first: Redactor = (value, field) => (field === "input" ? undefined : value);
    const second: Redactor = (value, field) => (field === "output" ? "gone" : value);
    const redacted = redactSpan(span, [first, second], nothing);
    expect(redacted).not.toHaveProperty("input");
    expect(redacted.output).toBe("gone");
  });

  it("that throw withhold what they were given, and are told", () => {
    const failures: unknown[] = [];
    const redactor: Redactor = (value, field) => {
      if (field === "metadata" || field === "error") throw new Error("no");
      return value;
    };
    const redacted = redactSpan(span, [redactor], (error) => failures.push(error));
    expect(JSON.stringify(redacted.metadata)).not.toContain(CARD);
    expect(redacted.status).toMatchObject({ error: { message: WITHHELD } });
    expect(failures.length).toBeGreaterThan(0);
  });

  it("leave the bodies of model calls objects", () => {
    const call: Span = { ...span, type: "llm", model: {}, input: { model: "m" }, output: { id: "x" } };
    expect(redactSpan(call, [() => "flat"], nothing)).toMatchObject({
      input: { withheld: "flat" },
      output: { withheld: "flat" },
    });
  });

  it("see the type and code of errors and their causes, and the names of marks", () => {
    const cause = { type: `${CARD}Error`, code: CARD, message: "m" };
    const failed: Span = {
      ...span,
      status: { code: "error", error: { ...cause, cause } },
      marks: [{ name: `got ${CARD}`, timeMs: 5 }],
    };
    const redacted = redactSpan(failed, [redactPatterns([/\d{16}/])], nothing);
    expect(JSON.stringify(redacted)).not.toContain(CARD);
    expect(redacted.marks).toEqual([{ name: "got [redacted]", timeMs: 5 }]);
    expect(redacted.status).toMatchObject({ error: { type: "[redacted]Error", code: "[redacted]" } });
  });

  it("do not see ids: a trace stays together", () => {
    const pinned: Span = { ...span, traceId: CARD, parentSpanId: CARD };
    expect(redactSpan(pinned, [() => "gone"], nothing)).toMatchObject({
      traceId: CARD,
      parentSpanId: CARD,
      spanId: "s",
    });
  });

  const ring: JsonObject = {};
  ring["self"] = [ring];
  it.each<[string, () => unknown]>([
    ["a promise", () => Promise.resolve("x")],
    ["a promise that rejects", () => Promise.reject(new Error("no"))],
    ["promises inside", () => ({ a: [1, Promise.reject(new Error("no")), Promise.reject(new Error("no"))] })],
    ["a BigInt", () => ({ a: [1n] })],
    ["a function", () => nothing],
    ["a method", () => ({ toJSON: () => CARD })],
    ["a number that JSON has not", () => Number.NaN],
    ["an object that holds itself", () => ring],
    ["an instance", () => new Date(0)],
  ])("that give no JSON withhold what they were given, and are told: %s", async (_name, make) => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): number => unhandled.push(reason);
    process.on("unhandledRejection", listener);
    const failures: unknown[] = [];
    const redactor: Redactor = (value, field) => (field === "input" ? (make() as JsonValue) : value);
    const redacted = redactSpan(span, [redactor, (value) => value], (error) => failures.push(error));
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", listener);
    expect(redacted.input).toBe(WITHHELD);
    expect(failures).toHaveLength(1);
    expect(unhandled).toEqual([]);
  });

  it("may run in another realm", () => {
    const redactor = runInNewContext(
      "(value, field) => (field === 'input' ? { a: [1, { b: null }] } : value)",
    ) as Redactor;
    expect(redactSpan(span, [redactor], nothing).input).toEqual({ a: [1, { b: null }] });
  });

  it("may leave members undefined", () => {
    const redactor = (): JsonValue => ({ a: 1, b: undefined }) as unknown as JsonValue;
    expect(JSON.stringify(redactSpan(span, [redactor], nothing).input)).toBe('{"a":1}');
  });
});
