import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Exporter, type ExporterOptions } from "./exporter.ts";
import { manualRuntime } from "./manual-runtime.ts";
import { RecordQueue } from "./record-queue.ts";
import type { Outcome, Transport } from "./transport/transport.ts";

const record = (size: number): Uint8Array => new Uint8Array(size).fill(0x20);

function exporterWith(transport: Transport, options: Partial<ExporterOptions> = {}) {
  const runtime = manualRuntime();
  const exporter = new Exporter({
    batch: { maxRecords: 5, maxBytes: 1_000, flushIntervalMs: 100 },
    store: (events) => new RecordQueue({ maxRecords: 20, maxBytes: 5_000 }, events),
    transport,
    deadlineMs: 60_000,
    runtime,
    onRefusal: () => undefined,
    onDrop: () => undefined,
    onDiagnostic: () => undefined,
    onPendingChange: () => undefined,
    ...options,
  });
  return { exporter, runtime };
}

/** Lets promises settle. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

describe("when a batch is sent", () => {
  it("at the interval after the first record, however many follow", async () => {
    const sent: number[] = [];
    const { exporter, runtime } = exporterWith({
      send: async (batch) => {
        sent.push(batch.records.length);
        return { kind: "accepted" };
      },
    });
    for (let trickle = 0; trickle < 4; trickle++) {
      exporter.enqueue(record(10));
      runtime.advance(30);
    }
    await settle();
    expect(sent).toEqual([4]);
  });

  it("at once when it is full", async () => {
    const sent: number[] = [];
    const { exporter } = exporterWith({
      send: async (batch) => {
        sent.push(batch.records.length);
        return { kind: "accepted" };
      },
    });
    for (let n = 0; n < 6; n++) exporter.enqueue(record(10));
    await settle();
    expect(sent).toEqual([5]);
    expect(exporter.pending).toBe(1);
  });

  it("one at a time", async () => {
    let underWay = 0;
    let most = 0;
    const { exporter } = exporterWith({
      send: async () => {
        most = Math.max(most, ++underWay);
        await settle();
        underWay -= 1;
        return { kind: "accepted" };
      },
    });
    for (let n = 0; n < 20; n++) exporter.enqueue(record(10));
    await Promise.all([exporter.flush(1_000), exporter.flush(1_000)]);
    expect(most).toBe(1);
    expect(exporter.report().sent).toBe(20);
  });
});

describe("the interval", () => {
  it("is not put off by a batch that is out meanwhile", async () => {
    const sent: number[] = [];
    const { exporter, runtime } = exporterWith({
      send: async (batch) => {
        if (sent.length === 0) await new Promise<void>((resolve) => runtime.schedule(resolve, 60));
        sent.push(batch.records.length);
        return { kind: "accepted" };
      },
    });
    for (let n = 0; n < 5; n++) exporter.enqueue(record(10));
    exporter.enqueue(record(10));
    runtime.advance(60);
    await settle();
    expect(sent).toEqual([5]);
    runtime.advance(40);
    await settle();
    expect(sent).toEqual([5, 1]);
  });
});

describe("a flush", () => {
  it("waits for what was recorded before it, whatever is lost at the door meanwhile", async () => {
    let answer = (): void => undefined;
    const { exporter } = exporterWith({
      send: () =>
        new Promise((resolve) => {
          answer = () => resolve({ kind: "accepted" });
        }),
    });
    for (let n = 0; n < 3; n++) exporter.enqueue(record(10));
    let isOver = false;
    const flushed = exporter.flush(1_000).finally(() => {
      isOver = true;
    });
    for (let n = 0; n < 4; n++) exporter.enqueue(record(6_000));
    await settle();
    expect(isOver).toBe(false);
    answer();
    expect(await flushed).toMatchObject({ recorded: 7, sent: 3, dropped: 4, droppedByReason: { too_large: 4 } });
  });

  it("after shutdown has nothing to wait for, though records wait on disk", async () => {
    const { exporter } = exporterWith({ send: async () => ({ kind: "accepted" }) });
    await exporter.shutdown(1_000);
    exporter.enqueue(record(10));
    expect(await exporter.flush(1_000)).toMatchObject({ recorded: 1, dropped: 1 });
  });
});

describe("a transport that misbehaves", () => {
  it("by throwing costs its batch, counted", async () => {
    const { exporter } = exporterWith({ send: () => Promise.reject(new Error("bug")) });
    exporter.enqueue(record(10));
    expect(await exporter.flush(1_000)).toMatchObject({ dropped: 1, droppedByReason: { transport_failed: 1 } });
  });
});

describe("a store that outlives the process", () => {
  class DurableQueue extends RecordQueue {
    override readonly durable = true;
  }

  it("keeps what used up its retries, and is tried again though nothing new comes", async () => {
    const answers: Outcome[] = [{ kind: "rejected", reason: "retries_exhausted", message: "down" }];
    const refusals: unknown[] = [];
    const { exporter, runtime } = exporterWith(
      { send: async () => answers.shift() ?? { kind: "accepted" } },
      {
        store: (events) => new DurableQueue({ maxRecords: 20, maxBytes: 5_000 }, events),
        onRefusal: (refusal) => refusals.push(refusal),
      },
    );
    exporter.enqueue(record(10));
    runtime.advance(100);
    await settle();
    expect(exporter.report()).toMatchObject({ sent: 0, dropped: 0, pending: 1 });
    expect(refusals).toEqual([]);
    runtime.advance(5_000);
    await settle();
    expect(exporter.report()).toMatchObject({ sent: 1, pending: 0 });
  });

  it("is left alone for a while, also when batches are full; a flush tries at once", async () => {
    let calls = 0;
    const { exporter, runtime } = exporterWith(
      {
        send: async () => {
          calls += 1;
          return { kind: "rejected", reason: "retries_exhausted", message: "down" };
        },
      },
      { store: (events) => new DurableQueue({ maxRecords: 20, maxBytes: 5_000 }, events) },
    );
    for (let n = 0; n < 12; n++) exporter.enqueue(record(10));
    await settle();
    runtime.advance(4_000);
    await settle();
    expect(calls).toBe(1);
    expect(await exporter.flush(1_000)).toMatchObject({ pending: 12 });
    expect(calls).toBe(2);
  });
});

describe("shutdown never rejects and never hangs", () => {
  it.each<[string, Transport]>([
    ["close throws", { send: async () => ({ kind: "accepted" }), close: () => Promise.reject(new Error("no")) }],
    [
      "close throws at once",
      {
        send: async () => ({ kind: "accepted" }),
        close: () => {
          throw new Error("no");
        },
      },
    ],
    ["close never settles", { send: async () => ({ kind: "accepted" }), close: () => new Promise(() => undefined) }],
    ["send never settles", { send: () => new Promise(() => undefined) }],
  ])("%s", async (_name, transport) => {
    const { exporter, runtime } = exporterWith(transport);
    exporter.enqueue(record(10));
    const ending = exporter.shutdown(1_000);
    for (let turn = 0; turn < 5; turn++) {
      await settle();
      runtime.advance(1_000);
    }
    const { recorded, sent, dropped, pending } = await ending;
    expect([recorded, sent + dropped, pending]).toEqual([1, 1, 0]);
  });
});

describe("an interrupted request", () => {
  it("keeps its records waiting, also when more than a batch waits", async () => {
    const stubborn: Transport = {
      send: (_batch, signal) =>
        new Promise((resolve) => {
          const stop = (): void => resolve({ kind: "rejected", reason: "shutdown", message: "stopped" });
          if (signal.aborted) stop();
          else signal.addEventListener("abort", stop);
        }),
    };
    const { exporter } = exporterWith(stubborn);
    for (let n = 0; n < 12; n++) exporter.enqueue(record(10));
    await exporter.interrupt();
    expect(exporter.report()).toMatchObject({ recorded: 12, sent: 0, dropped: 0, pending: 12 });
  });

  it("is sent after a second where the program goes on, and not at once", async () => {
    const sent: number[] = [];
    const { exporter, runtime } = exporterWith({
      async send(batch, signal) {
        await Promise.resolve();
        if (signal.aborted) return { kind: "rejected", reason: "shutdown", message: "stopped" };
        sent.push(batch.records.length);
        return { kind: "accepted" };
      },
    });
    exporter.enqueue(record(10));
    runtime.advance(100);
    await exporter.interrupt();
    runtime.advance(999);
    await settle();
    expect(sent).toEqual([]);
    runtime.advance(1);
    await settle();
    expect(sent).toEqual([1]);
  });
});

describe("in any order of records, failures, flushes and shutdown", () => {
  const outcome = fc.constantFrom<Outcome | "throw">(
    { kind: "accepted" },
    { kind: "accepted" },
    { kind: "rejected", reason: "rejected", message: "no", aboutContent: true },
    { kind: "rejected", reason: "too_large", message: "no", aboutContent: true },
    { kind: "rejected", reason: "retries_exhausted", message: "no" },
    { kind: "rejected", reason: "unauthorized", message: "no" },
    { kind: "retryable", message: "a wrapper forgot" },
    "throw",
  );
  const step = fc.oneof(
    fc.record({ do: fc.constant("record" as const), size: fc.integer({ min: 1, max: 6_000 }) }),
    fc.record({ do: fc.constant("advance" as const), ms: fc.integer({ min: 1, max: 70_000 }) }),
    fc.constant({ do: "flush" as const }),
    fc.constant({ do: "interrupt" as const }),
    fc.constant({ do: "lose" as const }),
  );
  const anyStep = fc.oneof({ weight: 5, arbitrary: step }, fc.constant({ do: "shutdown" as const }));
  const fates = fc.array(outcome, { maxLength: 20 });

  /** Answers by the outcomes in turn, and takes all that comes after. */
  const answering = (outcomes: readonly (Outcome | "throw")[]): Transport => {
    let call = 0;
    return {
      send: async () => {
        const next = outcomes[call++] ?? { kind: "accepted" as const };
        await Promise.resolve();
        if (next === "throw") throw new Error("thrown");
        return next;
      },
    };
  };

  it("nothing waits for ever: time alone brings all out, once the server takes it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fates, async (steps, outcomes) => {
        const { exporter, runtime } = exporterWith(answering(outcomes));
        for (const each of steps) {
          if (each.do === "record") exporter.enqueue(record(each.size));
          if (each.do === "advance") runtime.advance(each.ms);
          if (each.do === "flush") void exporter.flush(1_000);
          if (each.do === "interrupt") void exporter.interrupt();
          await Promise.resolve();
        }
        for (let turn = 0; turn < 40; turn++) {
          await settle();
          runtime.advance(70_000);
        }
        await settle();
        expect(exporter.pending).toBe(0);
      }),
    );
  });

  it("sent + dropped + pending = recorded, at every moment, and nothing is pending after shutdown", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), fates, async (steps, outcomes) => {
        const { exporter, runtime } = exporterWith(answering(outcomes));
        let recorded = 0;
        const holds = (): void => {
          const report = exporter.report();
          expect(report.recorded).toBe(recorded);
          expect(report.sent + report.dropped + report.pending).toBe(recorded);
          expect(report.pending).toBeGreaterThanOrEqual(0);
          expect(Object.values(report.droppedByReason).reduce((sum, count) => sum + count, 0)).toBe(report.dropped);
        };
        const flushes: Promise<unknown>[] = [];
        for (const each of steps) {
          if (each.do === "record") exporter.enqueue(record(each.size));
          if (each.do === "lose") exporter.lose("encode_failed");
          if (each.do === "record" || each.do === "lose") recorded += 1;
          if (each.do === "advance") runtime.advance(each.ms);
          if (each.do === "flush") flushes.push(exporter.flush(1_000));
          if (each.do === "interrupt") flushes.push(exporter.interrupt());
          if (each.do === "shutdown") flushes.push(exporter.shutdown(1_000));
          holds();
          await Promise.resolve();
          holds();
        }
        const last = exporter.shutdown(1_000);
        for (let turn = 0; turn < 10; turn++) {
          await settle();
          runtime.advance(2_000);
        }
        await Promise.all([...flushes, last]);
        holds();
        expect(exporter.pending).toBe(0);
      }),
    );
  });
});
