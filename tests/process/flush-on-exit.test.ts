import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runProgram } from "../support/run-program.ts";
import { type Sink, startSink } from "../support/sink.ts";

let sink: Sink;
beforeEach(async () => {
  sink = await startSink();
});
afterEach(() => sink.close());

const names = (): string[] => sink.spans().map((span) => `${span.name} ${span.status.code}`);
const ALL = ["work ok", "left open unfinished"];

describe("flushOnExit", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "sends everything before %s ends the process, by that signal",
    async (signal) => {
      const run = await runProgram("flush-on-exit.mjs", { SINK: sink.baseURL }, { killOn: "ready", signal });
      expect(run).toMatchObject({ code: null, signal, stderr: "" });
      expect(names()).toEqual(ALL);
    },
  );

  it("leaves the end to the program that listens for the signal itself", async () => {
    const run = await runProgram(
      "flush-on-exit.mjs",
      { SINK: sink.baseURL, OWN_LISTENER: "1" },
      { killOn: "ready", signal: "SIGTERM" },
    );
    expect(run).toMatchObject({ code: 7, signal: null });
    expect(names()).toEqual(["work ok"]);
  });

  it("holds the process no longer than it was told to, when the endpoint never answers", async () => {
    sink.answerWith(() => ({ fault: "silence" }));
    const run = await runProgram("flush-on-exit.mjs", { SINK: sink.baseURL }, { killOn: "ready", signal: "SIGTERM" });
    expect(run).toMatchObject({ code: null, signal: "SIGTERM" });
  });

  it.each([
    ["throw", "RangeError: nobody catches this"],
    ["reject", "RangeError: nobody handles this"],
  ])(
    "sends everything before an error that nobody handles (%s) ends the process as it would have",
    async (end, message) => {
      const run = await runProgram("flush-on-exit.mjs", { SINK: sink.baseURL, END: end });
      expect(run.code).toBe(1);
      expect(run.stderr).toContain(message);
      expect(names()).toEqual(ALL);
    },
  );

  it("can be undone", async () => {
    const run = await runProgram(
      "flush-on-exit.mjs",
      { SINK: sink.baseURL, UNDO: "1" },
      { killOn: "ready", signal: "SIGTERM" },
    );
    expect(run).toMatchObject({ code: null, signal: "SIGTERM" });
    expect(names()).toEqual([]);
  });
});
