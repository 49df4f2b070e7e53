import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Span } from "@portkey-tracing/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runProgram } from "../support/run-program.ts";
import { type Sink, startSink } from "../support/sink.ts";

let sink: Sink;
beforeEach(async () => {
  sink = await startSink();
});
afterEach(() => sink.close());

describe("a system clock that is set back and ahead", () => {
  it.each(["in memory", "on disk"])("changes no time and loses nothing that waits %s", async (where) => {
    const directory = mkdtempSync(join(tmpdir(), "portkey-tracing-"));
    let asked = false;
    sink.answerWith(() => {
      if (asked) return undefined;
      asked = true;
      return { status: 429, headers: { "retry-after": new Date(Date.now() + 1_000).toUTCString() } };
    });
    const run = await runProgram("clock-steps.mjs", {
      SINK: sink.baseURL,
      ...(where === "on disk" ? { SPOOL: directory } : {}),
    });
    rmSync(directory, { recursive: true });
    expect(run).toMatchObject({ code: 0, stdout: '{"sent":3,"dropped":0,"pending":0}', stderr: "" });
    const [back, ahead, outer] = sink.spans();
    if (back === undefined || ahead === undefined || outer === undefined) throw new Error("a span is missing");
    const end = (span: Span): number => span.startTimeMs + span.durationMs;
    expect(Math.abs(Date.now() - outer.startTimeMs)).toBeLessThan(60_000);
    expect(back.durationMs).toBeGreaterThan(30);
    expect(ahead.startTimeMs).toBeGreaterThanOrEqual(end(back) - 0.01);
    expect(end(outer)).toBeGreaterThanOrEqual(end(ahead) - 0.01);
  });
});
