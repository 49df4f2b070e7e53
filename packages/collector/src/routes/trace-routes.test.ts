import type { Span } from "@portkey-tracing/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aCall, aSpan } from "../../../../tests/support/spans.ts";
import { type CollectorApp, createApp } from "../app.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";
import type { Store, TraceSummary } from "../store/store.ts";

let store: Store;
let app: CollectorApp;
beforeEach(async () => {
  store = await createSqliteStore(":memory:");
  app = createApp({ store });
});
afterEach(() => store.close());

interface ListAnswer {
  readonly traces: TraceSummary[];
  readonly nextCursor?: string;
}

async function list(query = ""): Promise<ListAnswer> {
  const answer = await app.request(`/api/traces${query}`);
  expect(answer.status).toBe(200);
  const body: ListAnswer = JSON.parse(await answer.text());
  return body;
}

describe("GET /api/traces", () => {
  it("is empty at first", async () => {
    expect(await list()).toEqual({ traces: [] });
  });

  it("gives a summary of each trace", async () => {
    await store.insert([aSpan("root", { name: "agent", type: "agent" }), aCall("ask", { parentSpanId: "root" })]);
    expect(await list()).toEqual({
      traces: [
        {
          traceId: "trace",
          name: "agent",
          startTimeMs: 1_000,
          durationMs: 10,
          status: "ok",
          spans: 2,
          errors: 0,
          tokens: { prompt: 7, completion: 3, total: 10 },
          models: ["a-model"],
          usage: [{ model: "a-model", provider: "openai", calls: 1, prompt: 7, completion: 3, cached: 0 }],
        },
      ],
    });
  });

  it("goes through all traces by cursor, newest first, whatever their ids contain", async () => {
    const ids = Array.from({ length: 7 }, (_, index) => `ünï/${index}?#`);
    await store.insert(ids.map((traceId, index) => aSpan("a", { traceId, startTimeMs: index / 8 })));
    const seen: string[] = [];
    for (let query: string | undefined = "?limit=3"; query !== undefined; ) {
      const { traces, nextCursor }: ListAnswer = await list(query);
      seen.push(...traces.map((trace) => trace.traceId));
      query = nextCursor === undefined ? undefined : `?limit=3&cursor=${nextCursor}`;
    }
    expect(seen).toEqual(ids.toReversed());
  });

  it.each([
    ["?stauts=ok", /^stauts: /],
    ["?status=ok,bad", /^status/],
    ["?minDurationMs=-1", /^minDurationMs: /],
    ["?from=yesterday", /^from: expected a date/],
    ["?from=-5", /^from: expected a date/],
    ["?to=day%205", /^to: expected a date/],
    ["?to=2026-11-22T10:00:00+01:00", /^to: expected a date/],
    ["?from=1%20day", /^from: expected a date/],
    ["?from=2026-02-30", /^from: expected a date/],
    [`?to=${"9".repeat(400)}`, /^to: expected a date/],
    ["?minDurationMs=", /^minDurationMs: expected milliseconds/],
    ["?maxDurationMs=0x10", /^maxDurationMs: expected milliseconds/],
    ["?metadata=plan", /^metadata.*: expected key=value/],
    [`?${"tag=x&".repeat(17)}`, /^tag: Too big/],
    ["?feedback=great", /^feedback: /],
    ["?limit=0", /^limit: /],
    ["?limit=many", /^limit: /],
    ["?limit=501", /^limit: /],
    ["?cursor=nonsense", /^cursor: expected the nextCursor/],
    ["?cursor=WzFd", /^cursor: expected the nextCursor/],
    [`?cursor=${btoa('[1e999,"x"]')}`, /^cursor: expected the nextCursor/],
    [`?cursor=${btoa('[-1e300,"x"]')}`, /^cursor: expected the nextCursor/],
    ["?minDurationMs=9999999999999999", /^minDurationMs: expected milliseconds/],
  ])("answers 400 to %s", async (query, message) => {
    const answer = await app.request(`/api/traces${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ status: "failure", message: expect.stringMatching(message) });
  });
});

describe("GET /api/traces with a question", () => {
  beforeEach(async () => {
    await store.insert([
      aCall("a", { traceId: "call", tags: ["x", "y"], metadata: { _user: "ada", plan: "pro=1", thread_id: "s 1" } }),
      aSpan("b", { traceId: "open", parentSpanId: "gone", startTimeMs: 1_600_000_000_000, durationMs: 70_000 }),
      aSpan("c", { traceId: "plain", startTimeMs: 2_000, output: "Ärger im Büro" }),
    ]);
    await store.putFeedback([
      { id: "f", traceId: "plain", value: -5, weight: 1, metadata: {}, createdMs: 1, updatedMs: 1 },
    ]);
  });

  it.each([
    ["", "open plain call"],
    ["text=buro%20arg", "plain"],
    ["status=open", "open"],
    ["status=ok,error", "plain call"],
    ["minDurationMs=60000", "open"],
    ["maxDurationMs=60000", "plain call"],
    ["from=2020-01-01T00:00:00Z", "open"],
    ["to=2000", "call"],
    ["to=9999-12-31T23:59:59Z&minDurationMs=70000.0", "open"],
    ["to=1970-01-01T00:00:02", "call"],
    ["from=1970-01-01T00:00:02Z&to=1970-01-01T01:00:03.5%2B01:00", "plain"],
    ["model=a-model", "call"],
    ["provider=openai&user=ada", "call"],
    ["session=s%201", "call"],
    ["tag=x&tag=y", "call"],
    ["tag=x&tag=z", ""],
    ["metadata=plan%3Dpro%3D1", "call"],
    ["metadata=plan%3Dpro", ""],
    ["feedback=negative", "plain"],
    ["feedback=none&status=ok", "call"],
  ])("%s finds %j", async (query, ids) => {
    expect((await list(`?${query}`)).traces.map((trace) => trace.traceId).join(" ")).toBe(ids);
  });
});

interface TraceAnswer {
  readonly trace: TraceSummary;
  readonly spans: Span[];
  readonly outline: { spanId: string; depth: number; orphan: boolean }[];
}

describe("GET /api/traces/:traceId", () => {
  it("gives all spans in the order of the tree, with their depth", async () => {
    const spans = [
      aSpan("late", { parentSpanId: "root", startTimeMs: 1_009 }),
      aCall("ask", { parentSpanId: "step" }),
      aSpan("lost", { parentSpanId: "gone", startTimeMs: 1_010 }),
      aSpan("step", { parentSpanId: "root" }),
      aSpan("root"),
    ];
    await store.insert(spans);
    const response = await app.request("/api/traces/trace");
    const answer: TraceAnswer = JSON.parse(await response.text());
    expect(answer.trace).toMatchObject({ traceId: "trace", name: "root", spans: 5 });
    expect(answer.outline.map(({ spanId, depth }) => `${depth} ${spanId}`)).toEqual([
      "0 root",
      "1 step",
      "2 ask",
      "1 late",
      "0 lost",
    ]);
    expect(answer.outline.filter((line) => line.orphan).map((line) => line.spanId)).toEqual(["lost"]);
    expect(answer.spans.map((span) => span.spanId)).toEqual(answer.outline.map((line) => line.spanId));
    expect(answer.spans[2]).toEqual(spans[1]);
  });

  it("finds a trace whose id has to be escaped", async () => {
    const traceId = "orders/2026 ä?#%";
    await store.insert([aSpan("a", { traceId })]);
    expect((await app.request(`/api/traces/${encodeURIComponent(traceId)}`)).status).toBe(200);
  });

  it("answers 304 until another span has arrived", async () => {
    await store.insert([aSpan("a")]);
    const etag = (await app.request("/api/traces/trace")).headers.get("etag") ?? "";
    const again = (): Response | Promise<Response> =>
      app.request("/api/traces/trace", { headers: { "if-none-match": etag } });
    expect((await again()).status).toBe(304);
    await store.insert([aSpan("b")]);
    expect((await again()).status).toBe(200);
  });

  it("answers anew once the end of an unfinished span has taken its place", async () => {
    await store.insert([aSpan("a", { status: { code: "unfinished", reason: "stalled" } })]);
    const etag = (await app.request("/api/traces/trace")).headers.get("etag") ?? "";
    await store.insert([aSpan("a")]);
    const again = await app.request("/api/traces/trace", { headers: { "if-none-match": etag } });
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ trace: { status: "ok" }, spans: [{ status: { code: "ok" } }] });
  });

  it("answers 404 for a trace that is not there", async () => {
    const answer = await app.request("/api/traces/none");
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ status: "failure", message: "no span of this trace has arrived" });
  });
});
