import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aSpan } from "../../../../tests/support/spans.ts";
import { type CollectorApp, createApp } from "../app.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";

let store: Store;
let app: CollectorApp;
let nowMs: number;
beforeEach(async () => {
  nowMs = 5_000;
  store = await createSqliteStore(":memory:");
  app = createApp({ store, now: () => nowMs });
});
afterEach(() => store.close());

interface Answer {
  readonly status: string;
  readonly message: string;
  readonly feedback_ids: string[];
}

async function send(method: string, path: string, value: unknown): Promise<[number, Answer]> {
  const response = await app.request(path, { method, body: JSON.stringify(value) });
  const answer: Answer = JSON.parse(await response.text());
  return [response.status, answer];
}

const post = (value: unknown): Promise<[number, Answer]> => send("POST", "/v1/feedback", value);

describe("POST /v1/feedback", () => {
  it("stores one piece, with the weight 1 unless told", async () => {
    const [status, answer] = await post({ trace_id: "trace", value: 7 });
    expect([status, answer]).toEqual([
      200,
      { status: "success", message: "Feedback stored", feedback_ids: [expect.stringMatching(/^[0-9a-f-]{36}$/)] },
    ]);
    expect(await store.listFeedback("trace")).toEqual([
      {
        id: answer.feedback_ids[0],
        traceId: "trace",
        value: 7,
        weight: 1,
        metadata: {},
        createdMs: 5_000,
        updatedMs: 5_000,
      },
    ]);
  });

  it.each([{ user: { name: "ada" } }, '{"user":{"name":"ada"}}'])("takes metadata as %j", async (metadata) => {
    await post({ trace_id: "trace", value: -10, weight: 0.5, metadata });
    expect(await store.listFeedback("trace")).toMatchObject([{ weight: 0.5, metadata: { user: { name: "ada" } } }]);
  });

  it("is of a trace whose id is a whole number, as that of a log may be", async () => {
    expect((await post({ trace_id: 7, value: 1 }))[0]).toBe(200);
    expect(await store.listFeedback("7")).toMatchObject([{ value: 1 }]);
  });

  it("stores many, each with an id of its own", async () => {
    const [status, { feedback_ids: ids }] = await post([
      { trace_id: "a", value: 1 },
      { trace_id: "b", value: -1, metadata: null },
    ]);
    expect([status, new Set(ids).size]).toEqual([200, 2]);
    expect(await store.listFeedback("b")).toMatchObject([{ id: ids[1], value: -1 }]);
  });

  it.each<[unknown, RegExp]>([
    [{ value: 1 }, /^trace_id: expected string of 1 to 512 characters, or integer$/],
    [{ trace_id: "", value: 1 }, /^trace_id: /],
    [{ trace_id: 1.5, value: 1 }, /^trace_id: /],
    [{ trace_id: "x".repeat(513), value: 1 }, /^trace_id: /],
    [{ trace_id: "a", value: 11 }, /^value: /],
    [{ trace_id: "a", value: 0.5 }, /^value: /],
    [{ trace_id: "a", value: "1" }, /^value: /],
    [{ trace_id: "a", value: 1, weight: 1.1 }, /^weight: /],
    [{ trace_id: "a", value: 1, metadata: "{oops" }, /^metadata: /],
    [{ trace_id: "a", value: 1, metadata: [] }, /^metadata: /],
    [{ trace_id: "a", value: 1, metadata: { x: "x".repeat(20_000) } }, /^metadata: expected less/],
    [
      [
        { trace_id: "a", value: 1 },
        { trace_id: "a", value: 99 },
      ],
      /^1\.value: /,
    ],
    [Array.from({ length: 1_001 }, () => ({ trace_id: "a", value: 1 })), /^body: /],
    ["text", /^body: /],
    [
      { trace_id: "a", value: 1, metadata: `{"x":${"[".repeat(100_000)}${"]".repeat(100_000)}}` },
      /^metadata: expected less/,
    ],
  ])("refuses %j and stores nothing of it", async (value, message) => {
    const [status, answer] = await post(value);
    expect([status, answer]).toEqual([400, { status: "failure", message: expect.stringMatching(message) }]);
    expect(await store.listFeedback("a")).toEqual([]);
  });
});

describe("PUT /v1/feedback/:id", () => {
  it("changes what is given and leaves the rest", async () => {
    const [, { feedback_ids: ids }] = await post({ trace_id: "trace", value: 7, weight: 0.5, metadata: { a: 1 } });
    const [id = ""] = ids;
    nowMs = 4_000;
    expect(await send("PUT", `/v1/feedback/${id}`, { value: -2 })).toEqual([
      200,
      { status: "success", message: "Feedback changed", feedback_ids: [id] },
    ]);
    const changed = { id, traceId: "trace", value: -2, weight: 0.5, createdMs: 5_000, updatedMs: 5_001 };
    expect(await store.getFeedback(id)).toEqual({ ...changed, metadata: { a: 1 } });
    await send("PUT", `/v1/feedback/${id}`, { metadata: '{"b":2}', weight: 1 });
    expect(await store.getFeedback(id)).toMatchObject({ value: -2, weight: 1, metadata: { b: 2 } });
  });

  it("answers 404 to an id that is none, and 400 to a value that is none", async () => {
    expect((await send("PUT", "/v1/feedback/none", { value: 1 }))[0]).toBe(404);
    const [, { feedback_ids: ids }] = await post({ trace_id: "trace", value: 7 });
    expect((await send("PUT", `/v1/feedback/${ids[0]}`, { value: 11 }))[0]).toBe(400);
    expect(await store.getFeedback(ids[0] ?? "")).toMatchObject({ value: 7 });
  });
});

it("is shown with its trace, whose version it changes", async () => {
  await store.insert([aSpan("a")]);
  const etag = (await app.request("/api/traces/trace")).headers.get("etag") ?? "";
  await post([
    { trace_id: "trace", value: 5 },
    { trace_id: "trace", value: -1 },
  ]);
  const answer = await app.request("/api/traces/trace", { headers: { "if-none-match": etag } });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    trace: { feedback: { count: 2, average: 2 } },
    feedback: [{ value: expect.any(Number) }, { value: expect.any(Number) }],
  });
});
