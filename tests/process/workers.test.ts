import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runProgram } from "../support/run-program.ts";
import { type Sink, startSink } from "../support/sink.ts";

let sink: Sink;
beforeEach(async () => {
  sink = await startSink();
});
afterEach(() => sink.close());

const names = (): string[] =>
  sink
    .spans()
    .map((span) => span.name)
    .toSorted();

describe("more than one thread or process", () => {
  it("worker threads deliver what they recorded when they end", async () => {
    expect(await runProgram("worker-threads.mjs", { SINK: sink.baseURL })).toMatchObject({
      code: 0,
      stdout: "done",
      stderr: "",
    });
    expect(names()).toEqual(["in a worker", "in a worker"]);
  });

  it("the workers of a cluster deliver, and so does the primary", async () => {
    expect(await runProgram("cluster.mjs", { SINK: sink.baseURL })).toMatchObject({ code: 0, stderr: "" });
    expect(names()).toEqual(["in a worker", "in a worker", "in the primary"]);
  });
});
