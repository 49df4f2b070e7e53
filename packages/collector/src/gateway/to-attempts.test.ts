import { toGatewayAttemptId } from "@portkey-tracing/core/wire";
import { describe, expect, it } from "vitest";
import { readEntry } from "./gateway-log.ts";
import { RequestCounts } from "./request-counts.ts";
import { callOf, toAttempts } from "./to-attempts.ts";

const CALL = { traceId: "trace", spanId: "call", isOwn: true };

/** An entry as the gateway tells it, of targets by their paths; what is not read is in it, too. */
function entryOf(status: number, targets: readonly string[], more: object = {}): ReturnType<typeof readEntry> {
  const requestOptions = targets.map((lastUsedOptionIndex, index) => ({
    createdAt: new Date(Date.UTC(2026, 10, 22) + index * 10).toISOString(),
    executionTime: 10,
    lastUsedOptionIndex,
    hookSpanId: `hook-${index}`,
    providerOptions: { provider: "openai", apiKey: "sk-key", requestURL: "https://u:p@host.example/v1?key=sk-key" },
    transformedRequest: { headers: { authorization: "Bearer sk-key", "x-portkey-trace-id": "trace" } },
    originalResponse: { body: { error: { message: "sk-key", type: "sk-key is no type", code: 429 } } },
    ...more,
  }));
  return readEntry(JSON.stringify({ status, duration: 20, requestOptions }));
}

function idsOf(targets: readonly string[], request = 0): string[] {
  const entry = entryOf(200, targets);
  return entry === undefined ? [] : toAttempts(entry, CALL, request).map((span) => span.spanId);
}

describe("an attempt has the id under which it may have been inferred", () => {
  it("where a target was passed over", () => {
    const [first, last] = idsOf(["config.targets[0]", "config.targets[1]"]);
    expect(first).toBe(toGatewayAttemptId(CALL, 0, 0));
    expect(last).not.toBe(toGatewayAttemptId(CALL, 0, 1));
  });

  it("where several were passed over as one: the last of them", () => {
    const ids = idsOf(["config.targets[0].targets[0]", "config.targets[0].targets[1]", "config.targets[1]"]);
    expect(ids[1]).toBe(toGatewayAttemptId(CALL, 0, 0));
    expect(ids.filter((id) => id === ids[1])).toHaveLength(1);
  });

  it("where a load balancer chose the group in which one was", () => {
    expect(idsOf(["config.targets[1].targets[0]", "config.targets[1].targets[1]"])[0]).toBe(
      toGatewayAttemptId(CALL, 0, 0),
    );
  });

  it("for each request of the call, and always the same", () => {
    const targets = ["config.targets[0]", "config.targets[1]"];
    expect(idsOf(targets, 1)[0]).toBe(toGatewayAttemptId(CALL, 1, 0));
    expect(new Set([...idsOf(targets), ...idsOf(targets, 1)]).size).toBe(3);
    expect(idsOf(targets)).toEqual(idsOf(targets));
  });

  it("and never that of another call's", () => {
    const counts = new RequestCounts();
    const other = { ...CALL, spanId: "other" };
    expect([counts.next(CALL), counts.next(other), counts.next(CALL)]).toEqual([0, 0, 1]);
  });
});

it("one target that cannot have been tried again is no attempt; one that can is", () => {
  const plain = entryOf(200, ["config"]);
  const retried = entryOf(200, ["config"], { providerOptions: { retry: { attempts: 2 } } });
  expect(plain && toAttempts(plain, CALL, 0)).toEqual([]);
  expect(retried && toAttempts(retried, CALL, 0)).toMatchObject([{ name: "target config", status: { code: "ok" } }]);
});

it("neither keys nor what providers say in their own words are kept", () => {
  const entry = entryOf(503, ["config.targets[0]", "config.targets[1]"]);
  const spans = entry === undefined ? [] : toAttempts(entry, CALL, 0);
  expect(JSON.stringify(spans)).not.toMatch(/sk-key|u:p/);
  expect(spans.map((span) => span.status)).toEqual([
    { code: "error", error: { type: "HttpError", message: "HTTP 429", httpStatus: 429 } },
    { code: "error", error: { type: "HttpError", message: "HTTP 503", httpStatus: 503 } },
  ]);
  expect(spans[0]?.metadata).toEqual({
    gateway_target: "config.targets[0]",
    gateway_provider: "openai",
    gateway_host: "host.example",
  });
});

it("an entry without our headers is nobody's", () => {
  const without = entryOf(200, ["config"], { transformedRequest: { headers: { authorization: "Bearer sk-key" } } });
  const traceOnly = entryOf(200, ["config"]);
  expect([without, traceOnly].map((entry) => entry && callOf(entry))).toEqual([undefined, undefined]);
});
