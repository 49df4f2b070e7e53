import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Span } from "@portkey-tracing/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aCall, aSpan } from "../../../../tests/support/spans.ts";
import { createSqliteStore } from "./sqlite-store.ts";
import type { Store } from "./store.ts";

const failed = { code: "error", error: { type: "Error", message: "no" } } as const;

const trace: Span[] = [
  aSpan("root", { name: "agent", startTimeMs: 1_000.125, durationMs: 500, status: failed }),
  aCall("ask", { parentSpanId: "root", startTimeMs: 1_010 }),
  aSpan("tool", { type: "tool", parentSpanId: "root", startTimeMs: 1_100, durationMs: 900, status: failed }),
  aCall("say", { parentSpanId: "root", startTimeMs: 1_200, output: { model: "b-model", usage: { total_tokens: 5 } } }),
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "portkey-traces-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** What every store must do. */
describe.each<[string, () => Promise<Store>]>([
  ["SQLite in memory", () => createSqliteStore(":memory:")],
  ["SQLite in a file", () => createSqliteStore(join(folder, "traces.db"))],
])("%s", (_name, create) => {
  let store: Store;
  beforeEach(async () => {
    store = await create();
  });
  afterEach(() => store.close());

  it("gives back what it was given", async () => {
    expect(await store.insert(trace)).toEqual({ inserted: 4, duplicates: 0, replaced: 0 });
    expect(bySpanId(await store.getSpans("trace"))).toEqual(bySpanId(trace));
  });

  it("lets the end of a span take the place of its being unfinished, in any order, and sums up anew", async () => {
    const unfinished = { code: "unfinished", reason: "stalled" } as const;
    const early = aCall("ask", { parentSpanId: "root", startTimeMs: 1_010, status: unfinished, output: {} });
    for (const [index, order] of [
      [early, ...trace],
      [...trace, early],
      [...trace.slice(2), early, ...trace.slice(0, 2)],
    ].entries()) {
      const traceId = `late-${index}`;
      for (const span of order) await store.insert([{ ...span, traceId }]);
      expect(bySpanId(await store.getSpans(traceId))).toEqual(bySpanId(trace.map((span) => ({ ...span, traceId }))));
      expect(await store.getSummary(traceId)).toMatchObject({
        spans: 4,
        tokens: { prompt: 7, completion: 3, total: 15 },
      });
    }
    await store.insert([
      { ...early, traceId: "both" },
      { ...early, traceId: "both", status: { code: "ok" } },
    ]);
    expect(await store.getSpans("both")).toMatchObject([{ status: { code: "ok" } }]);
  });

  it("keeps text that is hard to keep", async () => {
    const hostile = "\u0000'; DROP TABLE spans; --\ud800 \u202e 👩‍👩‍👧 %_\\";
    const span = aSpan(hostile, { traceId: hostile, name: hostile, input: { [hostile]: hostile } });
    await store.insert([span]);
    expect(await store.getSpans(hostile)).toEqual([span]);
    expect((await store.getSummary(hostile))?.name).toBe(hostile);
  });

  it("sums up a trace", async () => {
    await store.insert(trace);
    expect(await store.getSummary("trace")).toEqual({
      traceId: "trace",
      name: "agent",
      startTimeMs: 1_000.125,
      durationMs: 999.875,
      status: "error",
      spans: 4,
      errors: 2,
      tokens: { prompt: 7, completion: 3, total: 15 },
      models: ["a-model", "b-model"],
    });
  });

  it("sums up alike in whatever order and batches the spans arrive", async () => {
    await store.insert(trace);
    const expected = await store.getSummary("trace");
    for (const [index, order] of permutations(trace).entries()) {
      const traceId = `order-${index}`;
      const spans = order.map((span) => ({ ...span, traceId }));
      const cut = index % (spans.length + 1);
      await store.insert(spans.slice(0, cut));
      await store.insert(spans.slice(cut));
      expect(await store.getSummary(traceId)).toEqual({ ...expected, traceId });
    }
  });

  it("calls a trace open, by its earliest span, until its root has arrived", async () => {
    await store.insert(trace.slice(1));
    expect(await store.getSummary("trace")).toMatchObject({ name: "ask", status: "open", spans: 3 });
    await store.insert(trace);
    expect(await store.getSummary("trace")).toMatchObject({ name: "agent", status: "error", spans: 4 });
  });

  it("changes nothing when a span comes again", async () => {
    await store.insert(trace);
    const summary = await store.getSummary("trace");
    const again = trace.map((span) => ({ ...span, name: "other", durationMs: 9_999, input: "other" }));
    expect(await store.insert(again)).toEqual({ inserted: 0, duplicates: 4, replaced: 0 });
    expect(await store.insert([...trace, ...trace])).toEqual({ inserted: 0, duplicates: 8, replaced: 0 });
    expect(await store.getSummary("trace")).toEqual(summary);
    expect(bySpanId(await store.getSpans("trace"))).toEqual(bySpanId(trace));
  });

  it("counts a span once that stands twice in a batch", async () => {
    expect(await store.insert([aSpan("a"), aSpan("a")])).toEqual({ inserted: 1, duplicates: 1, replaced: 0 });
    expect(await store.getSummary("trace")).toMatchObject({ spans: 1 });
  });

  it("keeps apart spans of two traces that have the same id", async () => {
    await store.insert([aSpan("a", { traceId: "one" }), aSpan("a", { traceId: "two" })]);
    expect(await store.getSpans("one")).toHaveLength(1);
    expect((await store.listTraces({ limit: 9 })).traces).toHaveLength(2);
  });

  it("lists the newest first, page by page, each trace once", async () => {
    const starts = [5, 1, 3, 3, 4, 2, 3];
    await store.insert(starts.map((start, index) => aSpan("a", { traceId: `t${index}`, startTimeMs: start })));
    const seen: string[] = [];
    let after: Parameters<Store["listTraces"]>[0]["after"];
    do {
      const page = await store.listTraces({ limit: 2, after });
      expect(page.traces.length).toBeLessThanOrEqual(2);
      seen.push(...page.traces.map((one) => one.traceId));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(["t0", "t4", "t6", "t3", "t2", "t5", "t1"]);
  });

  it("has no next page when the last one is full", async () => {
    await store.insert([aSpan("a", { traceId: "one" }), aSpan("a", { traceId: "two" })]);
    expect(await store.listTraces({ limit: 2 })).not.toHaveProperty("next");
  });

  it("knows nothing of a trace that never came", async () => {
    expect(await store.getSummary("none")).toBeUndefined();
    expect(await store.getRevision("none")).toBeUndefined();
    expect(await store.getSpans("none")).toEqual([]);
    expect(await store.listTraces({ limit: 5 })).toEqual({ traces: [] });
    expect(await store.insert([])).toEqual({ inserted: 0, duplicates: 0, replaced: 0 });
  });

  it("stores all spans of a batch or none", async () => {
    const broken = aSpan("b", { durationMs: Number.NaN });
    await expect(store.insert([aSpan("a"), broken])).rejects.toThrow();
    expect(await store.getSpans("trace")).toEqual([]);
    expect(await store.insert([aSpan("a")])).toEqual({ inserted: 1, duplicates: 0, replaced: 0 });
  });

  it("takes inserts that overlap", async () => {
    const spans = Array.from({ length: 40 }, (_, index) => aSpan(`s${index}`));
    await Promise.all(spans.map((span) => store.insert([span, aSpan("shared")])));
    expect(await store.getSummary("trace")).toMatchObject({ spans: 41 });
  });

  it("has another revision of a trace with each change of it, and with nothing else", async () => {
    const unfinished = aSpan("a", { status: { code: "unfinished", reason: "stalled" } });
    const seen: (number | undefined)[] = [];
    for (const spans of [[unfinished], [aSpan("a")], [aSpan("b"), aSpan("c")]]) {
      await store.insert(spans);
      seen.push(await store.getRevision("trace"));
      await store.insert([...spans, unfinished, aSpan("a", { traceId: "other" })]);
      expect(await store.getRevision("trace")).toBe(seen.at(-1));
    }
    expect(new Set(seen).size).toBe(3);
  });
});

function bySpanId(spans: readonly Span[]): Span[] {
  return spans.toSorted((a, b) => a.spanId.localeCompare(b.spanId));
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
