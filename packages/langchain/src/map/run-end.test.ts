import { describe, expect, it } from "vitest";
import { toRunError } from "./run-end.ts";

describe("aborts and timeouts", () => {
  it.each([
    [new Error("Abort"), "AbortError", 499],
    [new Error("Aborted"), "AbortError", 499],
    [Object.assign(new Error("Request was aborted."), { name: "AbortError" }), "AbortError", 499],
    [new DOMException("This operation was aborted", "AbortError"), "AbortError", 499],
    [new DOMException("The operation was aborted due to timeout", "TimeoutError"), "TimeoutError", 408],
    [
      Object.assign(new Error('Node "n" exceeded its run timeout'), { name: "NodeTimeoutError" }),
      "NodeTimeoutError",
      408,
    ],
  ])("%s is an error with the HTTP status of its kind", (thrown, type, httpStatus) => {
    expect(toRunError("r", thrown)).toMatchObject({ kind: "error", status: "error", error: { type, httpStatus } });
  });

  it.each([
    new Error("Abort the mission"),
    new TypeError("Aborted"),
    Object.assign(new Error("Aborted"), { status: 500 }),
  ])("%s is none of them", (thrown) => {
    expect(toRunError("r", thrown)).toMatchObject({ status: "error", error: { type: thrown.name } });
    expect(toRunError("r", thrown)).not.toMatchObject({ error: { httpStatus: 499 } });
  });
});

describe("control flow of LangGraph", () => {
  const bubbleUp = (name: string, more: object = {}) =>
    Object.assign(new Error(name), { name, is_bubble_up: true, ...more });

  it("an interrupt waits for a human, with what is asked", () => {
    const interrupt = bubbleUp("GraphInterrupt", { interrupts: [{ value: "ok?" }] });
    expect(toRunError("r", interrupt)).toEqual({ kind: "error", runId: "r", status: "interrupted", value: "ok?" });
  });

  it("several interrupts ask several things", () => {
    const interrupt = bubbleUp("GraphInterrupt", { interrupts: [{ value: "a?" }, { value: "b?" }] });
    expect(toRunError("r", interrupt)).toMatchObject({ status: "interrupted", value: ["a?", "b?"] });
  });

  it("a graph that was asked to stop goes on later, and says why it stopped", () => {
    const drained = bubbleUp("GraphDrained", { reason: "deploy" });
    expect(toRunError("r", drained)).toEqual({ kind: "error", runId: "r", status: "interrupted", value: "deploy" });
  });

  it("a command to the parent graph is an end", () => {
    expect(toRunError("r", bubbleUp("ParentCommand"))).toEqual({ kind: "end", runId: "r" });
  });
});
