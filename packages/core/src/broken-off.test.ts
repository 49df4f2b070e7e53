import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeEach, describe, expect, it } from "vitest";
import type { EventOrigin, StartEvent, TraceEvent } from "./event.ts";
import { measuredSnapshot, type Snapshot } from "./snapshot.ts";
import type { Span } from "./span.ts";
import { toSpanError } from "./span-error.ts";
import type { Tracer } from "./tracer.ts";
import { tracerInto } from "./tracer-for-tests.ts";

const ORIGIN: EventOrigin = { source: "Langchain" };
let spans: Span[];
let tracer: Tracer;

beforeEach(() => {
  spans = [];
  tracer = tracerInto(spans);
});

function play(...events: TraceEvent[]): Span | undefined {
  for (const event of events) tracer.record(event, ORIGIN);
  tracer.closeAll("shutdown");
  return spans[0];
}

const call = (more: Partial<StartEvent> = {}): TraceEvent => ({
  kind: "start",
  runId: "call",
  type: "llm",
  name: "call",
  model: {},
  ...more,
});
const counted = (prompt: number, completion: number, cached?: number) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  ...(cached === undefined ? {} : { prompt_tokens_details: { cached_tokens: cached } }),
});

describe("a stream that is broken off", () => {
  it("keeps no password of an address that came in pieces", () => {
    const texts = ["see https://us", "er:v-", "1@host"];
    const span = play(call(), ...texts.map((text): TraceEvent => ({ kind: "token", runId: "call", text })));
    expect(JSON.stringify(span)).not.toContain("v-1");
    expect(JSON.stringify(span?.output)).toContain("see https://[redacted]@host");
  });

  it("is kept up to a bound, and says what is missing", () => {
    let cuts = 0;
    tracer = tracerInto(spans, { maxOpenBytes: 1_000_000, onTruncated: () => (cuts += 1) });
    const texts = ["a".repeat(200_000), "b".repeat(1_000_000), "c"];
    const span = play(call(), ...texts.map((text): TraceEvent => ({ kind: "token", runId: "call", text })));
    const content = `${"a".repeat(200_000)}${"b".repeat(62_144)}[truncated: 937857 characters]`;
    expect(span?.output).toMatchObject({ choices: [{ message: { content } }] });
    expect(cuts).toBe(1);
  });

  it("has no more text than any other output may have", () => {
    const small = (value: unknown): Snapshot => measuredSnapshot(value, { maxBytes: 100, maxDepth: 10 });
    tracer = tracerInto(spans, { snapshot: small });
    const span = play(call(), { kind: "token", runId: "call", text: "a".repeat(10_000) });
    expect(JSON.stringify(span?.output).length).toBeLessThan(300);
    expect(JSON.stringify(span?.output)).toContain("[truncated: ");
  });

  it("has the tokens that its chunks have counted, added up", () => {
    const span = play(
      call(),
      { kind: "token", runId: "call", text: "", usage: counted(20, 1, 5) },
      { kind: "token", runId: "call", text: "Hel" },
      { kind: "token", runId: "call", text: "lo", usage: counted(0, 2) },
    );
    expect(span?.output).toMatchObject({
      choices: [{ message: { content: "Hello" } }],
      usage: { ...counted(20, 3, 5) },
    });
  });

  it("counts the cached tokens of a prompt once, though every chunk tells of them", () => {
    const span = play(
      call(),
      { kind: "token", runId: "call", text: "a", usage: counted(20, 1, 5) },
      { kind: "token", runId: "call", text: "b", usage: counted(0, 1, 5) },
    );
    expect(span?.output).toMatchObject({ usage: counted(20, 2, 5) });
  });

  it("is no stream where one text was handed over, whole", () => {
    const span = play(
      call(),
      { kind: "token", runId: "call", text: "all of it", isChunk: false },
      { kind: "end", runId: "call" },
    );
    expect(span?.model).toEqual({});
  });

  it("has no tokens where none were counted", () => {
    expect(play(call(), { kind: "token", runId: "call", text: "Hel" })?.output).not.toHaveProperty("usage");
  });

  it("takes the tokens of its end where that comes", () => {
    const output = { choices: [], usage: counted(20, 9) };
    const span = play(
      call(),
      { kind: "token", runId: "call", text: "x", usage: counted(20, 1) },
      { kind: "end", runId: "call", output },
    );
    expect(span?.output).toEqual(output);
  });
});

describe("a run whose signal is known", () => {
  it("is cancelled, with the reason, where it was aborted and nobody told its end", () => {
    const controller = new AbortController();
    controller.abort();
    expect(play(call({ signal: controller.signal }))?.status).toMatchObject({
      code: "cancelled",
      error: { type: "AbortError", httpStatus: 499 },
    });
  });

  it("is cancelled, too, where nobody but the run holds the signal any more", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    tracer.record(call({ signal: AbortSignal.abort() }), ORIGIN);
    await new Promise(setImmediate);
    collectGarbage();
    expect(play()?.status).toMatchObject({ code: "cancelled" });
  });

  it("is unfinished where it was not aborted", () => {
    expect(play(call({ signal: new AbortController().signal }))?.status).toEqual({
      code: "unfinished",
      reason: "shutdown",
    });
  });

  it("timed out where its end says no more than that it was aborted", () => {
    const timeout = new AbortController();
    timeout.abort(new DOMException("too long", "TimeoutError"));
    const error = toSpanError(new DOMException("stopped", "AbortError"));
    const span = play(call({ signal: timeout.signal }), { kind: "error", runId: "call", status: "error", error });
    expect(span?.status).toMatchObject({
      code: "error",
      error: { type: "TimeoutError", message: "too long", httpStatus: 408 },
    });
  });

  it("keeps the error of its end otherwise", () => {
    const controller = new AbortController();
    controller.abort(new Error("the user left"));
    const error = toSpanError(new TypeError("bad answer"));
    const span = play(call({ signal: controller.signal }), { kind: "error", runId: "call", status: "error", error });
    expect(span?.status).toMatchObject({ error: { type: "TypeError" } });
  });
});
