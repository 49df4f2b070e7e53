import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { EventOrigin, StartEvent, TraceEvent } from "./event.ts";
import { type ManualRuntime, manualRuntime } from "./manual-runtime.ts";
import type { Span } from "./span.ts";
import type { Tracer, TracerOptions } from "./tracer.ts";
import { tracerInto } from "./tracer-for-tests.ts";

const ORIGIN: EventOrigin = { source: "Langchain" };
let runtime: ManualRuntime;
let spans: Span[];

beforeEach(() => {
  runtime = manualRuntime();
  spans = [];
});

function tracerWith(options: Partial<TracerOptions> = {}): Tracer {
  return tracerInto(spans, { runtime, ...options });
}

const start = (runId: string, parentRunId?: string, more: Partial<StartEvent> = {}): TraceEvent => ({
  kind: "start",
  runId,
  parentRunId,
  type: "chain",
  name: runId,
  ...more,
});
const end = (runId: string): TraceEvent => ({ kind: "end", runId });

function play(tracer: Tracer, ...events: TraceEvent[]): void {
  for (const event of events) tracer.record(event, ORIGIN);
}

const named = (name: string): Span | undefined => spans.find((span) => span.name === name);

describe("trees", () => {
  it("a child has its parent's trace and span, and is sent when it ends", () => {
    const tracer = tracerWith();
    play(tracer, start("root"), start("child", "root"), end("child"));
    expect(spans.map((span) => span.name)).toEqual(["child"]);
    play(tracer, end("root"));
    expect(named("child")?.parentSpanId).toBe(named("root")?.spanId);
    expect(named("child")?.traceId).toBe(named("root")?.traceId);
    expect(named("root")?.parentSpanId).toBeUndefined();
  });

  it("a child that starts after its parent's end still has it", () => {
    play(tracerWith(), start("root"), end("root"), start("late", "root"), end("late"));
    expect(named("late")?.parentSpanId).toBe(named("root")?.spanId);
  });

  it("a parent that was never seen counts as none", () => {
    play(tracerWith(), start("inner", "unseen"), end("inner"));
    expect(named("inner")?.parentSpanId).toBeUndefined();
  });

  it("what is hidden makes no span; its children move up, through several levels", () => {
    play(
      tracerWith(),
      start("root"),
      start("h1", "root", { hidden: true }),
      start("h2", "h1", { hidden: true }),
      start("leaf", "h2"),
    );
    play(tracerWith(), end("leaf"));
    const tracer = tracerWith();
    play(
      tracer,
      start("root"),
      start("h1", "root", { hidden: true }),
      start("h2", "h1", { hidden: true }),
      start("leaf", "h2"),
    );
    play(tracer, end("leaf"), end("h2"), end("h1"), end("root"));
    expect(spans.map((span) => span.name)).toEqual(["leaf", "root"]);
    expect(named("leaf")?.parentSpanId).toBe(named("root")?.spanId);
  });

  it("events that are delivered twice count once", () => {
    play(tracerWith(), start("a"), start("a"), end("a"), end("a"));
    expect(spans).toHaveLength(1);
  });

  it("an id that is used again stands for another span of the same trace", () => {
    play(tracerWith(), start("a"), end("a"), start("a"), end("a"));
    expect(spans).toHaveLength(2);
    expect(spans[0]?.traceId).toBe(spans[1]?.traceId);
    expect(spans[0]?.spanId).not.toBe(spans[1]?.spanId);
  });

  it("a root hangs below what surrounds it, unless its trace is pinned", () => {
    const parent = { traceId: "outer", spanId: "00f067aa0ba902b7" };
    const tracer = tracerWith({ surroundings: () => ({ parent, metadata: { _user: "ada" } }) });
    play(tracer, start("a"), end("a"), start("b", undefined, { traceId: "pinned" }), end("b"));
    expect(named("a")).toMatchObject({ traceId: "outer", parentSpanId: parent.spanId, metadata: { _user: "ada" } });
    expect(named("b")?.traceId).toBe("pinned");
    expect(named("b")?.parentSpanId).toBeUndefined();
  });
});

describe("what a span keeps", () => {
  it("times from one clock, never negative", () => {
    const tracer = tracerWith();
    play(tracer, start("a"));
    runtime.advance(25);
    play(tracer, { kind: "end", runId: "a", timeMs: runtime.now() - 100 }, start("b"));
    runtime.advance(25);
    play(tracer, end("b"));
    expect(named("a")?.durationMs).toBe(0);
    expect(named("b")?.durationMs).toBe(25);
  });

  it("inputs as they were at the start, outputs as they were at the end", () => {
    const live = { text: "before" };
    const tracer = tracerWith();
    play(tracer, start("a", undefined, { input: live }));
    live.text = "after";
    play(tracer, { kind: "end", runId: "a", output: live });
    expect(named("a")).toMatchObject({ input: { text: "before" }, output: { text: "after" } });
  });

  it("the first token's time, and the text of a stream that was left", () => {
    const tracer = tracerWith();
    play(tracer, start("m", undefined, { type: "llm", model: {}, input: { model: "gpt" } }));
    play(tracer, { kind: "token", runId: "m", text: "" });
    runtime.advance(40);
    play(tracer, { kind: "token", runId: "m", text: "Hel" }, { kind: "token", runId: "m", text: "lo" });
    tracer.closeAll("shutdown");
    expect(named("m")).toMatchObject({
      status: { code: "unfinished", reason: "shutdown" },
      durationMs: 40,
      model: { streamed: true, timeToFirstTokenMs: 40 },
      output: { choices: [{ message: { role: "assistant", content: "Hello" }, finish_reason: null }] },
    });
  });

  it("marks, up to a bound", () => {
    let left = 0;
    const tracer = tracerWith({ onTruncated: () => void left++ });
    play(tracer, start("a"));
    for (let mark = 0; mark < 400; mark++) play(tracer, { kind: "mark", runId: "a", name: `m${mark}` });
    play(tracer, end("a"));
    expect(named("a")?.marks).toHaveLength(256);
    expect(left).toBe(400 - 256);
  });

  it("each event once, where two handlers of one client tell of the same run", () => {
    const other: EventOrigin = { source: "Langchain" };
    const tracer = tracerWith();
    const tell = (event: TraceEvent): void => {
      tracer.record(event, ORIGIN);
      tracer.record(event, other);
    };
    tell(start("m", undefined, { type: "llm", model: {} }));
    tell({ kind: "mark", runId: "m", name: "sign" });
    tell({ kind: "token", runId: "m", text: "Hel" });
    tell({ kind: "token", runId: "m", text: "lo" });
    tracer.closeAll("shutdown");
    expect(named("m")?.marks).toHaveLength(1);
    expect(named("m")?.output).toMatchObject({ choices: [{ message: { content: "Hello" } }] });
  });

  it("nested metadata of its own: what one span's redactor changes, no other sees", () => {
    const tracer = tracerWith({ metadata: { app: { count: 1 } } });
    play(tracer, start("a"), end("a"));
    Object.assign(named("a")?.metadata["app"] ?? {}, { count: 99 });
    play(tracer, start("b"), end("b"));
    expect(named("b")?.metadata).toEqual({ app: { count: 1 } });
  });

  it("a metadata base that no run can change for another", () => {
    const tracer = tracerWith({ metadata: { _user: "ada" } });
    play(tracer, start("a", undefined, { metadata: { step: 1 } }), {
      kind: "update",
      runId: "a",
      metadata: { _user: "bob" },
    });
    play(tracer, end("a"), start("b"), end("b"));
    expect(named("a")?.metadata).toEqual({ _user: "bob", step: 1 });
    expect(named("b")?.metadata).toEqual({ _user: "ada" });
  });
});

describe("runs whose end never comes", () => {
  it("are closed when their root has ended and nothing more was heard, with the time of the last sign", () => {
    const tracer = tracerWith();
    play(tracer, start("root"), start("left", "root"));
    runtime.advance(10);
    play(tracer, { kind: "mark", runId: "left", name: "sign" });
    play(tracer, end("root"));
    runtime.advance(900);
    expect(named("left")).toBeUndefined();
    runtime.advance(2_000);
    expect(named("left")).toMatchObject({ status: { code: "unfinished", reason: "root_ended" }, durationMs: 10 });
    expect(tracer.openRuns).toBe(0);
    expect(runtime.timers).toBe(0);
  });

  it("are closed after silence in the whole trace, not in the run alone", () => {
    const tracer = tracerWith({ idleLimitMs: 5_000 });
    play(tracer, start("root"));
    for (let step = 0; step < 5; step++) {
      runtime.advance(2_000);
      play(tracer, start(`s${step}`, "root"), end(`s${step}`));
    }
    expect(named("root")).toBeUndefined();
    runtime.advance(11_000);
    expect(named("root")?.status).toEqual({ code: "unfinished", reason: "idle" });
  });

  it("and do end later, are sent again with the same ids, their end and all they had, once", () => {
    const tracer = tracerWith();
    play(tracer, start("root", undefined, { input: "question" }));
    runtime.advance(20);
    tracer.closeAll("shutdown");
    runtime.advance(5);
    play(tracer, { kind: "end", runId: "root", output: "answer" }, end("root"));
    expect(spans).toHaveLength(2);
    expect(spans[1]).toMatchObject({
      spanId: spans[0]?.spanId,
      status: { code: "ok" },
      input: "question",
      output: "answer",
      durationMs: 25,
    });
    expect(tracer.lateEnds).toBe(1);
  });

  it("are closed at a flush where a stream stands still, and nothing else is", () => {
    const tracer = tracerWith();
    play(tracer, start("chat"), start("model", "chat", { type: "llm", model: {} }), start("busy"));
    play(tracer, { kind: "token", runId: "model", text: "Hel" });
    runtime.advance(100);
    tracer.closeLeftovers();
    expect(spans).toEqual([]);
    runtime.advance(200);
    tracer.closeLeftovers();
    expect(spans.map((span) => [span.name, span.status])).toEqual([
      ["model", { code: "unfinished", reason: "stalled" }],
      ["chat", { code: "unfinished", reason: "stalled" }],
    ]);
    expect(tracer.openRuns).toBe(1);
  });

  it("are over when they rest at a flush, unless something follows", () => {
    const tracer = tracerWith();
    const rest = (runId: string, restsSinceMs: number | null): TraceEvent => ({ kind: "update", runId, restsSinceMs });
    play(tracer, start("resting"), start("waiting"), start("busy"));
    runtime.advance(10);
    play(tracer, rest("resting", runtime.now()), rest("waiting", runtime.now()), rest("waiting", null));
    runtime.advance(100);
    tracer.closeLeftovers();
    expect(spans).toMatchObject([{ name: "resting", status: { code: "ok" }, durationMs: 10 }]);
    runtime.advance(100);
    play(tracer, end("resting"));
    expect(spans[1]).toMatchObject({ spanId: spans[0]?.spanId, status: { code: "ok" }, durationMs: 210 });
    expect(tracer.openRuns).toBe(2);
  });

  it("never pile up: beyond the bound the oldest is closed", () => {
    const tracer = tracerWith({ maxOpenRuns: 10 });
    for (let run = 0; run < 1_000; run++) play(tracer, start(`r${run}`));
    expect(tracer.openRuns).toBe(10);
    expect(named("r0")?.status).toEqual({ code: "unfinished", reason: "open_runs_overflow" });
  });

  it("never fill the memory: beyond the bound of what they hold the oldest are closed", () => {
    const tracer = tracerWith({ maxOpenBytes: 10_000 });
    const text = "x".repeat(999);
    for (let run = 0; run < 50; run++) play(tracer, start(`r${run}`, undefined, { input: text }));
    expect(tracer.openRuns).toBe(10);
    play(tracer, { kind: "token", runId: "r49", text: text.repeat(5) });
    play(tracer, start("next"));
    expect(tracer.openRuns).toBe(6);
    for (let run = 0; run < 50; run++) play(tracer, end(`r${run}`));
    play(tracer, end("next"));
    for (let run = 0; run < 9; run++) play(tracer, start(`s${run}`, undefined, { input: text }));
    expect(tracer.openRuns).toBe(9);
    expect(named("r0")?.status).toEqual({ code: "unfinished", reason: "open_runs_overflow" });
  });

  it("hold of what they started in no more than the run itself, however long the chain is", () => {
    const tracer = tracerWith();
    play(tracer, start("0"));
    for (let number = 1; number < 50; number++) play(tracer, start(`${number}`, `${number - 1}`), end(`${number - 1}`));
    expect(tracer.openRun("49")?.parent?.runId).toBe("48");
    expect(tracer.openRun("49")?.parent?.parent).toBeUndefined();
  });

  it("keep their parents' times: a parent lasts at least as long as what was seen below it", () => {
    const tracer = tracerWith();
    play(tracer, start("root"), start("middle", "root"), start("leaf", "middle"));
    runtime.advance(30);
    play(tracer, { kind: "mark", runId: "leaf", name: "sign" });
    tracer.closeAll("shutdown");
    expect(spans.map((span) => [span.name, span.durationMs])).toEqual([
      ["leaf", 30],
      ["middle", 30],
      ["root", 30],
    ]);
  });
});

describe("for any order of events", () => {
  it("every run that started becomes one span, and nothing stays open", () => {
    const ids = ["a", "b", "c", "d"];
    const event = fc.oneof(
      fc.record({
        kind: fc.constant("start" as const),
        runId: fc.constantFrom(...ids),
        parentRunId: fc.option(fc.constantFrom(...ids), { nil: undefined }),
        type: fc.constant("chain" as const),
        name: fc.constant("n"),
        hidden: fc.boolean(),
      }),
      fc.record({ kind: fc.constant("end" as const), runId: fc.constantFrom(...ids) }),
      fc.record({
        kind: fc.constant("error" as const),
        runId: fc.constantFrom(...ids),
        status: fc.constantFrom("error" as const, "cancelled" as const, "interrupted" as const),
      }),
      fc.record({ kind: fc.constant("token" as const), runId: fc.constantFrom(...ids), text: fc.string() }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        spans = [];
        const tracer = tracerWith();
        const open = new Map<string, boolean>();
        let expected = 0;
        for (const each of events) {
          if (each.kind === "start" && !open.has(each.runId)) {
            open.set(each.runId, each.hidden);
            if (!each.hidden) expected += 1;
          } else if (each.kind === "end" || each.kind === "error") open.delete(each.runId);
          play(tracer, each);
        }
        tracer.closeAll("shutdown");
        expect(spans).toHaveLength(expected);
        expect(tracer.openRuns).toBe(0);
        expect(new Set(spans.map((span) => span.spanId)).size).toBe(spans.length);
      }),
    );
  });
});
