import { describe, expect, it } from "vitest";
import type { OpenRun } from "../open-runs.ts";
import { findByBody } from "./match-body.ts";
import { type Attempt, ModelRequests } from "./model-requests.ts";

const FIRST: Attempt = {
  startTimeMs: 0,
  path: "/v1/chat/completions",
  contentLength: 100,
  isLogged: false,
  sentTraceId: undefined,
  config: undefined,
};

function asking(text: string, ...attempts: Partial<Attempt>[]): OpenRun {
  const requests = new ModelRequests({
    context: { traceId: "t", spanId: "s" },
    parentSpanId: undefined,
    name: text,
    url: "https://api.openai.com/v1/chat/completions",
    hints: { isSure: false, mayQueue: false },
  });
  for (const attempt of attempts) requests.attempts.push({ ...FIRST, ...attempt });
  return { input: { messages: [{ role: "user", content: text }] }, requests } as unknown as OpenRun;
}

function found(text: string, ...runs: OpenRun[]): string | undefined {
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: text }] });
  return findByBody(body, runs)?.name;
}

describe("a request belongs to the call that asks the same", () => {
  it("when that has made none yet", () => {
    expect(found("b", asking("a"), asking("b"))).toBe("b");
    expect(found("c", asking("a"), asking("b"))).toBeUndefined();
  });

  it("when its last one failed, or got no answer", () => {
    expect(found("a", asking("a", { endTimeMs: 1, status: 429 }))).toBe("a");
    expect(found("a", asking("a", { endTimeMs: 1, error: { type: "E", message: "reset" } }))).toBe("a");
  });

  it("not when it has its answer, or waits for one", () => {
    expect(found("a", asking("a", { endTimeMs: 1, status: 200 }))).toBeUndefined();
    expect(found("a", asking("a", {}))).toBeUndefined();
  });

  it("not when several ask it", () => {
    expect(found("a", asking("a"), asking("a", { endTimeMs: 1, status: 500 }))).toBeUndefined();
  });
});
