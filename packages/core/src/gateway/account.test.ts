import { describe, expect, it } from "vitest";
import { aCall } from "../../../../tests/support/spans.ts";
import type { Span } from "../span.ts";
import { account } from "./account.ts";
import { createGatewayHosts } from "./gateway-hosts.ts";
import type { Attempt, GatewayAnswer } from "./model-requests.ts";

const SPAN: Span = aCall("00f067aa0ba902b7");
const HOSTS = createGatewayHosts({
  baseURL: "https://api.portkey.ai/v1",
  gateways: [],
  gatewayLogs: "auto",
  sendsToBaseURL: true,
});
const ANSWER: GatewayAnswer = { traceId: "trace", provider: "openai", target: "config", retries: 0, cache: "DISABLED" };

const attempt = (more: Partial<Attempt>): Attempt => ({
  startTimeMs: 1_001,
  endTimeMs: 1_004,
  status: 200,
  path: "/v1/chat/completions",
  contentLength: 10,
  isLogged: false,
  sentTraceId: "trace",
  config: undefined,
  ...more,
});
const answer = (more: Partial<GatewayAnswer> = {}): GatewayAnswer => ({ ...ANSWER, ...more });
const posted = (attempts: Attempt[], isWrapper = false, span = SPAN): Span[] =>
  account(span, attempts, { hosts: HOSTS, isWrapper });
const reset = { startTimeMs: 1_000, endTimeMs: 1_001, error: { type: "Error", message: "ECONNRESET" } };
const unanswered = (): Attempt => {
  const { status: _status, ...rest } = attempt(reset);
  return rest;
};

describe("a call of a model is counted once", () => {
  it("in full where nothing was seen of it, and where it went straight to a provider", () => {
    expect(posted([])).toEqual([SPAN]);
    expect(posted([attempt({ sentTraceId: undefined })])).toEqual([SPAN]);
  });

  it("in full, with what the gateway told, where that keeps no logs", () => {
    const told = answer({ provider: "anthropic", target: "config.targets[1]", cache: "MISS" });
    const [span, ...children] = posted([attempt({ answer: told })]);
    expect(span).toMatchObject({ model: { provider: "anthropic" }, output: SPAN.output });
    expect(span?.metadata).toEqual({
      gateway_provider: "anthropic",
      gateway_target: "config.targets[1]",
      gateway_cache: "MISS",
    });
    expect(children).toEqual([]);
  });

  it("as costing nothing, where the gateway answered from its cache", () => {
    const [span] = posted([attempt({ answer: answer({ cache: "HIT" }) })]);
    expect(span?.model?.cached).toBe(true);
  });

  it("not at all where the gateway's log is its span", () => {
    expect(posted([attempt({ isLogged: true, answer: answer() })])).toEqual([]);
  });

  it("as a span without model and tokens where that log hangs below it", () => {
    const [span, ...rest] = posted([attempt({ isLogged: true, answer: answer() })], true);
    expect(rest).toEqual([]);
    expect(span).not.toHaveProperty("model");
    expect(span?.output).toEqual({});
    expect(span?.input).toEqual({ messages: [{ role: "user", content: "hello" }] });
  });

  it.each([
    ["another trace that the program pinned", "mine", "mine", { gateway_trace_id: "mine" }],
    ["another trace than it was told", "other", "trace", { gateway_trace_id: "other" }],
    ["a trace of its own", "", undefined, {}],
  ])("as a span without model and tokens where the log is in %s", (_name, traceId, sentTraceId, metadata) => {
    const [span, ...rest] = posted([attempt({ isLogged: true, sentTraceId, answer: answer({ traceId }) })]);
    expect(rest).toEqual([]);
    expect(span).not.toHaveProperty("model");
    expect(span?.metadata).toEqual(metadata);
  });

  it("in full where the gateway was not reached, or refused the request before any target", () => {
    expect(posted([{ ...unanswered(), isLogged: true }])).toEqual([SPAN]);
    expect(posted([attempt({ isLogged: true, status: 400 })])).toEqual([SPAN]);
  });

  it("as a span without model and tokens where a gateway with logs was asked by a request that was not seen", () => {
    const unseen: Span = { ...SPAN, model: { provider: "openai", url: "https://api.portkey.ai/v1/chat/completions" } };
    expect(posted([], false, unseen)[0]).not.toHaveProperty("model");
    const direct: Span = { ...SPAN, model: { provider: "openai", url: "https://api.openai.com/v1/chat/completions" } };
    expect(posted([], false, direct)).toEqual([direct]);
  });
});

describe("requests that a client repeats", () => {
  it("are spans of their own, with times and status", () => {
    const [, first, second] = posted([attempt({ status: 429, endTimeMs: 1_003 }), attempt({ startTimeMs: 1_005 })]);
    expect(first).toMatchObject({
      type: "attempt",
      parentSpanId: SPAN.spanId,
      startTimeMs: 1_001,
      durationMs: 2,
      status: { code: "error", error: { httpStatus: 429 } },
      metadata: { attempt: "1", http_status: "429" },
    });
    expect(second).toMatchObject({ startTimeMs: 1_005, status: { code: "ok" } });
    expect(first?.spanId).not.toBe(second?.spanId);
  });

  it("have the same ids when they are sent again", () => {
    const attempts = [attempt({ status: 500 }), attempt({})];
    expect(posted(attempts).map((span) => span.spanId)).toEqual(posted(attempts).map((span) => span.spanId));
  });

  it("are none where several requests are one work, and none failed", () => {
    expect(posted([attempt({}), attempt({})])).toHaveLength(1);
  });

  it("are posted where the gateway has no log of them: those without an answer", () => {
    const logged = attempt({ isLogged: true, answer: answer() });
    const spans = posted([{ ...unanswered(), isLogged: true }, logged]);
    expect(spans.map((span) => [span.name, span.status.code])).toEqual([["attempt 1", "error"]]);
  });
});

describe("what a gateway tried", () => {
  const fallback = JSON.stringify({
    strategy: { mode: "fallback" },
    targets: [{ provider: "a" }, { strategy: { mode: "fallback" }, targets: [{ provider: "b" }, { provider: "c" }] }],
  });
  const children = (config: string | undefined, more: Partial<GatewayAnswer>): string[] =>
    posted([attempt({ config, answer: answer(more) })])
      .slice(1)
      .map((span) => span.name);

  it("is inferred from the target that answered, where the request holds the config", () => {
    expect(children(fallback, { target: "config.targets[1].targets[1]" })).toEqual([
      "fallback from config.targets[0]",
      "fallback from config.targets[1].targets[0]",
    ]);
    expect(children(fallback, { target: "config.targets[0]" })).toEqual([]);
  });

  it("is not inferred where it cannot be known", () => {
    expect(children("pc-config-id", { target: "config.targets[1]" })).toEqual([]);
    expect(children(undefined, { target: "config.targets[1]" })).toEqual([]);
    const balanced = JSON.stringify({ strategy: { mode: "loadbalance" }, targets: [{}, {}] });
    expect(children(balanced, { target: "config.targets[1]" })).toEqual([]);
    expect(children(fallback, { target: "config.targets[9000]" })).toEqual([]);
    expect(children(fallback, { target: "config.targets[1].targets[1]", cache: "HIT" })).toEqual([]);
  });

  it("are retries that its answer counts; used up ones are counted by the config", () => {
    expect(children(undefined, { retries: 2 })).toEqual(["gateway retry 1", "gateway retry 2"]);
    expect(children(undefined, { retries: -1 })).toEqual([]);
    expect(children('{"retry":{"attempts":3}}', { retries: -1 })).toHaveLength(3);
  });

  it("has no time of its own, and says that it is inferred", () => {
    const [, child] = posted([attempt({ answer: answer({ retries: 1 }) })]);
    expect(child).toMatchObject({
      type: "attempt",
      startTimeMs: SPAN.startTimeMs,
      durationMs: 0,
      tags: ["inferred"],
      metadata: { inferred: "true", gateway_target: "config" },
    });
  });
});
