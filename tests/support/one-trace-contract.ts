import type { Span } from "@portkey-tracing/core";
import { expect, it } from "vitest";
import type { Store } from "../../packages/collector/src/store/store.ts";
import { withoutContent } from "../../packages/collector/src/store/without-content.ts";
import { outlineOf } from "./outline.ts";
import { aCall, aSpan } from "./spans.ts";

const failed = { code: "error", error: { type: "HttpError", message: "HTTP 503" } } as const;
const unfinished = { code: "unfinished", reason: "stalled" } as const;

/** What every store must do with a single trace. For use inside `describeStore`. */
export function describeOneTrace(store: () => Store): void {
  it("gives the rows of a trace without its content", async () => {
    const spans: Span[] = [
      aSpan("root", { input: "a secret", tags: ["a secret"], metadata: { why: "a secret" } }),
      aCall("call", { parentSpanId: "root", startTimeMs: 1_001.5 }),
      aSpan("failed", {
        parentSpanId: "root",
        startTimeMs: 1_002,
        status: failed,
        marks: [{ name: "retry", timeMs: 3 }],
      }),
      aSpan("tried", { type: "attempt", parentSpanId: "call", tags: ["inferred"], metadata: { inferred: "true" } }),
    ];
    await store().insert(spans);
    await store().insert([aSpan("other", { traceId: "other" })]);
    const rows = await store().getRows("trace");
    expect(bySpanId(rows)).toEqual(bySpanId(spans.map(withoutContent)));
    expect(outlineOf(rows)).toEqual(outlineOf(spans));
    expect(JSON.stringify(rows)).not.toContain("a secret");
    expect(await store().getRows("none")).toEqual([]);
  });

  it("gives the row of what took the place of a span", async () => {
    await store().insert([aSpan("a", { name: "before", status: unfinished })]);
    await store().insert([aSpan("a", { name: "after" })]);
    expect(await store().getRows("trace")).toEqual([aSpan("a", { name: "after" })]);
  });

  it("gives the root of a trace whole, and until it has come the earliest span", async () => {
    expect(await store().getHead("trace")).toBeUndefined();
    await store().insert([aSpan("b", { parentSpanId: "root", startTimeMs: 2, input: "whole" })]);
    await store().insert([aSpan("c", { parentSpanId: "b", startTimeMs: 3 }), aSpan("z", { traceId: "other" })]);
    expect(await store().getHead("trace")).toMatchObject({ spanId: "b", input: "whole" });
    await store().insert([aSpan("root", { startTimeMs: 5 }), aSpan("second", { startTimeMs: 9 })]);
    expect(await store().getHead("trace")).toMatchObject({ spanId: "root" });
    expect((await store().getSummary("trace"))?.name).toBe("root");
  });

  it("finds the spans of a trace that have all words, and those of no other", async () => {
    const spans = Array.from({ length: 300 }, (_, index) => aSpan(`s${index}`, { input: `Örder ${index} of many` }));
    await store().insert([aSpan("z", { traceId: "other", input: "order 17" }), ...spans.slice(0, 150)]);
    await store().insert([...spans.slice(150), aSpan("y", { traceId: "later", input: "order 17" })]);
    const find = async (text: string, traceId = "trace"): Promise<string[]> =>
      [...(await store().findSpans(traceId, text))].toSorted();
    // Before words are in an index, and whenever they come there.
    for (let times = 0; times < 5; times++) {
      expect(await find("ORDER 17")).toEqual([
        "s17",
        "s170",
        "s171",
        "s172",
        "s173",
        "s174",
        "s175",
        "s176",
        "s177",
        "s178",
        "s179",
      ]);
      expect(await find("ord 299")).toEqual(["s299"]);
    }
    expect(await find("rder")).toEqual([]);
    expect(await find("many")).toHaveLength(300);
    expect(await find('"*) OR 1')).toEqual(await find("or 1"));
    expect(await find(" ,; ")).toEqual([]);
    expect(await find("order", "none")).toEqual([]);
    await store().insert([aSpan("u", { status: unfinished, input: "xylophone" })]);
    await store().insert([aSpan("u", { input: "zither" })]);
    expect([await find("xylophone"), await find("zither")]).toEqual([[], ["u"]]);
  });

  it("counts no error for an attempt: its call says what came of it", async () => {
    const attempts = [
      aSpan("seen", { type: "attempt", parentSpanId: "call", status: failed }),
      aSpan("inferred", {
        type: "attempt",
        parentSpanId: "call",
        status: failed,
        tags: ["inferred"],
        metadata: { inferred: "true" },
      }),
    ];
    await store().insert([...attempts, aCall("call", { parentSpanId: "root" }), aSpan("root")]);
    expect(await store().getSummary("trace")).toMatchObject({ status: "ok", errors: 0, spans: 4 });
    const lost = [
      ...attempts,
      aCall("call", { parentSpanId: "root", status: failed }),
      aSpan("root", { status: failed }),
    ];
    await store().insert(lost.map((span) => ({ ...span, traceId: "lost" })));
    expect(await store().getSummary("lost")).toMatchObject({ status: "error", errors: 2, spans: 4 });
    const { traces } = await store().listTraces({ limit: 9, filter: { status: ["error"] } });
    expect(traces.map((one) => one.traceId)).toEqual(["lost"]);
  });
}

function bySpanId(spans: readonly Span[]): Span[] {
  return spans.toSorted((a, b) => a.spanId.localeCompare(b.spanId));
}
