import fc from "fast-check";
import { expect, it } from "vitest";
import type { EventOrigin, TraceEvent } from "./event.ts";
import { manualRuntime } from "./manual-runtime.ts";
import { measuredSnapshot, type Snapshot } from "./snapshot.ts";
import type { Span } from "./span.ts";
import { tracerInto } from "./tracer-for-tests.ts";
import { fromLogRecord } from "./wire/from-log-record.ts";
import { toLogRecord } from "./wire/to-log-record.ts";

const ORIGINS: readonly EventOrigin[] = [{ source: "Langchain" }, { source: "LlamaIndex" }];
const CONTEXT = { receivedAtMs: 0, createTraceId: () => "t", createSpanId: () => "s" };

const id = fc.constantFrom("a", "b", "c", "d", "e", "f");
const maybe = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(some, { nil: undefined });
const count = fc.oneof(fc.nat(50), fc.constantFrom(-1, 0.5));
const metadata = maybe(fc.dictionary(fc.oneof(fc.constant("__proto__"), fc.string()), fc.anything()));
const event: fc.Arbitrary<TraceEvent> = fc.oneof(
  fc.record({
    kind: fc.constant("start" as const),
    runId: id,
    parentRunId: maybe(id),
    traceId: maybe(fc.string()),
    type: fc.constantFrom("chain" as const, "llm" as const),
    name: fc.string(),
    hidden: fc.boolean(),
    input: fc.oneof(fc.string({ maxLength: 3_000 }), fc.anything()),
    model: maybe(fc.constant({})),
    metadata,
  }),
  fc.record({ kind: fc.constant("end" as const), runId: id, output: fc.anything(), metadata, timeMs: maybe(fc.nat()) }),
  fc.record({
    kind: fc.constant("error" as const),
    runId: id,
    status: fc.constantFrom("error" as const, "cancelled" as const, "interrupted" as const),
    value: fc.anything(),
  }),
  fc.record({
    kind: fc.constant("token" as const),
    runId: id,
    text: fc.string(),
    usage: maybe(fc.record({ prompt_tokens: count, completion_tokens: count, total_tokens: count })),
    counts: fc.constantFrom(undefined, "so-far" as const, "begun" as const),
    of: fc.constantFrom(1, 2),
  }),
  fc.record({ kind: fc.constant("mark" as const), runId: id, name: fc.string(), attributes: fc.anything() }),
  fc.record({
    kind: fc.constant("update" as const),
    runId: id,
    name: maybe(fc.string()),
    input: fc.anything(),
    restsSinceMs: fc.constantFrom(undefined, null, 5),
    metadata,
  }),
);
const step = fc.record({
  event,
  origin: fc.constantFrom(...ORIGINS),
  pauseMs: fc.constantFrom(0, 0, 300, 2_000, 70_000),
  isFlushed: fc.boolean(),
});

it("whatever is told in whatever order: the bounds hold, nothing stays open, and every span can be read again", () => {
  const snapshot = (value: unknown): Snapshot => measuredSnapshot(value, { maxBytes: 500, maxDepth: 5 });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 6 }), (steps, maxOpenRuns) => {
      const spans: Span[] = [];
      const runtime = manualRuntime();
      const bounds = { maxOpenRuns, maxOpenBytes: 2_000, snapshot, snapshotOfMark: snapshot };
      const tracer = tracerInto(spans, { runtime, ...bounds });
      for (const { event: told, origin, pauseMs, isFlushed } of steps) {
        tracer.record(told, origin);
        expect(tracer.openRuns).toBeLessThanOrEqual(maxOpenRuns);
        runtime.advance(pauseMs);
        if (isFlushed) tracer.closeLeftovers();
      }
      tracer.closeAll("shutdown");
      expect(tracer.openRuns).toBe(0);
      expect(runtime.timers).toBe(0);
      expect(spans.length - new Set(spans.map((span) => `${span.traceId}/${span.spanId}`)).size).toBe(resent(spans));
      for (const span of spans) {
        expect(span.durationMs).toBeGreaterThanOrEqual(0);
        expect(span.parentSpanId).not.toBe(span.spanId);
        expect(Object.getPrototypeOf(span.metadata)).toBe(Object.prototype);
        expect(fromLogRecord(JSON.parse(JSON.stringify(toLogRecord(span))), CONTEXT).ok).toBe(true);
      }
    }),
  );
});

/** Spans that came a second time, after they had gone out without their end. */
function resent(spans: readonly Span[]): number {
  const first = new Map<string, Span>();
  let again = 0;
  for (const span of spans) {
    const key = `${span.traceId}/${span.spanId}`;
    const before = first.get(key);
    if (before === undefined) first.set(key, span);
    else if (before.status.code === "unfinished" || before.status.code === "ok") again += 1;
  }
  return again;
}
