import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OutlineRow } from "../api/types.ts";
import { criticalPath } from "./critical-path.ts";
import { ancestorsOf, type Row, toRows } from "./rows.ts";
import { toVisible, type Wish } from "./visible.ts";
import { formatWindow, pan, parseWindow, zoom } from "./window.ts";

const row = (
  spanId: string,
  depth: number,
  start: number,
  end: number,
  more: Partial<OutlineRow> = {},
): OutlineRow => ({
  spanId,
  depth,
  name: spanId,
  type: "chain",
  startTimeMs: start,
  durationMs: end - start,
  status: "ok",
  ...more,
});
const wish = (more: Partial<Wish> = {}): Wish => ({
  opened: new Map(),
  types: new Set(),
  onlyProblems: false,
  ...more,
});
const names = (rows: readonly Row[], asked: Wish): string[] => toVisible(rows, asked).map((one) => one.row.spanId);

const tree = toRows([
  row("root", 0, 0, 100),
  row("a", 1, 0, 60, { type: "agent" }),
  row("a1", 2, 10, 50, { type: "llm", tokens: { prompt: 5, completion: 2, cached: 0 }, usd: 0.5 }),
  row("b", 1, 60, 90, { type: "tool", status: "error" }),
  row("lost", 0, 5, 6, { orphan: true, tokens: { prompt: 1, completion: 0, cached: 0 } }),
]);

describe("rows", () => {
  it("know their parents, their siblings and all that is below them", () => {
    expect(tree.map((one) => [one.parent, one.end, one.position, one.siblings])).toEqual([
      [-1, 4, 1, 2],
      [0, 3, 1, 2],
      [1, 3, 1, 1],
      [0, 4, 2, 2],
      [-1, 5, 2, 2],
    ]);
    expect(ancestorsOf(tree, 2)).toEqual([0, 1]);
  });

  it("sum up tokens, cost and problems, and say when a price is missing", () => {
    expect(tree[0]?.sum).toEqual({ spans: 4, errors: 1, unfinished: 0, tokens: 7, usd: 0.5, isPartial: false });
    expect(tree[4]?.sum).toMatchObject({ usd: undefined, isPartial: true });
  });

  it("count no attempt for a failure: its call says what came of it", () => {
    const attempt = { type: "attempt", status: "error" } as const;
    const [root] = toRows([
      row("r", 0, 0, 9),
      row("i", 1, 0, 0, { ...attempt, inferred: true }),
      row("a", 1, 0, 0, attempt),
    ]);
    expect(root?.sum.errors).toBe(0);
  });

  it("tell clocks that differ from work that nobody waited for", () => {
    const rows = toRows([
      row("r", 0, 100, 200),
      row("early", 1, 80, 90),
      row("late", 1, 250, 260),
      row("in", 1, 99.5, 150),
    ]);
    expect(rows.map((one) => [one.earlyMs, one.lateMs])).toEqual([
      [undefined, undefined],
      [20, undefined],
      [undefined, 50],
      [undefined, undefined],
    ]);
  });
});

describe("what is shown", () => {
  it("is all of a small trace, less what was closed", () => {
    expect(names(tree, wish())).toEqual(["root", "a", "a1", "b", "lost"]);
    expect(names(tree, wish({ opened: new Map([["a", false]]) }))).toEqual(["root", "a", "b", "lost"]);
  });

  it("is of a large trace the first levels, and the way to each problem", () => {
    const filling = Array.from({ length: 300 }, (_, index) => [row(`f${index}`, 1, 0, 1), row(`g${index}`, 2, 0, 1)]);
    const bad = [row("x", 1, 0, 1), row("y", 2, 0, 1), row("z", 3, 0, 1, { status: "unfinished" })];
    const shown = names(toRows([row("root", 0, 0, 9), ...filling.flat(), ...bad]), wish());
    expect(shown).toHaveLength(1 + 300 + 3);
    expect(shown.slice(-3)).toEqual(["x", "y", "z"]);
  });

  it("is what is filtered, and what leads to it", () => {
    expect(names(tree, wish({ types: new Set(["llm"]) }))).toEqual(["root", "a", "a1"]);
    expect(names(tree, wish({ onlyProblems: true }))).toEqual(["root", "b"]);
    expect(toVisible(tree, wish({ onlyProblems: true })).map((one) => one.isAside)).toEqual([true, false]);
  });
});

describe("the critical path", () => {
  it("goes back in time along what ended last", () => {
    const path = criticalPath(tree);
    expect(Object.fromEntries([...path].map(([index, parts]) => [tree[index]?.spanId, parts]))).toEqual({
      root: [{ fromMs: 90, toMs: 100 }],
      b: [{ fromMs: 60, toMs: 90 }],
      a: [
        { fromMs: 50, toMs: 60 },
        { fromMs: 0, toMs: 10 },
      ],
      a1: [{ fromMs: 10, toMs: 50 }],
    });
  });

  it("covers the time of a root once, whatever stands below it", () => {
    const times = fc.array(fc.tuple(fc.nat(100), fc.nat(100), fc.integer({ min: 1, max: 4 })), { maxLength: 30 });
    fc.assert(
      fc.property(times, (given) => {
        let depth = 0;
        const outline = given.map(([start, length, wanted], index) => {
          depth = Math.min(wanted, depth + 1);
          return row(`s${index}`, depth, start, start + length);
        });
        const path = criticalPath(toRows([row("root", 0, 0, 200), ...outline]));
        const parts = [...path.values()].flat().toSorted((a, b) => a.fromMs - b.fromMs);
        expect(parts.reduce((sum, part) => sum + part.toMs - part.fromMs, 0)).toBeCloseTo(200);
        for (const [index, part] of parts.entries())
          expect(part.fromMs).toBeGreaterThanOrEqual(parts[index - 1]?.toMs ?? 0);
      }),
    );
  });
});

describe("the window of time", () => {
  it("zooms around a moment, and is nothing when it is all", () => {
    const half = zoom({ fromMs: 0, toMs: 100 }, 0.5, 100, 100);
    expect(half).toEqual({ fromMs: 50, toMs: 100 });
    expect(zoom(half ?? { fromMs: 0, toMs: 1 }, 2, 100, 100)).toBeUndefined();
  });

  it("moves within the trace", () => {
    expect(pan({ fromMs: 50, toMs: 90 }, 0.5, 100)).toEqual({ fromMs: 60, toMs: 100 });
    expect(pan({ fromMs: 10, toMs: 20 }, -5, 100)).toEqual({ fromMs: 0, toMs: 10 });
  });

  it("is written into the address and read from it", () => {
    expect(parseWindow(formatWindow({ fromMs: 1.5, toMs: 2.25 }), 100)).toEqual({ fromMs: 1.5, toMs: 2.25 });
    for (const wrong of [null, "", "5", "9-3", "x-y", "100-200"]) expect(parseWindow(wrong, 100)).toBeUndefined();
  });
});
