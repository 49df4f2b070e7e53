import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Sink, startSink } from "../../../tests/support/sink.ts";
import type { Diagnostic } from "./diagnostics.ts";
import type { EventOrigin } from "./event.ts";
import type { TracingOptions } from "./options.ts";
import { createTracing, type Tracing } from "./tracing.ts";

const ORIGIN: EventOrigin = { source: "Langchain" };
let sink: Sink;
let told: Diagnostic[];

beforeEach(async () => {
  sink = await startSink();
  told = [];
});
afterEach(() => sink.close());

function tracingTo(options: TracingOptions = {}): Tracing {
  return createTracing({ baseURL: sink.baseURL, onDiagnostic: (diagnostic) => told.push(diagnostic), ...options });
}

function recordRun(tracing: Tracing, runId: string, input: unknown = "in", output: unknown = "out"): void {
  tracing.record({ kind: "start", runId, type: "chain", name: "step", input }, ORIGIN);
  tracing.record({ kind: "end", runId, output }, ORIGIN);
}

describe("the way of a span", () => {
  it("ends as a record at POST {baseURL}/logs, in an array, with the key", async () => {
    const tracing = tracingTo({ apiKey: "pk-1", metadata: { _user: "ada" } });
    recordRun(tracing, "0198f7a2-1c3d-7e4f-8a5b-6c7d8e9fa0b1");
    const none = { recorded: 0, sent: 0, dropped: 0, pending: 0, droppedByReason: {} };
    const feedback = { ...none, recovered: 0 };
    expect(await tracing.flush()).toEqual({ ...none, recorded: 1, sent: 1, feedback });
    expect(sink.requests[0]?.headers).toMatchObject({
      "x-portkey-api-key": "pk-1",
      "content-type": "application/json",
    });
    expect(sink.requests[0]?.text).toMatch(/^\[\{.*\}\]$/);
    expect(sink.records[0]).toMatchObject({
      request: { url: "langchain/chain", method: "POST", body: { input: "in" } },
      response: { status: 200, body: { output: "out" } },
      metadata: {
        traceId: "0198f7a21c3d7e4f8a5b6c7d8e9fa0b1",
        spanId: "8a5b6c7d8e9fa0b1",
        spanName: "step",
        _source: "Langchain",
        _source_type: "Agent",
        source_metadata: '{"type":"chain","status":"ok"}',
        _user: "ada",
      },
      trace_id: "0198f7a21c3d7e4f8a5b6c7d8e9fa0b1",
      span_id: "8a5b6c7d8e9fa0b1",
      span_name: "step",
    });
    expect(sink.records[0]).not.toHaveProperty("parent_span_id");
    await tracing.shutdown();
  });

  it("sends by itself once the first record has waited for the interval", async () => {
    const tracing = tracingTo({ batch: { flushIntervalMs: 10 } });
    recordRun(tracing, "a");
    await expect.poll(() => sink.records.length).toBe(1);
    expect(tracing.stats()).toMatchObject({ sent: 1, pending: 0 });
    await tracing.shutdown();
  });

  it("cuts batches by records and by bytes; a larger record goes alone", async () => {
    const tracing = tracingTo({ batch: { maxRecords: 3, maxBytes: 6_000 } });
    for (let run = 0; run < 7; run++) recordRun(tracing, `small-${run}`);
    for (let run = 0; run < 3; run++) recordRun(tracing, `large-${run}`, "x".repeat(10_000));
    await tracing.flush();
    expect(sink.requests.map((request) => request.records.length)).toEqual([3, 3, 1, 1, 1, 1]);
    await tracing.shutdown();
  });
});

describe("flush", () => {
  it("covers what was recorded before the call, also while a request is under way", async () => {
    sink.answerWith((_request, index) => (index === 0 ? { delayMs: 50 } : undefined));
    const tracing = tracingTo();
    recordRun(tracing, "a");
    const first = tracing.flush();
    recordRun(tracing, "b");
    expect((await tracing.flush()).sent).toBe(2);
    expect((await first).sent).toBeGreaterThanOrEqual(1);
    await tracing.shutdown();
  });

  it("is bounded, never rejects, and reports what is still waiting", async () => {
    sink.answerWith(() => ({ fault: "silence" }));
    const tracing = tracingTo();
    recordRun(tracing, "a");
    expect(await tracing.flush({ timeoutMs: 50 })).toMatchObject({ sent: 0, dropped: 0, pending: 1 });
    expect(await tracing.shutdown({ timeoutMs: 50 })).toMatchObject({
      dropped: 1,
      pending: 0,
      droppedByReason: { shutdown: 1 },
    });
  });
});

describe("refusals", () => {
  it("503, a reset and half an answer are tried again", async () => {
    const faults = [{ status: 503 }, { fault: "reset" }, { fault: "half" }] as const;
    sink.answerWith((_request, index) => faults[index]);
    const tracing = tracingTo({ retry: { minDelayMs: 1 } });
    recordRun(tracing, "a");
    expect(await tracing.flush()).toMatchObject({ sent: 1, dropped: 0 });
    expect(sink.requests).toHaveLength(4);
    await tracing.shutdown();
  });

  it("429 waits as long as Retry-After says", async () => {
    sink.answerWith((_request, index) => (index === 0 ? { status: 429, headers: { "retry-after": "1" } } : undefined));
    const tracing = tracingTo({ retry: { minDelayMs: 1 } });
    recordRun(tracing, "a");
    const before = Date.now();
    expect(await tracing.flush()).toMatchObject({ sent: 1 });
    expect(Date.now() - before).toBeGreaterThanOrEqual(990);
    await tracing.shutdown();
  });

  it("one record that the server refuses costs itself only", async () => {
    sink.answerWith(({ text }) => (text.includes("poison") ? { status: 400, body: "bad record" } : undefined));
    const tracing = tracingTo();
    for (let run = 0; run < 99; run++) recordRun(tracing, `run-${run}`, run === 42 ? "poison" : "fine");
    expect(await tracing.flush()).toMatchObject({ sent: 98, dropped: 1, droppedByReason: { rejected: 1 } });
    expect(told.map(({ code }) => code)).toEqual(["rejected"]);
    await tracing.shutdown();
  });

  it("413 splits down to the record that is too large", async () => {
    sink.answerWith(({ text }) => (text.length > 20_000 || text.includes("huge") ? { status: 413 } : undefined));
    const tracing = tracingTo();
    for (let run = 0; run < 20; run++)
      recordRun(tracing, `run-${run}`, `${run === 7 ? "huge" : ""}${"x".repeat(3_000)}`);
    expect(await tracing.flush()).toMatchObject({ sent: 19, dropped: 1, droppedByReason: { too_large: 1 } });
    await tracing.shutdown();
  });

  it("a record that is too large alone is trimmed: model, usage, ids and times stay", async () => {
    sink.answerWith(({ text }) => (text.length > 40_000 ? { status: 413 } : undefined));
    const tracing = tracingTo();
    const input = {
      model: "m",
      messages: Array.from({ length: 50 }, () => ({ role: "user", content: "x".repeat(3_000) })),
    };
    tracing.record(
      { kind: "start", runId: "large", type: "llm", name: "m", input, model: { provider: "openai" } },
      ORIGIN,
    );
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    const choices = [{ message: { role: "assistant", content: "y".repeat(100_000) } }];
    tracing.record({ kind: "end", runId: "large", output: { model: "m-1", choices, usage } }, ORIGIN);
    expect(await tracing.flush()).toMatchObject({ sent: 1, dropped: 0 });
    expect(sink.spans()[0]).toMatchObject({ input: { model: "m" }, output: { model: "m-1", usage } });
    expect(sink.requests.at(-1)?.text).toContain("[truncated");
    expect(tracing.stats().truncated).toBe(1);
    await tracing.shutdown();
  });

  it("a refused key is told once, and is not hammered; what waits is kept", async () => {
    sink.answerWith(() => ({ status: 401, body: "no" }));
    const tracing = tracingTo({ apiKey: "pk-wrong", batch: { flushIntervalMs: 5 } });
    recordRun(tracing, "a");
    expect(await tracing.flush()).toMatchObject({ sent: 0, dropped: 0, pending: 1 });
    recordRun(tracing, "b");
    await tracing.flush();
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(sink.requests).toHaveLength(1);
    expect(told).toHaveLength(1);
    expect(told[0]?.message).toMatch(/refused the API key \(HTTP 401\).*completions\.write and logs\.write/);
    expect(told[0]?.message).not.toContain("pk-wrong");
    expect(await tracing.shutdown()).toMatchObject({ pending: 0, droppedByReason: { unauthorized: 2 } });
  });

  it("a gateway without a log API is named, once, and not asked again for every record", async () => {
    const body = '{"status":"failure","message":"Either x-portkey-config or x-portkey-provider header is required"}';
    sink.answerWith(() => ({ status: 400, body }));
    const tracing = tracingTo();
    for (let run = 0; run < 8; run++) recordRun(tracing, `run-${run}`);
    expect(await tracing.flush()).toMatchObject({ dropped: 8 });
    expect(sink.requests).toHaveLength(1);
    expect(told.map(({ code }) => code)).toEqual(["gateway_without_logs"]);
    await tracing.shutdown();
  });
});

describe("bounds", () => {
  it("a full queue drops the oldest, counted", async () => {
    let isOut = true;
    sink.answerWith(() => (isOut ? { status: 503 } : undefined));
    const tracing = tracingTo({ queue: { maxRecords: 5 }, retry: { minDelayMs: 5 } });
    for (let run = 0; run < 14; run++) recordRun(tracing, `run-${run}`, `input-${run}`);
    // Five are out, and five wait: the oldest of those that wait are gone.
    expect(tracing.stats()).toMatchObject({
      recorded: 14,
      dropped: 4,
      pending: 10,
      droppedByReason: { queue_overflow: 4 },
    });
    isOut = false;
    await tracing.shutdown();
    const arrived = sink.spans().map((span) => span.input);
    expect(arrived).toEqual([0, 1, 2, 3, 4, 9, 10, 11, 12, 13].map((run) => `input-${run}`));
  });

  it("what comes after shutdown is counted as lost", async () => {
    const tracing = tracingTo();
    await tracing.shutdown();
    recordRun(tracing, "late");
    expect(tracing.stats()).toMatchObject({ recorded: 1, dropped: 1, droppedByReason: { shutdown: 1 } });
  });
});

describe("switched off", () => {
  it("with neither key nor collector: one line that names the option, the variable and the collector", async () => {
    const tracing = createTracing({ onDiagnostic: (diagnostic) => told.push(diagnostic) });
    recordRun(tracing, "a");
    expect(tracing.enabled).toBe(false);
    expect(await tracing.flush()).toMatchObject({ recorded: 0 });
    expect(told).toHaveLength(1);
    expect(told[0]?.message).toMatch(/apiKey.*PORTKEY_API_KEY.*npx portkey-traces.*PORTKEY_BASE_URL/);
  });

  it("by option, without a word", () => {
    expect(tracingTo({ enabled: false }).enabled).toBe(false);
    expect(told).toEqual([]);
  });
});

describe("content", () => {
  it("a redactor that throws withholds what it was given, counted and told", async () => {
    const tracing = tracingTo({
      redact: (value, field) => {
        if (field === "input") throw new Error("secret in here");
        return value;
      },
    });
    recordRun(tracing, "a", "card 4111");
    await tracing.flush();
    expect(sink.requests[0]?.text).not.toContain("4111");
    expect(sink.records[0]?.request.body).toEqual({ input: "[withheld: redactor failed]" });
    expect(tracing.stats().redactionFailures).toBe(1);
    expect(JSON.stringify(told)).not.toContain("secret in here");
    await tracing.shutdown();
  });

  it("is left out where capture says so; model, parameters and usage stay", async () => {
    const tracing = tracingTo({ capture: { inputs: false, outputs: false } });
    recordRun(tracing, "a", "private question", "private answer");
    const input = { model: "m", temperature: 0, messages: [{ role: "user", content: "private question" }] };
    tracing.record({ kind: "start", runId: "b", type: "llm", name: "m", input, model: {} }, ORIGIN);
    const output = { model: "m-1", choices: [{ message: { content: "private answer" } }], usage: { total_tokens: 3 } };
    tracing.record({ kind: "end", runId: "b", output }, ORIGIN);
    await tracing.flush();
    expect(sink.requests[0]?.text).not.toContain("private");
    expect(sink.records[1]?.request.body).toEqual({ model: "m", temperature: 0 });
    expect(sink.records[1]?.response.body).toMatchObject({ model: "m-1", usage: { total_tokens: 3 } });
    await tracing.shutdown();
  });

  it("secrets under well-known names never leave", async () => {
    const tracing = tracingTo();
    recordRun(tracing, "a", {
      config: { apiKey: "sk-1", headers: { "X-Portkey-Api-Key": "pk-2", Authorization: "Bearer 3" } },
    });
    await tracing.flush();
    expect(sink.requests[0]?.text).not.toMatch(/sk-1|pk-2|Bearer 3/);
    await tracing.shutdown();
  });
});

describe("by hand", () => {
  it("withTrace and span nest, also across awaits, and pass results and errors on", async () => {
    const tracing = tracingTo();
    const boom = new RangeError("boom");
    const result = tracing.withTrace({ name: "checkout", traceId: "order-7", metadata: { _user: "ada" } }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(tracing.span("rank", () => 7)).toBe(7);
      await tracing.span("ship", () => Promise.reject(boom));
    });
    await expect(result).rejects.toBe(boom);
    await tracing.flush();
    const [rank, ship, root] = sink.spans();
    expect(root).toMatchObject({ name: "checkout", traceId: "order-7", status: { code: "error" } });
    for (const span of [rank, ship])
      expect(span).toMatchObject({ traceId: "order-7", parentSpanId: root?.spanId, metadata: { _user: "ada" } });
    expect(ship?.status).toMatchObject({ code: "error", error: { type: "RangeError", message: "boom" } });
    await tracing.shutdown();
  });

  it("a call without the function says so", async () => {
    const tracing = tracingTo();
    expect(() => tracing.span("rank", undefined as never)).toThrow(/span\(name, fn\) need a function$/);
    expect(() => tracing.withTrace((() => 7) as never, undefined as never)).toThrow(/withTrace\(options, fn\)/);
    expect(await tracing.shutdown()).toMatchObject({ recorded: 0 });
  });

  it("withTrace continues the trace of another service, and takes ids that are none for none", async () => {
    const tracing = tracingTo();
    tracing.withTrace({ traceId: "order-7", parentSpanId: "00f067aa0ba902b7", name: "continued" }, () => 1);
    tracing.withTrace({ traceId: 5 as never, parentSpanId: {} as never, name: "anew" }, () => 2);
    await tracing.flush();
    const [continued, anew] = sink.spans();
    expect(continued).toMatchObject({ traceId: "order-7", parentSpanId: "00f067aa0ba902b7" });
    expect(anew?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(anew?.parentSpanId).toBeUndefined();
    await tracing.shutdown();
  });

  it("50 traces at once stay apart", async () => {
    const tracing = tracingTo();
    const one = (id: number) =>
      tracing.withTrace({ name: `root-${id}` }, async () => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
        await tracing.span(`inner-${id}`, () => new Promise((resolve) => setTimeout(resolve, Math.random() * 10)));
      });
    await Promise.all(Array.from({ length: 50 }, (_, id) => one(id)));
    await tracing.flush();
    const spans = sink.spans();
    const roots = new Map(spans.filter((span) => span.name.startsWith("root")).map((span) => [span.spanId, span]));
    for (const inner of spans.filter((span) => span.name.startsWith("inner"))) {
      expect(roots.get(inner.parentSpanId ?? "")?.name).toBe(inner.name.replace("inner", "root"));
    }
    expect(roots.size).toBe(50);
    await tracing.shutdown();
  });
});
