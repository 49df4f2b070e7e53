import { describe, expect, it } from "vitest";
import { type Attempt, type CallHints, ModelRequests } from "./model-requests.ts";

const request = { path: "/v1/chat/completions", contentLength: 100, retry: 0 };

function call(hints: Partial<CallHints>, ...attempts: Partial<Attempt>[]): ModelRequests {
  const context = { traceId: "t", spanId: "s" };
  const all = { isSure: false, mayQueue: false, ...hints };
  const requests = new ModelRequests({ context, parentSpanId: undefined, name: "m", url: undefined, hints: all });
  for (const attempt of attempts) {
    requests.attempts.push({
      startTimeMs: 0,
      ...request,
      isLogged: false,
      sentTraceId: "t",
      config: undefined,
      ...attempt,
    });
  }
  return requests;
}

const failed = { endTimeMs: 1, status: 503 };

describe("a request in the context of a model's call is the call's own", () => {
  it("when it is the first", () => {
    expect(call({}).owns(request)).toBe(true);
    expect(call({ mayQueue: true }).owns(request)).toBe(true);
  });

  it("when it repeats one that failed, or got no answer", () => {
    expect(call({}, failed).owns(request)).toBe(true);
    expect(call({}, { endTimeMs: 1, error: { type: "E", message: "reset" } }).owns(request)).toBe(true);
  });

  it("always, where only its requests are made there", () => {
    expect(call({ isSure: true }, { endTimeMs: 1, status: 200 }).owns(request)).toBe(true);
  });

  it("not when the call was answered, is being answered, or is over", () => {
    expect(call({}, { endTimeMs: 1, status: 200 }).owns(request)).toBe(false);
    expect(call({}, {}).owns(request)).toBe(false);
    const over = call({});
    over.hasEnded = true;
    expect(over.owns(request)).toBe(false);
  });

  it("not when it asks something else than the one that failed", () => {
    expect(call({}, failed).owns({ ...request, contentLength: 101 })).toBe(false);
    expect(call({}, failed).owns({ ...request, path: "/v1/embeddings" })).toBe(false);
  });

  it("not where another call's request may come out of the model's queue, unless it says that it is a repetition", () => {
    expect(call({ mayQueue: true }, failed).owns(request)).toBe(false);
    expect(call({ mayQueue: true }, failed).owns({ ...request, retry: 1 })).toBe(true);
  });

  it("not where several calls share the context", () => {
    const shared = call({});
    shared.isAmbiguous = true;
    expect(shared.owns(request)).toBe(false);
  });
});
