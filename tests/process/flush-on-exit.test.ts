import { createTracing, flushOnExit } from "@portkey-tracing/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ProgramRun, runProgram } from "../support/run-program.ts";
import { type Sink, startSink } from "../support/sink.ts";

let sink: Sink;
beforeEach(async () => {
  sink = await startSink();
});
afterEach(() => sink.close());

const names = (): string[] => sink.spans().map((span) => `${span.name} ${span.status.code}`);
const runCase = (name: string, env = {}): Promise<ProgramRun> =>
  runProgram("exit-cases.mjs", { SINK: sink.baseURL, CASE: name, ...env });
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

  it("leaves the end to a program that listens for the signal only once", async () => {
    const run = await runCase("once for a signal");
    expect(run).toMatchObject({ code: 7, signal: null, stdout: "ended by itself" });
    expect(names()).toEqual(["work ok"]);
  });

  it("leaves an error to a program that listens for it only once", async () => {
    const run = await runCase("once for an error");
    expect(run).toMatchObject({ code: 0, stdout: "handled: of the program's", stderr: "" });
    expect(names()).toEqual(["work ok"]);
  });

  it.each(["signal", "throw"])("serves several clients, and several copies of the package (%s)", async (end) => {
    const run = await runCase("two clients", { END: end });
    expect(run).toMatchObject(end === "throw" ? { code: 1 } : { code: null, signal: "SIGTERM" });
    expect(names().toSorted()).toEqual(["left open unfinished", "of the second ok", "work ok"]);
  });

  it("is still there after a signal that the program survives", async () => {
    expect(await runCase("a signal that is survived")).toMatchObject({ code: null, signal: "SIGTERM" });
    expect(names()).toEqual(["work ok", "later ok"]);
  });

  it("ends the process by the first of several errors", async () => {
    sink.answerWith(() => ({ fault: "silence" }));
    const run = await runCase("two errors");
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("RangeError: the first");
    expect(run.stderr).not.toContain("the second");
  });

  it("tells the error, and keeps its exit code, where the program ends the process meanwhile", async () => {
    sink.answerWith(() => ({ fault: "silence" }));
    const run = await runCase("an error, then exit(0)");
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("RangeError: the first");
  });

  it("holds the process no longer once a second signal comes", async () => {
    sink.answerWith(() => ({ fault: "silence" }));
    expect(await runCase("two signals")).toMatchObject({ code: null, signal: "SIGINT" });
  });

  it("is undone for one client without the others", async () => {
    expect(await runCase("undone in part")).toMatchObject({ code: null, signal: "SIGTERM" });
    expect(names()).toEqual(["work ok"]);
  });

  it("takes no options for none, and refuses signals that nobody can listen for", () => {
    const off = createTracing({ enabled: false });
    const before = process.listenerCount("SIGTERM");
    flushOnExit(off, null)();
    expect(process.listenerCount("SIGTERM")).toBe(before);
    expect(() => flushOnExit(off, { signals: ["SIGKILL" as never] })).toThrow(
      "signals: must be a list of SIGTERM, SIGINT, SIGHUP",
    );
  });
});
