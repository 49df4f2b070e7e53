import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createTracing,
  type Diagnostic,
  type EventOrigin,
  type Tracing,
  type TracingOptions,
} from "@portkey-tracing/core";
import { fileSpool } from "@portkey-tracing/core/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answer, type Sink, startSink } from "../support/sink.ts";

const ORIGIN: EventOrigin = { source: "Langchain" };
const QUICK = { minDelayMs: 5, maxDelayMs: 50 };
let sink: Sink;
let told: Diagnostic[];
let tracing: Tracing;

beforeEach(async () => {
  sink = await startSink();
  told = [];
});
afterEach(async () => {
  await tracing.shutdown({ timeoutMs: 0 });
  await sink.close();
});

function start(options: TracingOptions = {}): Tracing {
  tracing = createTracing({
    baseURL: sink.baseURL,
    retry: QUICK,
    onDiagnostic: (diagnostic) => told.push(diagnostic),
    ...options,
  });
  return tracing;
}

let lastRun = 0;
function record(count: number, input = "in"): void {
  for (let run = 0; run < count; run++) {
    const runId = `run-${lastRun++}`;
    tracing.record({ kind: "start", runId, type: "chain", name: "step", input }, ORIGIN);
    tracing.record({ kind: "end", runId, output: "out" }, ORIGIN);
  }
}

const distinct = (): number => new Set(sink.spans().map((span) => span.spanId)).size;

describe("an endpoint that is out for a while loses nothing within the bounds of the queue", () => {
  it.each<[string, (index: number) => Answer]>([
    ["a storm of 503", () => ({ status: 503 })],
    ["resets", () => ({ fault: "reset" })],
    ["half answers", () => ({ fault: "half" })],
    ["429 without Retry-After", () => ({ status: 429 })],
    [
      "all of them in turn",
      (index) =>
        ([{ status: 500 }, { fault: "reset" }, { status: 408 }, { fault: "half" }] as const)[index % 4] ?? {
          status: 503,
        },
    ],
  ])("%s", async (_name, fault) => {
    start();
    let out = true;
    sink.answerWith((_request, index) => (out ? fault(index) : undefined));
    record(700);
    await new Promise((resolve) => setTimeout(resolve, 150));
    out = false;
    expect(await tracing.flush()).toMatchObject({ recorded: 700, sent: 700, dropped: 0, pending: 0 });
    expect(distinct()).toBe(700);
  });
});

describe("an endpoint that is slow", () => {
  it("with its headers: the attempt is given up and made again", async () => {
    start({ retry: { ...QUICK, attemptTimeoutMs: 50 } });
    sink.answerWith((_request, index) => (index === 0 ? { fault: "silence" } : undefined));
    record(1);
    expect(await tracing.flush()).toMatchObject({ sent: 1 });
    // More than one may be given up where this process was busy.
    expect(sink.requests.length).toBeGreaterThanOrEqual(2);
  });

  it("with its body: what was answered 200 counts as accepted, and is not sent again", async () => {
    start({ retry: { ...QUICK, attemptTimeoutMs: 900 } });
    sink.answerWith((_request, index) => (index === 0 ? { fault: "stalled-body" } : undefined));
    record(3);
    expect(await tracing.flush()).toMatchObject({ sent: 3, dropped: 0 });
    expect(sink.records).toHaveLength(3);
    record(2);
    expect(await tracing.flush()).toMatchObject({ sent: 5, dropped: 0 });
    expect(sink.records).toHaveLength(5);
  });

  it("does not slow the program: recording never waits", async () => {
    start();
    sink.answerWith(() => ({ fault: "silence" }));
    record(1_000);
    expect(tracing.stats()).toMatchObject({ recorded: 1_000, pending: 1_000 });
  });
});

describe("an answer that is lost", () => {
  it("means a resend with the same ids, so that nothing is counted twice", async () => {
    start();
    sink.answerWith((_request, index) => (index === 0 ? { fault: "accept-then-reset" } : undefined));
    record(10);
    expect(await tracing.flush()).toMatchObject({ sent: 10, dropped: 0 });
    expect(sink.records).toHaveLength(20);
    expect(distinct()).toBe(10);
  });
});

describe("Retry-After", () => {
  it("as a date is kept", async () => {
    start();
    const date = new Date(Date.now() + 2_000).toUTCString();
    sink.answerWith((_request, index) => (index === 0 ? { status: 503, headers: { "retry-after": date } } : undefined));
    record(1);
    const before = Date.now();
    await tracing.flush();
    // A date has whole seconds: at least one of the two is left.
    expect(Date.now() - before).toBeGreaterThanOrEqual(900);
    expect(sink.requests).toHaveLength(2);
  });

  it("beyond the deadline is kept, too: nothing is asked, and nothing lost, until then", async () => {
    start({ retry: { ...QUICK, deadlineMs: 200 }, batch: { flushIntervalMs: 20 } });
    sink.answerWith(() => ({ status: 429, headers: { "retry-after": "3600" } }));
    record(3);
    expect(await tracing.flush()).toMatchObject({ dropped: 0, pending: 3 });
    record(2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await tracing.flush()).toMatchObject({ dropped: 0, pending: 5 });
    expect(sink.requests).toHaveLength(1);
  });
});

describe("a host that does not exist", () => {
  it("is told once, costs nothing but its spans, and those by name", async () => {
    start({ baseURL: "https://no-such-host.invalid/v1", apiKey: "pk", retry: { ...QUICK, deadlineMs: 3_000 } });
    record(5);
    expect(await tracing.flush()).toMatchObject({ dropped: 5, droppedByReason: { retries_exhausted: 5 } });
    expect(told.map(({ code }) => code).toSorted()).toEqual(["dropped", "unreachable"]);
    expect(JSON.stringify(told)).not.toContain("pk");
  });
});

describe("one bad record", () => {
  it("among a hundred of all sizes costs itself only", async () => {
    start();
    sink.answerWith(({ text }) => (text.includes("poison") ? { status: 422, body: "no" } : undefined));
    for (let run = 0; run < 100; run++) record(1, run === 61 ? "poison" : "x".repeat((run * 977) % 20_000));
    expect(await tracing.flush()).toMatchObject({ sent: 99, dropped: 1, droppedByReason: { rejected: 1 } });
    expect(distinct()).toBe(99);
  });
});

describe.each(["in memory", "on disk"])(
  "records on which the server fails with 500 whenever they come, %s",
  (where) => {
    let directory: string;
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), "portkey-tracing-"));
      start(where === "on disk" ? { spool: fileSpool({ directory }) } : {});
      sink.answerWith(({ text }) => (text.includes("poison") ? { status: 500 } : undefined));
    });
    afterEach(async () => {
      await tracing.shutdown();
      rmSync(directory, { recursive: true });
    });

    it("hold up no other of their batch", async () => {
      for (let run = 0; run < 100; run++) record(1, run === 61 ? "poison" : "fine");
      expect(await tracing.flush()).toMatchObject({ sent: 99, dropped: 0, pending: 1 });
      expect(distinct()).toBe(99);
    });

    it("hold up none that come after them, where they are all there is at first", async () => {
      record(2, "poison");
      expect(await tracing.flush()).toMatchObject({ sent: 0, pending: 2 });
      record(50);
      expect(await tracing.flush()).toMatchObject({ sent: 50, dropped: 0, pending: 2 });
    });
  },
);

describe("a server that fails on most of what it gets, by chance", () => {
  it.each([500, 502])("with %d costs nothing", async (status) => {
    start({ batch: { maxRecords: 50 } });
    let seed = 7;
    sink.answerWith(() => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed % 10 < 8 ? { status } : undefined;
    });
    record(300);
    const until = Date.now() + 20_000;
    let report = await tracing.flush();
    while (report.pending > 0 && Date.now() < until) report = await tracing.flush();
    expect(report).toMatchObject({ sent: 300, dropped: 0, pending: 0 });
    expect(distinct()).toBe(300);
  });
});

describe("413", () => {
  it("with records of all sizes delivers every one, the largest of them cut", async () => {
    start();
    sink.answerWith(({ text }) => (text.length > 30_000 ? { status: 413 } : undefined));
    for (let run = 0; run < 60; run++) record(1, "y".repeat((run * 1_499) % 90_000));
    expect(await tracing.flush()).toMatchObject({ sent: 60, dropped: 0 });
    expect(distinct()).toBe(60);
    expect(tracing.stats().truncated).toBeGreaterThan(0);
  });

  it.each([2_000, 5_000, 20_000])("for more than %d bytes delivers all that fit", async (limit) => {
    start();
    sink.answerWith(({ text }) => (text.length > limit ? { status: 413 } : undefined));
    record(60);
    expect(await tracing.flush()).toMatchObject({ sent: 60, dropped: 0 });
  });
});
