import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aW3cSpan as aSpan } from "../../../../tests/support/spans.ts";
import type { Span } from "../span.ts";
import { buildTree, type TreeNode, walk } from "./build-tree.ts";

const child = (spanId: string, parentSpanId: string, startTimeMs = 1_000): Span =>
  aSpan(spanId, { parentSpanId, startTimeMs });

/** `a(b c(d))`, with `!` behind an orphan. */
function shape(roots: readonly TreeNode[]): string {
  return roots
    .map(({ span, children, orphan }) => {
      const inner = children.length === 0 ? "" : `(${shape(children)})`;
      return `${span.spanId}${orphan === true ? "!" : ""}${inner}`;
    })
    .join(" ");
}

describe("buildTree", () => {
  it("puts spans under their parents, whatever order they came in", () => {
    const spans = [child("d", "c"), child("b", "a", 1), child("c", "a", 2), aSpan("a")];
    expect(shape(buildTree(spans))).toBe("a(b c(d))");
    expect(shape(buildTree(spans.toReversed()))).toBe("a(b c(d))");
  });

  it("orders siblings by start, then by id", () => {
    const spans = [aSpan("a"), child("z", "a", 5), child("y", "a", 5), child("x", "a", 9), child("w", "a", 1)];
    expect(shape(buildTree(spans))).toBe("a(w y z x)");
  });

  it("makes a root of a span whose parent is not there, and says so", () => {
    expect(shape(buildTree([child("b", "a"), child("c", "b")]))).toBe("b!(c)");
  });

  it("shows a span once that came twice", () => {
    expect(shape(buildTree([aSpan("a"), child("b", "a"), child("b", "a"), aSpan("a")]))).toBe("a(b)");
  });

  it("looks for a parent in the span's own trace only", () => {
    const other = aSpan("b", { traceId: "other", parentSpanId: "a", startTimeMs: 2_000 });
    expect(shape(buildTree([aSpan("a"), other]))).toBe("a b!");
  });

  it("breaks cycles at their earliest span", () => {
    const ring = [child("a", "c", 3), child("b", "a", 1), child("c", "b", 2), child("below", "c", 0)];
    expect(shape(buildTree([...ring, child("self", "self", 9)]))).toBe("b!(c(below a)) self!");
  });

  it("takes a chain of 100,000 spans", () => {
    const chain = Array.from({ length: 100_000 }, (_, index) => child(`s${index}`, `s${index - 1}`));
    expect([...walk(buildTree(chain))].at(-1)?.depth).toBe(99_999);
  });

  it("never loses or doubles a span, for any parent ids", () => {
    const id = fc.constantFrom("a", "b", "c", "d", "e", "f");
    const span = fc.record({ id, parent: fc.option(id), start: fc.integer({ min: 0, max: 3 }) });
    fc.assert(
      fc.property(fc.array(span), (given) => {
        const spans = given.map(({ id: spanId, parent, start }) =>
          parent === null ? aSpan(spanId, { startTimeMs: start }) : child(spanId, parent, start),
        );
        const seen = Array.from(walk(buildTree(spans)), ({ node }) => node.span.spanId);
        expect(seen.toSorted()).toEqual([...new Set(given.map((one) => one.id))].toSorted());
      }),
    );
  });
});
