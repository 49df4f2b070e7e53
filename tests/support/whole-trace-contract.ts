import type { Span } from "@portkey-tracing/core";
import { expect, it } from "vitest";
import type { Store } from "../../packages/collector/src/store/store.ts";
import { withoutContent } from "../../packages/collector/src/store/without-content.ts";
import { aLargeTrace, aSpan } from "./spans.ts";

const unfinished = { code: "unfinished", reason: "stalled" } as const;

/** By its name: the store may be of another copy of the package. */
const GONE = { name: "TraceGone" };

/** What every store must do with a trace that is read in pieces. For use inside `describeStore`. */
export function describeWholeTrace(store: () => Store): void {
  it("gives the lines of a trace's tree in its order", async () => {
    await store().insert([
      aSpan("late", { parentSpanId: "root", startTimeMs: 1_009 }),
      aSpan("leaf", { parentSpanId: "step" }),
      aSpan("lost", { parentSpanId: "gone", startTimeMs: 1_010 }),
      aSpan("step", { parentSpanId: "root" }),
      aSpan("root"),
      aSpan("other", { traceId: "other" }),
    ]);
    const lines = await store().getTree("trace");
    expect(lines.map(({ spanId, depth, orphan }) => [spanId, depth, orphan])).toEqual([
      ["root", 0, false],
      ["step", 1, false],
      ["leaf", 2, false],
      ["late", 1, false],
      ["lost", 0, true],
    ]);
    expect(await store().getTree("none")).toEqual([]);
  });

  it("gives the tree of a trace of any size", async () => {
    for (const count of [999, 1_000, 1_001, 2_500]) {
      const spans = aLargeTrace(count, 10).map((span) => ({ ...span, traceId: `of ${count}` }));
      await store().insert(spans.toReversed());
      expect((await store().getTree(`of ${count}`)).map((line) => line.spanId)).toEqual(
        spans.map((span) => span.spanId),
      );
    }
  });

  it("gives whole spans in the order that is asked for, as the JSON that they are", async () => {
    const hostile = "\u0000'; DROP TABLE spans; --\ud800 \u202e 👩‍👩‍👧 %_\\";
    const spans = [
      aSpan(hostile, { input: hostile }),
      ...aLargeTrace(600).map((span) => ({ ...span, traceId: "trace" })),
    ];
    await store().insert(spans);
    const ids = spans.map((span) => span.spanId);
    expect((await piecesOf(store(), ids)).join(",")).toBe(JSON.stringify(spans).slice(1, -1));
    const backwards = JSON.stringify(spans.toReversed()).slice(1, -1);
    expect((await piecesOf(store(), ids.toReversed())).join(",")).toBe(backwards);
    expect(await piecesOf(store(), [])).toEqual([]);
    const rows: Span[] = [];
    for await (const some of store().readRows("trace", ids)) rows.push(...some);
    expect(rows).toEqual(spans.map(withoutContent));
  });

  it("gives large spans some at a time", async () => {
    const spans = aLargeTrace(40, 300_000);
    await store().insert(spans);
    const pieces = await piecesOf(
      store(),
      spans.map((span) => span.spanId),
      "large",
    );
    expect(pieces.length).toBeGreaterThan(2);
    for (const piece of pieces) expect(piece.length).toBeLessThan(6_000_000);
  });

  it("gives each span once of a trace that changes while it is read, and none that has come since", async () => {
    const spans = aLargeTrace(40, 300_000);
    const [last] = spans.slice(-1);
    await store().insert([...spans.slice(0, -1), { ...aSpan("", last), status: unfinished }]);
    const ids = (await store().getTree("large")).map((line) => line.spanId);
    const seen: Span[] = [];
    for await (const json of store().readSpans("large", ids)) {
      if (seen.length === 0) await store().insert([...spans, aSpan("new", { traceId: "large", startTimeMs: 1 })]);
      seen.push(...JSON.parse(`[${new TextDecoder().decode(json)}]`));
    }
    expect(seen.map((span) => span.spanId)).toEqual(ids);
    expect(seen).toEqual(spans);
  });

  it("says so where a trace goes while it is read", async () => {
    const spans = aLargeTrace(40, 300_000);
    await store().insert(spans);
    const ids = spans.map((span) => span.spanId);
    const reading = store().readSpans("large", ids)[Symbol.asyncIterator]();
    expect((await reading.next()).done).toBe(false);
    while ((await store().prune({ beforeMs: 1_000_000 })).more);
    const rest = async (): Promise<void> => {
      while ((await reading.next()).done !== true);
    };
    await expect(rest()).rejects.toMatchObject(GONE);
    for (const read of [store().readSpans("none", ["a"]), store().readRows("large", ids)]) {
      await expect(read[Symbol.asyncIterator]().next()).rejects.toMatchObject(GONE);
    }
  });
}

async function piecesOf(store: Store, ids: readonly string[], traceId = "trace"): Promise<string[]> {
  const pieces: string[] = [];
  for await (const json of store.readSpans(traceId, ids)) pieces.push(new TextDecoder().decode(json));
  return pieces;
}
