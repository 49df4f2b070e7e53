import { describe, expect, it } from "vitest";
import { aModelCall, aW3cSpan as aSpan } from "../../../../tests/support/spans.ts";
import type { Span } from "../span.ts";
import { buildTree } from "./build-tree.ts";
import { renderTree } from "./render-tree.ts";
import { columnsOf } from "./terminal-text.ts";

const failure = { code: "error", error: { type: "RangeError", message: "no such order: 17" } } as const;

const agent: Span[] = [
  aSpan("agent", { name: "support-agent", type: "agent", durationMs: 2_310 }),
  aModelCall("ask", 1_204, 87, { name: "ChatOpenAI", parentSpanId: "agent", startTimeMs: 1_001, durationMs: 812.4 }),
  aSpan("find", {
    name: "lookup_order",
    type: "tool",
    parentSpanId: "agent",
    startTimeMs: 1_813,
    durationMs: 12,
    status: failure,
  }),
  aSpan("db", { name: "select", type: "span", parentSpanId: "find", startTimeMs: 1_814, durationMs: 0.35 }),
  aModelCall("say", 96, 5, { name: "ChatOpenAI", parentSpanId: "agent", startTimeMs: 1_830, durationMs: 1_480 }),
  aSpan("save", {
    name: "memory",
    parentSpanId: "agent",
    startTimeMs: 3_300,
    durationMs: 3,
    status: { code: "unfinished", reason: "root_ended" },
  }),
];

describe("renderTree", () => {
  it("prints one aligned line a span under a line for the trace", () => {
    expect(renderTree(buildTree(agent))).toBe(
      `
trace 0af7651916cd43dd8448eb211c80319c  6 spans · 2.31 s · 1,392 tokens · 1 error
support-agent    agent  2.31 s
├─ ChatOpenAI    llm    812 ms  1,204 → 87 = 1,291
├─ lookup_order  tool    12 ms                      error
│  │    RangeError: no such order: 17
│  └─ select     span   0.3 ms
├─ ChatOpenAI    llm    1.48 s     96 →  5 =   101
└─ memory        chain  3.0 ms                      unfinished`.trimStart(),
    );
  });

  it("keeps every line within the width", () => {
    const long = "a very long name ".repeat(20);
    const spans = agent.map((span) => ({ ...span, name: `${long}${span.name}`, traceId: long }));
    for (const width of [80, 100, 180]) {
      const lines = renderTree(buildTree(spans), { width }).split("\n");
      expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(width);
    }
  });

  it("keeps columns aligned beside wide characters", () => {
    const names = ["東京の天気", "naïve café", "👩‍👩‍👧 family", "e\u0301clair"];
    const lines = renderTree(buildTree(names.map((name) => aSpan(name, { name })))).split("\n");
    expect(new Set(lines.slice(1).map((line) => columnsOf(line.slice(0, line.indexOf("chain")))))).toEqual(
      new Set([12]),
    );
  });

  it("makes control characters, escapes and bidirectional text harmless", () => {
    const name = "\u001b[2J\u001b]0;owned\u0007 a\nb\u202etxt.exe\u200b\u009b31m\ud800";
    const status = { code: "error", error: { type: "E", message: "one\r\ntwo \u001b[31mred" } } as const;
    const text = renderTree(buildTree([aSpan("s", { name, status, traceId: "\u001b[1A" })]));
    expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Bidi_Control}\u200b]/u);
    expect(text.isWellFormed()).toBe(true);
    expect(text.split("\n")).toHaveLength(3);
    expect(text).toContain("␛[2J␛]0;owned␇ a b�txt.exe��31m�");
  });

  it("says where a parent is missing", () => {
    expect(renderTree(buildTree([aSpan("s", { parentSpanId: "gone" })]))).toContain("s (parent missing)");
  });

  it("colours only when asked", () => {
    const roots = buildTree(agent);
    const coloured = renderTree(roots, { color: true });
    expect(coloured).toContain("\u001b[31merror\u001b[39m");
    expect(
      coloured
        .replaceAll(/\p{Cc}\[\d+m/gu, "")
        .split("\n")
        .map((line) => line.trimEnd()),
    ).toEqual(renderTree(roots).split("\n"));
  });

  it("separates traces", () => {
    const roots = buildTree([aSpan("a", { traceId: "one" }), aSpan("b", { traceId: "two" })]);
    expect(renderTree(roots)).toMatch(/^trace one .*\na .*\n\ntrace two .*\nb .*$/);
  });

  it("prints a chain of 20,000 spans", () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => aSpan(`s${index}`, { parentSpanId: `s${index - 1}` }));
    const lines = renderTree(buildTree(chain)).split("\n");
    expect(lines).toHaveLength(20_001);
    expect(columnsOf(lines.at(-1) ?? "")).toBeLessThanOrEqual(100);
  });
});
