import { randomBytes } from "node:crypto";
import type { Span } from "@portkey-tracing/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Feedback, Retention, Store, TraceFilter } from "../../packages/collector/src/store/store.ts";
import { describeOneTrace } from "./one-trace-contract.ts";
import { aCall, aSpan } from "./spans.ts";
import { describeWholeTrace } from "./whole-trace-contract.ts";

const failed = { code: "error", error: { type: "Error", message: "no" } } as const;

const trace: Span[] = [
  aSpan("root", { name: "agent", startTimeMs: 1_000.125, durationMs: 500, status: failed }),
  aCall("ask", { parentSpanId: "root", startTimeMs: 1_010 }),
  aSpan("tool", { type: "tool", parentSpanId: "root", startTimeMs: 1_100, durationMs: 900, status: failed }),
  aCall("say", { parentSpanId: "root", startTimeMs: 1_200, output: { model: "b-model", usage: { total_tokens: 5 } } }),
];

/** What every store must do. */
export function describeStore(name: string, create: () => Promise<Store>): void {
  describe(name, () => {
    let store: Store;
    beforeEach(async () => {
      store = await create();
    });
    afterEach(() => store.close());

    describeOneTrace(() => store);
    describeWholeTrace(() => store);

    it("gives back what it was given", async () => {
      await store.insert(trace);
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

    it("lets an attempt that was seen take the place of the same one inferred, in any order", async () => {
      const inferred = aSpan("a", { type: "attempt", tags: ["inferred"], metadata: { inferred: "true" } });
      const seen = { ...inferred, tags: [], metadata: { gateway_target: "config.targets[0]" }, durationMs: 7 };
      for (const [traceId, order] of [
        ["seen first", [seen, inferred]],
        ["seen last", [inferred, inferred, seen, inferred]],
      ] as const) {
        for (const span of order) await store.insert([{ ...span, traceId }]);
        expect(await store.getSpans(traceId)).toEqual([{ ...seen, traceId }]);
        expect(await store.getSummary(traceId)).toMatchObject({ spans: 1 });
      }
    });

    it("keeps text that is hard to keep", async () => {
      const hostile = "\u0000'; DROP TABLE spans; --\ud800 \u202e 👩‍👩‍👧 %_\\";
      const span = aSpan(hostile, { traceId: hostile, name: hostile, input: { [hostile]: hostile } });
      await store.insert([span]);
      expect(await store.getSpans(hostile)).toEqual([span]);
      expect((await store.getSummary(hostile))?.name).toBe(hostile);
    });

    it("tells ids apart behind a NUL, too", async () => {
      const ids = ["a", "a\u0000b", "a\u0000c", ""];
      const spans = ids.map((id) => aSpan(`span ${id}`, { traceId: id, tags: [`tag\u0000${id}`] }));
      await store.insert(spans);
      for (const [index, id] of ids.entries()) expect(await store.getSpans(id)).toEqual([spans[index]]);
      await store.insert(ids.map((id) => aSpan(`in one\u0000${id}`, { traceId: "one" })));
      expect(await store.getSummary("one")).toMatchObject({ spans: ids.length });
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
        usage: [
          { model: "a-model", provider: "openai", calls: 1, prompt: 7, completion: 3, cached: 0 },
          { model: "b-model", provider: "openai", calls: 1, prompt: 0, completion: 0, cached: 0 },
        ],
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
      await store.insert(again);
      await store.insert([...trace, ...trace]);
      expect(await store.getSummary("trace")).toEqual(summary);
      expect(bySpanId(await store.getSpans("trace"))).toEqual(bySpanId(trace));
    });

    it("counts a span once that stands twice in a batch", async () => {
      await store.insert([aSpan("a"), aSpan("a", { name: "b" })]);
      expect(await store.getSpans("trace")).toEqual([aSpan("a")]);
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
      await store.insert([]);
    });

    it("stores all spans of a batch or none", async () => {
      const broken = aSpan("b", { durationMs: Number.NaN });
      await expect(store.insert([aSpan("a"), broken])).rejects.toThrow();
      expect(await store.getSpans("trace")).toEqual([]);
      await store.insert([aSpan("a")]);
      expect(await store.getSpans("trace")).toEqual([aSpan("a")]);
    });

    it("takes inserts that overlap", async () => {
      const spans = Array.from({ length: 40 }, (_, index) => aSpan(`s${index}`));
      await Promise.all(spans.map((span) => store.insert([span, aSpan("shared")])));
      expect(await store.getSummary("trace")).toMatchObject({ spans: 41 });
    });

    it("has another revision of a trace with each change of it, and with nothing else", async () => {
      const unfinished = aSpan("a", { status: { code: "unfinished", reason: "stalled" } });
      const seen: (string | undefined)[] = [];
      for (const spans of [[unfinished], [aSpan("a")], [aSpan("b"), aSpan("c")]]) {
        await store.insert(spans);
        seen.push(await store.getRevision("trace"));
        await store.insert([...spans, unfinished, aSpan("a", { traceId: "other" })]);
        expect(await store.getRevision("trace")).toBe(seen.at(-1));
      }
      expect(new Set(seen).size).toBe(3);
    });

    it("says who asked, in which session, and when the first token came", async () => {
      const streamed = { provider: "openai", timeToFirstTokenMs: 12.5 };
      await store.insert([
        aCall("b", { startTimeMs: 1_100, model: streamed, metadata: { _user: "bob", session_id: "later" } }),
        aCall("a", { startTimeMs: 1_050, metadata: { _user: "ada", thread_id: 7 }, tags: ["beta"] }),
        aSpan("root"),
      ]);
      expect(await store.getSummary("trace")).toMatchObject({ user: "ada", session: "7", firstTokenMs: 112.5 });
    });

    it("counts what models used, cached tokens among it", async () => {
      const usage = { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 4 } };
      await store.insert([
        aCall("a", { output: { model: "m", usage } }),
        aCall("b", { output: { model: "m", usage } }),
        aCall("c", { output: { model: "m", usage }, model: { provider: "openai", cached: true } }),
      ]);
      expect((await store.getSummary("trace"))?.usage).toEqual([
        { model: "m", provider: "openai", calls: 3, prompt: 20, completion: 2, cached: 8 },
      ]);
    });

    it("finds one span by its ids", async () => {
      await store.insert(trace);
      expect(await store.getSpan("trace", "ask")).toEqual(trace[1]);
      expect(await store.getSpan("trace", "none")).toBeUndefined();
      expect(await store.getSpan("none", "ask")).toBeUndefined();
    });

    describe("filters the list", () => {
      const hour = 3_600_000;
      beforeEach(async () => {
        await store.insert([
          aSpan("r", { traceId: "plain", startTimeMs: hour, name: "Ünïque plain-text", input: "find the Needle" }),
          aCall("c", { traceId: "call", startTimeMs: 2 * hour, durationMs: 5_000, tags: ["beta", "x"] }),
          aCall("c2", {
            traceId: "call",
            parentSpanId: "c",
            startTimeMs: 2 * hour,
            metadata: { _user: "ada", plan: "pro" },
          }),
          aSpan("e", {
            traceId: "broken",
            startTimeMs: 3 * hour,
            status: failed,
            metadata: { n: 7, session_id: "s1" },
          }),
          aSpan("o", {
            traceId: "open",
            startTimeMs: 4 * hour,
            parentSpanId: "gone",
            output: { deep: ["needles", 42] },
          }),
        ]);
        await store.putFeedback([
          aFeedback("f1", "call", 5),
          aFeedback("f2", "broken", -3),
          aFeedback("f3", "call", -1),
        ]);
      });

      it.each<[TraceFilter, string[]]>([
        [{}, ["open", "broken", "call", "plain"]],
        [{ text: "needle" }, ["open", "plain"]],
        [{ text: "NEEDLE find" }, ["plain"]],
        [{ text: "eedle" }, []],
        [{ text: "unique" }, ["plain"]],
        [{ text: "plain-text" }, ["plain"]],
        [{ text: "42" }, ["open"]],
        [{ text: '"*) OR 1' }, []],
        [{ text: "  ,;  " }, []],
        [{ text: "hello" }, ["call"]],
        [{ text: "hello plain" }, []],
        [{ status: ["error"] }, ["broken"]],
        [{ status: ["open", "ok"] }, ["open", "call", "plain"]],
        [{ minDurationMs: 5_000 }, ["call"]],
        [{ maxDurationMs: 100 }, ["open", "broken", "plain"]],
        [{ fromMs: 2 * hour, toMs: 4 * hour }, ["broken", "call"]],
        [{ facets: ["model:a-model"] }, ["call"]],
        [{ facets: ["provider:openai", "user:ada"] }, ["call"]],
        [{ facets: ["tag:beta", "meta:plan=pro"] }, ["call"]],
        [{ facets: ["tag:beta", "meta:plan=free"] }, []],
        [{ facets: ["meta:n=7"] }, ["broken"]],
        [{ facets: ["session:s1"] }, ["broken"]],
        [{ feedback: "any" }, ["broken", "call"]],
        [{ feedback: "none" }, ["open", "plain"]],
        [{ feedback: "positive" }, ["call"]],
        [{ feedback: "negative" }, ["broken", "call"]],
        [{ text: "needle", status: ["open"], fromMs: hour }, ["open"]],
      ])("by %j", async (filter, expected) => {
        const { traces } = await store.listTraces({ limit: 10, filter });
        expect(traces.map((one) => one.traceId)).toEqual(expected);
      });

      it("page by page", async () => {
        const seen: string[] = [];
        let after: Parameters<Store["listTraces"]>[0]["after"];
        do {
          const page = await store.listTraces({ limit: 1, after, filter: { status: ["ok", "open"] } });
          seen.push(...page.traces.map((one) => one.traceId));
          after = page.next;
        } while (after !== undefined);
        expect(seen).toEqual(["open", "call", "plain"]);
      });

      it("by model, user, session and tag also where there is more metadata than is looked up", async () => {
        const at = { traceId: "wide", startTimeMs: 10 * hour };
        await store.insert([
          aSpan("w1", { ...at, metadata: manyKeys(0) }),
          aSpan("w2", { ...at, metadata: manyKeys(100) }),
        ]);
        await store.insert([
          aCall("w3", { ...at, tags: ["late"], metadata: { ...manyKeys(200), _user: "eve", session_id: "s9" } }),
        ]);
        for (const facet of ["model:a-model", "provider:openai", "user:eve", "session:s9", "tag:late"]) {
          const filter = { facets: [facet], fromMs: at.startTimeMs };
          expect([facet, (await store.listTraces({ limit: 10, filter })).traces.length]).toEqual([facet, 1]);
        }
      });

      it("by what a span says that took the place of another", async () => {
        const unfinished = { code: "unfinished", reason: "stalled" } as const;
        await store.insert([aSpan("u", { traceId: "late", status: unfinished, tags: ["old"], input: "before" })]);
        await store.insert([aSpan("u", { traceId: "late", tags: ["new"], input: "after" })]);
        const found = async (filter: TraceFilter): Promise<number> =>
          (await store.listTraces({ limit: 10, filter: { ...filter, toMs: hour } })).traces.length;
        expect(await found({ facets: ["tag:old"] })).toBe(0);
        expect(await found({ facets: ["tag:new"] })).toBe(1);
        expect(await found({ text: "before" })).toBe(0);
        expect(await found({ text: "after" })).toBe(1);
      });
    });

    it("keeps feedback, also of a trace that is not there yet, and changes it", async () => {
      await store.putFeedback([
        aFeedback("f1", "trace", 5),
        aFeedback("f2", "trace", -3, { weight: 0.5, createdMs: 2 }),
      ]);
      await store.insert(trace);
      expect((await store.getSummary("trace"))?.feedback).toEqual({ count: 2, average: (5 - 1.5) / 1.5 });
      const changed = aFeedback("f1", "trace", 9, { metadata: { why: "better" }, updatedMs: 3 });
      await store.putFeedback([changed]);
      await store.putFeedback([aFeedback("f1", "trace", 1, { updatedMs: 2 })]);
      expect(await store.getFeedback("f1")).toEqual(changed);
      expect((await store.listFeedback("trace")).map((one) => one.id)).toEqual(["f1", "f2"]);
      expect(await store.getFeedback("none")).toBeUndefined();
      expect(await store.listFeedback("none")).toEqual([]);
      const latest = await store.latestFeedback(1);
      expect(latest).toMatchObject([{ traceId: "trace" }]);
      await store.putFeedback([aFeedback("f1", "trace", 8, { updatedMs: 4 })]);
      expect(await store.latestFeedback(1)).not.toEqual(latest);
      expect(await store.latestFeedback(9)).toHaveLength(2);
    });

    it("gives all spans once, page by page", async () => {
      const spans = Array.from({ length: 25 }, (_, index) => aSpan(`s${index}`, { traceId: `t${index % 4}` }));
      await store.insert(spans);
      await store.insert(spans.slice(5, 15));
      const seen: Span[] = [];
      let position: string | undefined;
      for (;;) {
        const page = await store.scan(position, 10);
        if (page.spans.length === 0) break;
        expect(page.spans.length).toBeLessThanOrEqual(10);
        seen.push(...page.spans);
        ({ position } = page);
      }
      expect(seen.map(idsOf).toSorted()).toEqual(spans.map(idsOf).toSorted());
    });

    it("has no more in a page than fits into memory, and loses none over it", async () => {
      const spans = Array.from({ length: 8 }, (_, index) => aSpan(`s${index}`, { input: "x".repeat(3_000_000) }));
      for (const span of spans) await store.insert([span]);
      const sizes: number[] = [];
      let position: string | undefined;
      for (;;) {
        const page = await store.scan(position, 500);
        if (page.spans.length === 0) break;
        sizes.push(page.spans.length);
        ({ position } = page);
      }
      expect(Math.max(...sizes)).toBeLessThanOrEqual(3);
      expect(sizes.reduce((sum, size) => sum + size)).toBe(8);
    });

    it("tells what has arrived since", async () => {
      await store.insert([aSpan("before")]);
      const { position, spans } = await store.arrivals(undefined, 10);
      expect(spans).toEqual([]);
      await store.insert([aSpan("a"), aSpan("before")]);
      await store.insert([aSpan("b")]);
      const seen: string[] = [];
      let next = position;
      for (let pages = 0; pages < 6; pages++) {
        const page = await store.arrivals(next, 1);
        next = page.position;
        seen.push(...page.spans.map((span) => span.spanId));
      }
      expect(seen).toEqual(["a", "b"]);
      expect(await store.arrivedTraces(next, 10)).toMatchObject({ traceIds: [], spans: 0 });
    });

    it("tells in which traces spans have arrived since", async () => {
      await store.insert([aSpan("before", { traceId: "old" })]);
      let { position } = await store.arrivals(undefined, 0);
      await store.insert([aSpan("a"), aSpan("b", { traceId: "other" })]);
      await store.insert([aSpan("c"), aSpan("d", { traceId: "\ud800" })]);
      const pages: string[][] = [];
      for (;;) {
        const page = await store.arrivedTraces(position, 2);
        if (page.spans === 0) break;
        ({ position } = page);
        pages.push(page.traceIds.map((id) => id.toWellFormed()).toSorted());
      }
      expect(pages).toEqual([
        ["other", "trace"],
        ["trace", "\ufffd"],
      ]);
    });

    it("sums up spans by time, type, model and duration, each once", async () => {
      const slot = 300_000;
      const usage = { prompt_tokens: 10, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } };
      const call = aCall("c", { startTimeMs: slot + 1, durationMs: 1_024, output: { model: "m", usage } });
      const unfinished = { code: "unfinished", reason: "stalled" } as const;
      await store.insert([
        call,
        aCall("d", { ...call, spanId: "d" }),
        aSpan("e", { startTimeMs: 3 * slot, status: failed }),
      ]);
      await store.insert([call, aCall("e2", { ...call, spanId: "e2", status: unfinished })]);
      await store.insert([aCall("e2", { ...call, spanId: "e2" })]);
      const model = { type: "llm", provider: "openai", model: "m" };
      const sums = { spans: 3, errors: 0, prompt: 30, completion: 6, cached: 12 };
      expect(await store.statRows(0, 2 * slot, 1)).toEqual([
        { slot: 1, ...model, bucket: expect.any(Number), ...sums },
      ]);
      const errors = new Map((await store.statRows(0, 10 * slot, 1)).map((row) => [row.slot, row.errors]));
      expect(errors).toEqual(
        new Map([
          [1, 0],
          [3, 1],
        ]),
      );
      expect(await store.statRows(4 * slot, 10 * slot, 1)).toEqual([]);
      const some = (await store.statRows(0, 10 * slot, 4)).map((row) => [row.slot, row.type, row.spans, row.errors]);
      expect(some.toSorted(([, a], [, b]) => String(a).localeCompare(String(b)))).toEqual([
        [0, "chain", 1, 1],
        [0, "llm", 3, 0],
      ]);
      expect(await store.usageRows(0, 10 * slot, 2)).toEqual([{ slot: 0, ...model, bucket: 0, ...sums }]);
    });

    it("forgets whole traces that are too old, with all that there was of them", async () => {
      await store.insert([
        ...trace.map((span) => ({ ...span, traceId: "old" })),
        aSpan("child", { traceId: "kept", parentSpanId: "r", startTimeMs: 9_000, tags: ["t"] }),
        aCall("late", { traceId: "old", parentSpanId: "root", startTimeMs: 9_500, tags: ["t"], input: "secret" }),
      ]);
      await store.putFeedback([
        aFeedback("f", "old", 1),
        aFeedback("lost", "never", 1),
        aFeedback("of-kept", "kept", 1),
      ]);
      await store.putFeedback([aFeedback("not-yet", "coming", 1, { createdMs: 9_500 })]);
      await pruneAll(store, { beforeMs: 9_000 });
      expect((await store.listTraces({ limit: 9 })).traces.map((one) => one.traceId)).toEqual(["kept"]);
      expect((await store.listTraces({ limit: 9, filter: { facets: ["tag:t"] } })).traces).toHaveLength(1);
      expect((await store.listTraces({ limit: 9, filter: { text: "secret" } })).traces).toEqual([]);
      expect(await store.getSpans("old")).toEqual([]);
      expect(await store.getSummary("old")).toBeUndefined();
      expect(await store.getRevision("old")).toBeUndefined();
      for (const id of ["f", "lost"]) expect(await store.getFeedback(id)).toBeUndefined();
      for (const id of ["of-kept", "not-yet"]) expect(await store.getFeedback(id)).toBeDefined();
      expect((await store.statRows(0, 1e9, 1)).map((row) => row.spans)).toEqual([1]);
      await store.insert([aSpan("root", { traceId: "old" })]);
      expect(await store.getSpans("old")).toHaveLength(1);
    });

    it("forgets the oldest traces until it is small enough", async () => {
      for (let index = 0; index < 60; index++) {
        await store.insert([
          aSpan("a", { traceId: `t${index}`, startTimeMs: index, input: randomBytes(15_000).toString("base64") }),
        ]);
      }
      expect(await store.prune({ maxBytes: 1e12 })).toEqual({ traces: 0, more: false });
      await pruneAll(store, { maxBytes: 700_000 });
      const { traces } = await store.listTraces({ limit: 100 });
      expect(traces.length).toBeGreaterThan(3);
      expect(traces.length).toBeLessThan(55);
      expect(traces.map((one) => one.traceId)).toEqual(Array.from(traces, (_, index) => `t${59 - index}`));
    });
  });
}

async function pruneAll(store: Store, retention: Retention): Promise<void> {
  let hasMore = true;
  while (hasMore) hasMore = (await store.prune(retention)).more;
}

function aFeedback(id: string, traceId: string, value: number, more: Partial<Feedback> = {}): Feedback {
  return { id, traceId, value, weight: 1, metadata: {}, createdMs: 1, updatedMs: 1, ...more };
}

function idsOf({ traceId, spanId }: Span): string {
  return `${traceId} ${spanId}`;
}

function bySpanId(spans: readonly Span[]): Span[] {
  return spans.toSorted((a, b) => a.spanId.localeCompare(b.spanId));
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

/** Metadata of ninety keys. */
function manyKeys(from: number): Span["metadata"] {
  return Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`a${from + index}`, "x"]));
}
