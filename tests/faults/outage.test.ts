import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createTracing, type EventOrigin, type Tracing, type TracingOptions } from "@portkey-tracing/core";
import { fileSpool } from "@portkey-tracing/core/node";
import { describe, expect, it } from "vitest";
import { startSink } from "../support/sink.ts";

const OUTAGE_MS = 30_000;
const ORIGIN: EventOrigin = { source: "Langchain" };

/** What a program records in that time: so many spans, then so long a pause, over and over. */
async function recordFor(tracing: Tracing, count: number, pauseMs: number): Promise<number> {
  const until = performance.now() + OUTAGE_MS;
  let recorded = 0;
  for (; performance.now() < until; recorded += count) {
    for (let n = recorded; n < recorded + count; n++) {
      tracing.record({ kind: "start", runId: `run-${n}`, type: "chain", name: "step", input: "in" }, ORIGIN);
      tracing.record({ kind: "end", runId: `run-${n}`, output: "out" }, ORIGIN);
    }
    await sleep(pauseMs);
    const { pending, sent, dropped } = tracing.stats();
    expect(pending + sent + dropped).toBe(recorded + count);
  }
  return recorded;
}

/** Nobody listens for half a minute, then somebody does. */
async function outage(options: TracingOptions, count: number, pauseMs: number) {
  const before = await startSink();
  await before.close();
  const tracing = createTracing({ baseURL: before.baseURL, onDiagnostic: () => undefined, ...options });
  const recorded = await recordFor(tracing, count, pauseMs);
  const during = tracing.stats();
  const sink = await startSink(Number(new URL(before.baseURL).port));
  const report = await tracing.flush({ timeoutMs: 60_000 });
  const arrived = new Set(sink.records.map((record) => record.span_id)).size;
  await tracing.shutdown();
  await sink.close();
  return { recorded, during, report, arrived };
}

describe.concurrent("30 s without an endpoint", () => {
  it("at full rate: what the queue holds arrives, what went beyond it is counted", { timeout: 120_000 }, async () => {
    const { recorded, during, report, arrived } = await outage({ queue: { maxRecords: 5_000 } }, 100, 0);
    expect(during.pending).toBeLessThanOrEqual(5_000 + 500);
    expect(during.dropped).toBeGreaterThan(0);
    expect(report).toMatchObject({ recorded, pending: 0, droppedByReason: { queue_overflow: report.dropped } });
    expect(arrived).toBe(report.sent);
  });

  it("with a spool: every span arrives", { timeout: 120_000 }, async () => {
    const directory = mkdtempSync(join(tmpdir(), "portkey-tracing-"));
    const { recorded, report, arrived } = await outage({ spool: fileSpool({ directory }) }, 20, 10);
    expect(report).toMatchObject({ recorded, sent: recorded, dropped: 0, pending: 0 });
    expect(arrived).toBe(recorded);
    rmSync(directory, { recursive: true });
  });
});
