import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Span } from "@portkey-tracing/core";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aCall, aSpan } from "../../../../../tests/support/spans.ts";
import { statRowOf } from "../stats.ts";
import { openSqlite, type SqliteDatabase } from "./database.ts";
import { openEngine, type SqliteEngine } from "./engine.ts";
import { clearSomeSpans, forgetTrace } from "./forget.ts";
import { usedBytes } from "./prune.ts";
import { partsOf } from "./search-parts.ts";

const OPEN = { code: "unfinished", reason: "idle" } as const;

/** Spans that fill a part of the index of words, with so many characters each. */
const PART = 256;
const CHARACTERS = 512;

let folder: string;
let engine: SqliteEngine;
/** Another connection to the same file. */
let database: SqliteDatabase;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "portkey-traces-"));
  engine = await openEngine(join(folder, "traces.db"));
  database = await openSqlite(join(folder, "traces.db"));
});
afterEach(async () => {
  database.close();
  engine.close();
  await rm(folder, { recursive: true });
});

describe("the index of words", () => {
  it("begins a new part where one is full, and is searched in all of them, the newest first", () => {
    store(2 * PART + 10, () => 1_000);
    expect(partsOf(database).map(({ spans, size }) => [spans, size])).toEqual([
      [10, 10 * CHARACTERS],
      [PART, 131_072],
      [PART, 131_072],
    ]);
    for (const index of [0, PART - 1, PART, 2 * PART, 2 * PART + 9]) expect(find(wordOf(index))).toEqual([`t${index}`]);
    expect(engine.listTraces({ limit: 1_000, filter: { text: "each" } }).traces).toHaveLength(2 * PART + 10);
  });

  it("is asked for the newest 10,000 spans that have a word, whatever parts they are in", () => {
    store(10_100, (index) => index);
    const { traces, incomplete } = engine.listTraces({ limit: 10_100, filter: { text: "each" } });
    expect([traces.length, traces.at(-1)?.traceId, incomplete]).toEqual([10_000, "t100", true]);
    expect(engine.listTraces({ limit: 9, filter: { text: `each ${wordOf(3)}` } })).not.toHaveProperty("incomplete");
  });

  it("is asked for the words of a large trace in all the parts that it is in, and in no others", () => {
    store(PART, () => 1_000);
    const input = " of some".repeat(60);
    engine.insert(Array.from({ length: 1_200 }, (_, index) => aSpan(`s${index}`, { name: wordOf(index), input })));
    while (engine.indexSome(500));
    expect(partsOf(database).length).toBeGreaterThan(3);
    for (const index of [0, 600, 1_199]) expect(engine.findSpans("trace", wordOf(index))).toEqual([`s${index}`]);
    expect(engine.findSpans("trace", "some")).toHaveLength(1_200);
    expect(engine.findSpans("trace", "each")).toEqual([]);
  });

  it("loses whole parts, and their tables, as spans go in the order in which they came", () => {
    store(3 * PART, (index) => index);
    forgetBefore(PART + 50);
    expect(partsOf(database).map(({ spans, dropped }) => [spans, dropped])).toEqual([
      [PART, 0],
      [PART, 50],
    ]);
    expect(tablesOfWords()).toEqual(["search_2", "search_3"]);
    expect([find(wordOf(PART + 49)), find(wordOf(PART + 50))]).toEqual([[], [`t${PART + 50}`]]);
    forgetBefore(2 * PART - 1);
    expect(partsOf(database).map(({ dropped }) => dropped)).toEqual([0, PART - 1]);
    forgetBefore(1e9);
    expect([partsOf(database), tablesOfWords()]).toEqual([[], []]);
    store(3, () => 1_000);
    expect(find(wordOf(2))).toEqual(["t2"]);
  });

  it("puts together what is left of parts whose spans went in another order", () => {
    // Every fourth has a clock that is far ahead.
    store(4 * PART, (index) => (index % 4 === 0 ? 1e9 : index));
    forgetBefore(1e8);
    const parts = partsOf(database);
    // The newest is let be: it still grows.
    expect(parts.map(({ spans }) => spans)).toEqual([PART, (3 * PART) / 4]);
    expect(tablesOfWords()).toHaveLength(2);
    for (let index = 0; index < 4 * PART; index += 97) {
      expect(find(wordOf(index))).toEqual(index % 4 === 0 ? [`t${index}`] : []);
    }
  });

  it("of few large texts costs no more traces than have to go for the size", () => {
    const textOf = (): string => randomBytes(15_000).toString("base64").replaceAll(/[+/]/g, " ");
    engine.insert(Array.from({ length: 60 }, (_, index) => aSpan("a", { traceId: `t${index}`, input: textOf() })));
    while (engine.indexSome(200));
    const maxBytes = 0.6 * usedBytes(database);
    while (engine.prune({ maxBytes }).more);
    expect(count("traces")).toBeGreaterThan(24);
    expect(count("traces")).toBeLessThan(36);
  });

  it("counts a span whose place another takes as gone", () => {
    engine.insert([aSpan("a", { input: "early", status: OPEN }), aSpan("b")]);
    engine.indexSome(10);
    engine.insert([aSpan("a", { input: "late" })]);
    engine.indexSome(10);
    expect(partsOf(database)).toEqual([{ part: 1, first: 1, last: 3, size: expect.any(Number), spans: 3, dropped: 1 }]);
    expect([find("early"), find("late")]).toEqual([[], ["trace"]]);
  });
});

describe("a trace that is forgotten", () => {
  it("is gone at once for everyone, while its spans are taken out bit by bit", () => {
    const spans = Array.from({ length: 120 }, (_, index) => aCall(`s${index}`, { input: "secret", tags: ["t"] }));
    engine.insert([aSpan("kept", { traceId: "kept" }), ...spans]);
    forgetTrace(database, numberOf("trace"));
    clearSomeSpans(database);
    expect(count("spans")).toBe(71);
    expect([engine.getSpans("trace"), engine.getRows("trace")]).toEqual(["[]", "[]"]);
    expect([engine.getSummary("trace"), engine.getSpan("trace", "s1"), engine.getHead("trace")]).toEqual(
      Array(3).fill(undefined),
    );
    expect([engine.findSpans("trace", "secret"), find("secret")]).toEqual([[], []]);
    expect(engine.listTraces({ limit: 9, filter: { facets: ["tag:t"] } }).traces).toEqual([]);
    expect(engine.scan(undefined, 500).spans.map((span) => span.spanId)).toEqual(["kept"]);
    while (clearSomeSpans(database));
    expect([count("spans"), count("bodies"), count("facets"), count("forgotten")]).toEqual([1, 1, 0, 0]);
    expect(engine.statRows(0, 1e9, 1)).toMatchObject([{ spans: 1, prompt: 0 }]);
  });

  it("is another one when a span of it comes meanwhile", () => {
    engine.insert(Array.from({ length: 120 }, (_, index) => aSpan(`s${index}`)));
    forgetTrace(database, numberOf("trace"));
    clearSomeSpans(database);
    engine.insert([aSpan("s0", { input: "again" })]);
    while (clearSomeSpans(database));
    expect(JSON.parse(engine.getSpans("trace"))).toEqual([aSpan("s0", { input: "again" })]);
    expect(engine.getSummary("trace")).toMatchObject({ spans: 1 });
  });

  it("is taken out by who opens the file next, where that was not done", async () => {
    engine.insert(Array.from({ length: 120 }, (_, index) => aSpan(`s${index}`)));
    forgetTrace(database, numberOf("trace"));
    const next = await openEngine(join(folder, "traces.db"));
    while (next.prune({ beforeMs: 0 }).more);
    next.close();
    expect([count("spans"), count("bodies"), count("forgotten")]).toEqual([0, 0, 0]);
  });
});

it("what is left after any order of storing, indexing and forgetting is what there would be without it", () => {
  const step = fc.oneof(
    fc.record({ id: fc.nat(9), start: fc.nat(99), isOpen: fc.boolean() }),
    fc.record({ before: fc.nat(120) }),
    fc.record({ index: fc.integer({ min: 1, max: 5 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      forgetBefore(1e9);
      const model = new Map<string, Span>();
      for (const [at, one] of steps.entries()) {
        if ("index" in one) engine.indexSome(one.index);
        else if ("before" in one) {
          forgetBefore(one.before);
          for (const [id, span] of model) if (span.startTimeMs < one.before) model.delete(id);
        } else {
          const traceId = `t${one.id}`;
          const before = model.get(traceId);
          const span = aCall("a", {
            traceId,
            // A trace keeps its start, so that it is known when it goes.
            startTimeMs: before?.startTimeMs ?? one.start,
            input: "of all",
            name: wordOf(at),
            status: one.isOpen ? OPEN : { code: "ok" },
          });
          engine.insert([span]);
          if (before === undefined || (before.status.code === "unfinished" && !one.isOpen)) model.set(traceId, span);
        }
        const spans = [...model.values()];
        expect(engine.scan(undefined, 99).spans.toSorted(byTrace)).toEqual(spans.toSorted(byTrace));
        expect(find("of all").toSorted()).toEqual([...model.keys()].toSorted());
        for (const span of spans) expect(find(span.name)).toContain(span.traceId);
        const sums = engine.statRows(0, 1e9, 1);
        expect(sums.reduce((sum, row) => sum + row.spans, 0)).toBe(spans.length);
        expect(sums.reduce((sum, row) => sum + row.prompt, 0)).toBe(
          spans.reduce((sum, span) => sum + statRowOf(span).prompt, 0),
        );
      }
    }),
    { numRuns: 60 },
  );
});

/** One span in each of so many traces, with words of its own, in the index. */
function store(length: number, startOf: (index: number) => number): void {
  const spans = Array.from({ length }, (_, index) => {
    const input = `${wordOf(index)} each`.padEnd(CHARACTERS - "a\n".length, " of some");
    return aSpan("a", { traceId: `t${index}`, input, startTimeMs: startOf(index) });
  });
  engine.insert(spans);
  while (engine.indexSome(32));
}

/** Not the beginning of another one. */
function wordOf(index: number): string {
  return `word${index}x`;
}

function forgetBefore(beforeMs: number): void {
  while (engine.prune({ beforeMs }).more);
}

/** Traces that have a word, newest first. */
function find(text: string): string[] {
  return engine.listTraces({ limit: 50, filter: { text } }).traces.map((trace) => trace.traceId);
}

function tablesOfWords(): unknown[] {
  return database
    .prepare(
      "SELECT name FROM sqlite_master WHERE name GLOB 'search_[0-9]*' AND sql LIKE 'CREATE VIRTUAL%' ORDER BY name",
    )
    .all()
    .map((row) => row["name"]);
}

function numberOf(traceId: string): number {
  return Number(database.prepare("SELECT id FROM traces WHERE trace_id = ?").get(traceId)?.["id"]);
}

function count(table: string): number {
  return Number(database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.["count"]);
}

function byTrace(a: Span, b: Span): number {
  return a.traceId.localeCompare(b.traceId);
}
