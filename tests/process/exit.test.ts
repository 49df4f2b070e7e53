import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startHangingEndpoint } from "../support/hanging-endpoint.ts";
import { runProgram } from "../support/run-program.ts";
import { type Sink, startSink } from "../support/sink.ts";

let sink: Sink;
beforeEach(async () => {
  sink = await startSink();
});
afterEach(() => sink.close());

describe("a process that ends by itself", () => {
  it("delivers what was recorded, and what is open as unfinished", async () => {
    const run = await runProgram("natural-exit.mjs", { SINK: sink.baseURL });
    expect(run).toMatchObject({ code: 0, stdout: "done", stderr: "" });
    expect(sink.spans().map((span) => [span.name, span.status.code])).toEqual([
      ["work", "ok"],
      ["left open", "unfinished"],
    ]);
  });

  it("is not held for long by an endpoint that never answers", async () => {
    sink.answerWith(() => ({ fault: "silence" }));
    const run = await runProgram("natural-exit.mjs", { SINK: sink.baseURL });
    expect(run).toMatchObject({ code: 0, stdout: "done" });
    // Two seconds of waiting, and what it takes to start Node on a busy machine.
    expect(run.durationMs).toBeLessThan(15_000);
  });

  it("is not held by a request that is under way, for longer than it is said", async () => {
    sink.answerWith(() => ({ fault: "silence" }));
    const run = await runProgram("exit-during-request.mjs", { SINK: sink.baseURL });
    expect(run).toMatchObject({ code: 0, stdout: "soon" });
    expect(run.stderr).toContain("could not be sent before the process ended");
  });

  it.each(["", "flush", "shutdown"])("is not held by a connect that hangs (%s)", async (end) => {
    const endpoint = await startHangingEndpoint();
    const run = await runProgram("exit-while-connecting.mjs", { SINK: endpoint.baseURL, END: end });
    await endpoint.close();
    expect(run).toMatchObject({ code: 0, stdout: "soon" });
  });

  it("is not told to wait for longer where the key was refused", async () => {
    sink.answerWith(() => ({ status: 401 }));
    const { stderr } = await runProgram("natural-exit.mjs", { SINK: sink.baseURL });
    expect(stderr).toContain("2 spans could not be sent before the process ended");
    expect(stderr).not.toContain("flush()");
  });

  it("tries once more when an endpoint is back that had been down", async () => {
    let refusals = 0;
    sink.answerWith(() => (refusals++ < 4 ? { status: 503 } : undefined));
    expect(await runProgram("exit-after-backoff.mjs", { SINK: sink.baseURL })).toMatchObject({ code: 0 });
    expect(sink.spans().map((span) => span.name)).toEqual(["work"]);
  });

  it("is not held by an endpoint that is not there", async () => {
    const run = await runProgram("natural-exit.mjs", { SINK: "http://127.0.0.1:1/v1" });
    expect(run).toMatchObject({ code: 0, stdout: "done" });
    expect(run.stderr).toContain("2 spans could not be sent before the process ended; flush() waits for longer");
  });

  it("gets the answer of a flush at the top level, also when the endpoint is down", async () => {
    const run = await runProgram("flush-at-top-level.mjs", { SINK: "http://127.0.0.1:1/v1" });
    expect(run).toMatchObject({ code: 0, stdout: '{"sent":0,"pending":1}' });
    expect(run.stderr).toContain("1 spans could not be sent before the process ended; a spool keeps them on disk");
  });
});

describe("loading", () => {
  it("starts nothing and says nothing", async () => {
    expect(await runProgram("import-only.mjs", {})).toMatchObject({ code: 0, stdout: "", stderr: "" });
  });

  it("two copies in one process make one tree", async () => {
    const run = await runProgram("two-copies.cjs", { SINK: sink.baseURL });
    expect(run.stderr).toBe("");
    const [inner, outer] = sink.spans();
    expect([outer?.name, inner?.name, inner?.parentSpanId]).toEqual(["outer", "inner", outer?.spanId]);
  });

  it("a handler for each request leaves nothing behind", async () => {
    const run = await runProgram("handler-per-request.mjs", { SINK: sink.baseURL }, { node: ["--expose-gc"] });
    expect(run.stderr).toBe("");
    const { alive, listeners } = JSON.parse(run.stdout) as { alive: number; listeners: number };
    expect(alive).toBeLessThan(5);
    expect(listeners).toBe(1);
    expect(sink.records).toHaveLength(50);
  });
});
