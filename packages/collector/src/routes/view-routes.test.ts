import type { z } from "@hono/zod-openapi";
import { afterEach, beforeEach, expect, it } from "vitest";
import { aCall, aSpan } from "../../../../tests/support/spans.ts";
import { type PriceFile, toPriceFile } from "../cost/price-file.ts";
import { MatchesSchema, OneSpanSchema, OutlineSchema } from "../http/view-schemas.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { createTraceRoutes } from "./trace-routes.ts";
import { createViewRoutes } from "./view-routes.ts";

let store: Store;
beforeEach(async () => {
  store = await createSqliteStore(":memory:");
});
afterEach(() => store.close());

const failed = { code: "error", error: { type: "RangeError", message: "no such order" } } as const;

async function ask(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return createViewRoutes(store, undefined, () => undefined).request(path, { headers });
}

const paid = {
  model: "gpt-4o",
  usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 },
};

it("gives the rows of a trace in the order of its tree, with costs and without content", async () => {
  await store.insert([
    aSpan("root", { input: "a secret" }),
    aCall("call", { parentSpanId: "root", startTimeMs: 1_001, output: paid, model: { timeToFirstTokenMs: 4 } }),
    aSpan("tool", { parentSpanId: "root", startTimeMs: 1_002, status: failed, type: "tool" }),
    aSpan("lost", { parentSpanId: "gone", startTimeMs: 1_003, type: "attempt", metadata: { inferred: "true" } }),
  ]);
  const answer = await ask("/api/traces/trace/outline");
  const text = await answer.text();
  expect(text).not.toContain("a secret");
  const { trace, rows } = JSON.parse(text);
  expect(trace).toMatchObject({ name: "root", spans: 4, cost: { usd: 0.0035, complete: true } });
  expect(rows).toEqual([
    { spanId: "root", depth: 0, name: "root", type: "chain", startTimeMs: 1_000, durationMs: 10, status: "ok" },
    expect.objectContaining({
      spanId: "call",
      depth: 1,
      model: "gpt-4o",
      tokens: { prompt: 1_000, completion: 100, cached: 0 },
      usd: 0.0035,
      timeToFirstTokenMs: 4,
    }),
    expect.objectContaining({ spanId: "tool", status: "error", problem: "RangeError: no such order" }),
    expect.objectContaining({ spanId: "lost", depth: 0, orphan: true, inferred: true }),
  ]);
});

it("gives answers of the shapes that it describes", async () => {
  const inferred = { type: "attempt", metadata: { inferred: "true" }, status: failed } as const;
  await store.insert([
    aSpan("root", { marks: [{ name: "retry", timeMs: 1_001, attributes: { why: 1 } }], metadata: { _user: "ada" } }),
    aCall("call", { parentSpanId: "root", output: paid, model: { timeToFirstTokenMs: 4, cached: false } }),
    aCall("cached", { parentSpanId: "gone", model: { cached: true } }),
    aSpan("tried", { parentSpanId: "call", ...inferred }),
    aSpan("open", { parentSpanId: "root", status: { code: "unfinished", reason: "stalled" } }),
  ]);
  await store.putFeedback([
    { id: "f", traceId: "trace", value: 1, weight: 0.5, metadata: { a: 1 }, createdMs: 5, updatedMs: 5 },
  ]);
  const shapes: [string, z.ZodType][] = [
    ["outline", OutlineSchema],
    ["spans/call", OneSpanSchema],
    ["spans/tried", OneSpanSchema],
    ["head", OneSpanSchema],
    ["matches?text=hello", MatchesSchema],
  ];
  for (const [path, schema] of shapes) {
    const answer: unknown = await (await ask(`/api/traces/trace/${path}`)).json();
    expect(schema.parse(answer)).toEqual(answer);
  }
});

it.each(["matches?txet=a", `matches?text=${"a".repeat(1_001)}`])(
  "refuses a question that it does not know: %s",
  async (path) => {
    const answer = await ask(`/api/traces/trace/${path}`);
    expect([answer.status, await answer.json()]).toEqual([400, { status: "failure", message: expect.any(String) }]);
  },
);

it("answers 304 until a span or feedback comes", async () => {
  await store.insert([aSpan("root")]);
  const ifNew = async (): Promise<Response> => ask("/api/traces/trace/outline", { "if-none-match": version });
  const version = (await ask("/api/traces/trace/outline")).headers.get("etag") ?? "";
  expect((await ifNew()).status).toBe(304);
  for (const tags of ['"x", W/ETAG', 'ETAG,W/"x"', "*"]) {
    const given = tags.replace("ETAG", version);
    expect([given, (await ask("/api/traces/trace/outline", { "if-none-match": given })).status]).toEqual([given, 304]);
  }
  const feedback = { id: "f", traceId: "trace", value: 1, weight: 1, metadata: {}, createdMs: 5, updatedMs: 5 };
  await store.putFeedback([feedback]);
  expect(await (await ifNew()).json()).toMatchObject({ feedback: [{ id: "f", value: 1 }] });
});

it("gives one span whole, with how its cost came about", async () => {
  await store.insert([aCall("call", { output: paid })]);
  expect(await (await ask("/api/traces/trace/spans/call")).json()).toMatchObject({
    span: { spanId: "call", output: paid },
    cost: { usd: 0.0035, source: "genai-prices", parts: [{ what: "input" }, { what: "output" }] },
  });
  expect((await ask("/api/traces/trace/spans/none")).status).toBe(404);
  expect((await ask("/api/traces/none/outline")).status).toBe(404);
});

it("finds the spans of a trace whose content has all words", async () => {
  await store.insert([aSpan("a", { input: "Where is order 17?" }), aSpan("b", { output: "On its way." })]);
  expect(await (await ask("/api/traces/trace/matches?text=ORD%20where")).json()).toEqual({ spanIds: ["a"] });
  expect(await (await ask("/api/traces/trace/matches?text=%20")).json()).toEqual({ spanIds: [] });
});

it("gives the root of a trace, and until it has come the earliest span", async () => {
  await store.insert([aSpan("early", { parentSpanId: "root", startTimeMs: 1 })]);
  expect(await (await ask("/api/traces/trace/head")).json()).toMatchObject({ span: { spanId: "early" } });
  await store.insert([aSpan("root", { startTimeMs: 2 })]);
  expect(await (await ask("/api/traces/trace/head")).json()).toMatchObject({ span: { spanId: "root" } });
  expect((await ask("/api/traces/none/head")).status).toBe(404);
});

it("lists traces with their costs, the user's prices first", async () => {
  await store.insert([aCall("call", { output: paid })]);
  const cost = async (prices?: PriceFile): Promise<unknown> => {
    const answer = await createTraceRoutes(store, prices, () => undefined).request("/api/traces");
    const { traces } = (await answer.json()) as { traces: { cost: unknown }[] };
    return traces[0]?.cost;
  };
  expect(await cost()).toEqual({ usd: 0.0035, complete: true });
  expect(await cost(toPriceFile({ "gpt-4o": { input: 1_000 } }))).toEqual({ usd: 1, complete: true });
});
