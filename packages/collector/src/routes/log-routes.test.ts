import { gzipSync } from "node:zlib";
import { toLogRecord } from "@portkey-tracing/core/wire";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aCall, aSpan } from "../../../../tests/support/spans.ts";
import { type CollectorApp, createApp } from "../app.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";

const MAX_BODY_BYTES = 100_000;

let store: Store;
let app: CollectorApp;
let diagnostics: string[];

beforeEach(async () => {
  store = await createSqliteStore(":memory:");
  diagnostics = [];
  const onDiagnostic = (line: string): void => void diagnostics.push(line);
  app = createApp({ store, maxBodyBytes: MAX_BODY_BYTES, now: () => 5_000, onDiagnostic });
});
afterEach(() => store.close());

const failure = (message: unknown): unknown => ({ status: "failure", message });

async function post(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<[number, unknown]> {
  const answer = await app.request("/v1/logs", { method: "POST", body, headers });
  return [answer.status, await answer.json()];
}

const postJson = (value: unknown): Promise<[number, unknown]> =>
  post(JSON.stringify(value), { "content-type": "application/json" });

describe("GET /v1/logs/:id", () => {
  it("gives a log as it would be inserted, whatever its ids contain", async () => {
    const span = aCall("s:1/ä", { traceId: "orders/2026:é?#%" });
    await postJson(toLogRecord(span));
    const id = `${encodeURIComponent(span.traceId)}:${encodeURIComponent(span.spanId)}`;
    const answer = await app.request(`/v1/logs/${encodeURIComponent(id)}`);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { id, ...JSON.parse(JSON.stringify(toLogRecord(span))) },
    ]);
  });

  it("finds one by two W3C ids with a colon between them", async () => {
    await postJson(toLogRecord(aSpan("a")));
    expect((await app.request("/v1/logs/trace:a")).status).toBe(200);
  });

  it.each(["none", "trace:none", "none:a", "a:b:c", "%25:a", ":"])("answers 404 to %s", async (id) => {
    await postJson(toLogRecord(aSpan("a")));
    expect((await app.request(`/v1/logs/${id}`)).status).toBe(404);
  });
});

describe("POST /v1/logs", () => {
  it("stores one log", async () => {
    expect(await postJson(toLogRecord(aCall("a")))).toEqual([200, { status: "success", accepted: 1 }]);
    expect(await store.getSpans("trace")).toEqual([aCall("a")]);
  });

  it("stores an array of logs", async () => {
    const spans = [aSpan("a"), aCall("b", { parentSpanId: "a" })];
    expect(await postJson(spans.map(toLogRecord))).toEqual([200, { status: "success", accepted: 2 }]);
    expect(await store.getSpans("trace")).toEqual(spans);
  });

  it("takes an empty array", async () => {
    expect(await postJson([])).toEqual([200, { status: "success", accepted: 0 }]);
  });

  it("says of a time that is a number what it should be", async () => {
    const [status, answer] = await postJson({ request: {}, createdAt: 1_763_740_800_000 });
    const message = "createdAt: expected ISO 8601 date, e.g. 2026-11-21T12:00:00Z";
    expect([status, answer]).toEqual([400, expect.objectContaining({ message })]);
  });

  it("tells exporters of OpenTelemetry's logs that those are not taken", async () => {
    const message = expect.stringMatching(/^body: expected logs as Portkey has them; .*OTEL_LOGS_EXPORTER=none/);
    expect(await postJson({ resourceLogs: [] })).toEqual([400, failure(message)]);
    const headers = { "content-type": "application/x-protobuf" };
    const answer = await app.request("/v1/logs", { method: "POST", body: new Uint8Array([10, 0]), headers });
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
      415,
      "application/x-protobuf",
      expect.stringContaining("OTEL_LOGS_EXPORTER=none"),
    ]);
  });

  it("changes nothing when a log comes again", async () => {
    await postJson(toLogRecord(aSpan("a")));
    expect((await postJson(toLogRecord(aSpan("a", { name: "other" }))))[0]).toBe(200);
    expect(await store.getSpans("trace")).toEqual([aSpan("a")]);
  });

  it.each(["", "text/plain", "application/json; charset=utf-8"])("takes the content type %j", async (type) => {
    const body = new TextEncoder().encode(JSON.stringify(toLogRecord(aSpan("a"))));
    expect((await post(body, type === "" ? {} : { "content-type": type }))[0]).toBe(200);
    expect(await store.getSpans("trace")).toHaveLength(1);
  });

  it("says that it takes gzip", async () => {
    const answer = await app.request("/v1/logs", { method: "POST", body: "[]" });
    expect(answer.headers.get("accept-encoding")).toBe("gzip");
  });

  it("takes a gzipped body", async () => {
    const body = gzipSync(JSON.stringify([toLogRecord(aSpan("a"))]));
    for (const name of ["gzip", "x-gzip", "GZip"]) {
      expect((await post(body, { "content-encoding": name }))[0]).toBe(200);
    }
    expect(await store.getSpans("trace")).toHaveLength(1);
  });

  it.each([{ "x-portkey-api-key": "pk-secret" }, { authorization: "Bearer pk-secret" }])(
    "takes a key and keeps none: %j",
    async (key) => {
      const log = toLogRecord(aSpan("a"));
      const headers = { ...key, "content-type": "application/json" };
      const logged = { ...log, request: { ...log.request, headers: { authorization: "Bearer pk-secret" } } };
      expect((await post(JSON.stringify(logged), headers))[0]).toBe(200);
      expect(JSON.stringify(await store.getSpans("trace"))).not.toContain("pk-secret");
    },
  );

  it("takes a log without ids, arrived just now", async () => {
    await postJson({ request: JSON.stringify({ url: "x" }), response: { response_time: "0200" } });
    const [trace] = (await store.listTraces({ limit: 1 })).traces;
    expect(trace).toMatchObject({ startTimeMs: 4_800, durationMs: 200, name: "x", status: "ok" });
    expect(trace?.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it("keeps what is valid in an array and tells what is not", async () => {
    const good = toLogRecord(aSpan("a"));
    const bad = { ...toLogRecord(aSpan("b")), request: { body: [] } };
    expect(await postJson([bad, good, 7, { ...good, span_id: {}, metadata: {} }])).toEqual([
      200,
      {
        status: "success",
        accepted: 1,
        rejected: [
          { index: 0, path: "request.body", reason: "expected object" },
          { index: 2, path: "", reason: "expected object" },
          { index: 3, path: "span_id", reason: "expected string or integer" },
        ],
        rejectedTotal: 3,
      },
    ]);
    expect(await store.getSpans("trace")).toEqual([aSpan("a")]);
    expect(diagnostics).toEqual([
      expect.stringMatching(/^logs refused: 3 .* logs\[0\]\.request\.body: expected object$/),
    ]);
  });

  it.each<[unknown, string]>([
    [[{}, { request: 1 }], "logs[0].request: expected object"],
    [["x"], "logs[0]: expected object"],
    [null, "log: expected object"],
    [{ request: { body: "text" } }, "request.body: expected object"],
    [{ request: {}, response: { response_time: "soon" } }, "response.response_time: expected number"],
    [{ request: {}, response: { status: [] } }, "response.status: expected number"],
    [{ request: {}, metadata: [] }, "metadata: expected object"],
  ])("answers 400 when nothing is valid: %j", async (value, message) => {
    const [status, answer] = await postJson(value);
    expect([status, answer]).toMatchObject([400, { status: "failure", message, accepted: 0 }]);
  });

  it("answers 400 to what is no JSON, no UTF-8 or no gzip", async () => {
    expect(await post("{oops")).toEqual([400, failure("body: expected JSON")]);
    expect(await post("")).toEqual([400, failure("body: expected JSON")]);
    expect(await post(Uint8Array.of(0x22, 0xff, 0x22))).toEqual([400, failure("body: expected UTF-8")]);
    const broken = gzipSync("{}").subarray(0, 12);
    for (const body of [broken, Uint8Array.of(1, 2, 3)]) {
      const answer = await post(body, { "content-encoding": "gzip" });
      expect(answer).toEqual([400, failure(expect.stringMatching("body: expected gzip"))]);
    }
    expect((await post("{}", { "content-encoding": "br" }))[0]).toBe(415);
  });

  it("answers 413 to a body over the limit, also one that only grows when it is unpacked", async () => {
    const huge = JSON.stringify(toLogRecord(aSpan("a", { input: "x".repeat(MAX_BODY_BYTES) })));
    expect((await post(huge))[0]).toBe(413);
    expect((await post(gzipSync(huge), { "content-encoding": "gzip" }))[0]).toBe(413);
    expect((await postJson(Array.from({ length: 10_001 }, () => 0)))[0]).toBe(413);
    expect(await store.getSpans("trace")).toEqual([]);
  });

  it("answers 413 to a body of more values than it takes, also in a text inside", async () => {
    const roomy = createApp({ store });
    const list = `[${"{},".repeat(500_000)}{}]`;
    for (const body of [list, JSON.stringify(list)]) {
      const answer = await roomy.request("/v1/logs", { method: "POST", body: `{"request":{"body":${body}}}` });
      expect([answer.status, await answer.json()]).toEqual([413, failure("body: expected at most 1000000 values")]);
    }
  });

  it("answers 503 while others have as many values as it takes at once", async () => {
    const values = `[${"1,".repeat(900_000)}1]`;
    let go: () => void = () => undefined;
    const isOpen = new Promise<void>((resolve) => {
      go = resolve;
    });
    const slow: Store = { ...store, insert: () => isOpen };
    const roomy = createApp({ store: slow });
    const send = async (): Promise<[number, string | null]> => {
      const body = `{"request":{"body":{"a":${values}}}}`;
      const answer = await roomy.request("/v1/logs", { method: "POST", body });
      return [answer.status, answer.headers.get("retry-after")];
    };
    const held = [send(), send()];
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await send()).toEqual([503, "1"]);
    go();
    for (const one of held) expect(await one).toEqual([200, null]);
    expect(await send()).toEqual([200, null]);
  });

  it("refuses a log that is nested too deep, and nothing else", async () => {
    const deep = `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`;
    const [status, answer] = await post(`[{"request":{"body":${deep}}},${JSON.stringify(toLogRecord(aSpan("a")))}]`);
    expect([status, answer]).toMatchObject([
      200,
      { accepted: 1, rejected: [{ index: 0, reason: "expected at most 200 levels" }] },
    ]);
  });

  it("refuses a log with a JSON text that is nested too deep, wherever it stands, and nothing else", async () => {
    const good = toLogRecord(aSpan("a"));
    const nested = (levels: number, open: string, close: string): string =>
      `{"b":${open.repeat(levels)}1${close.repeat(levels)}}`;
    const shape = fc.constantFrom<[number, string, string]>([20_000, "[", "]"], [10_000, '{"a":', "}"]);
    const levels = fc.double({ min: 0.03, max: 1, noNaN: true });
    const place = fc.constantFrom(
      "request",
      "response",
      "metadata",
      "request.body",
      "request.headers",
      "request.headers.x-portkey-metadata",
      "response.body",
      "response.headers",
    );
    await fc.assert(
      fc.asyncProperty(shape, levels, place, async ([most, open, close], share, path) => {
        const text = nested(Math.floor(most * share), open, close);
        const log = path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), text);
        const rejected = [{ index: 0, path: "", reason: "expected at most 200 levels" }];
        expect(await postJson([{ request: {}, ...Object(log) }, good])).toMatchObject([200, { accepted: 1, rejected }]);
      }),
      { numRuns: 60 },
    );
  });

  it("answers 200 or 400 to any JSON, and can show whatever it took", async () => {
    const key = fc.constantFrom(
      "request",
      "response",
      "metadata",
      "body",
      "headers",
      "url",
      "status",
      "error",
      "usage",
    );
    const more = fc.constantFrom(
      "traceId",
      "trace_id",
      "span_id",
      "spanName",
      "createdAt",
      "start_time",
      "tracing",
      "tags",
    );
    const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
      object: fc
        .array(fc.tuple(fc.oneof(key, more, fc.string()), tie("any")), { maxLength: 8 })
        .map(Object.fromEntries),
      any: fc.oneof({ maxDepth: 6 }, fc.jsonValue({ maxDepth: 1 }), tie("object"), tie("object").map(JSON.stringify)),
    })).object;
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 3 }), async (logs) => {
        expect((await postJson(logs))[0]).toBeLessThanOrEqual(400);
      }),
      { numRuns: 500 },
    );
    const { traces } = await store.listTraces({ limit: 1_000 });
    expect(traces.length).toBeGreaterThan(10);
    for (const { traceId } of traces) {
      const path = `/api/traces/${encodeURIComponent(traceId.toWellFormed())}`;
      expect((await app.request(path)).status, JSON.stringify(traceId)).toBe(200);
    }
  });

  it("answers 503, to be tried again, when only the store is to blame", async () => {
    const error = Object.assign(new Error("database or disk is full"), { code: "ERR_SQLITE_ERROR" });
    const full: Store = { ...store, insert: () => Promise.reject(error) };
    const lines: string[] = [];
    const other = createApp({ store: full, onDiagnostic: (line) => lines.push(line) });
    const body = JSON.stringify(toLogRecord(aSpan("a")));
    for (const path of ["/v1/logs", "/v1/otel/v1/traces"]) {
      const answer = await other.request(path, { method: "POST", body: path === "/v1/logs" ? body : "{}" });
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
      expect(lines.at(-1)).toBe(`POST ${path} failed: database or disk is full`);
    }
  });

  it("answers 500 without a word of what was sent when the store fails", async () => {
    await store.close();
    const [status, answer] = await postJson(toLogRecord(aSpan("a", { name: "secret", input: "secret" })));
    expect(status).toBe(500);
    expect(JSON.stringify(answer)).not.toMatch(/secret|at |\.ts/);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatch(/^POST \/v1\/logs failed: /);
    expect(diagnostics[0]).not.toContain("secret");
    store = await createSqliteStore(":memory:");
  });
});

describe("what Portkey's own clients send", () => {
  const id = "8a4f2b60-5f0e-4d43-9f2a-1d2c3b4a5968";

  it.each<[string, object, object]>([
    [
      "the sample of its API reference",
      {
        request: {
          url: "https://api.someprovider.com/model/generate",
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: { prompt: "What is AI?" },
        },
        response: {
          status: 200,
          headers: { "Content-Type": "application/json" },
          body: { response: "AI stands for Artificial Intelligence..." },
          response_time: 123,
        },
        metadata: { user_id: "123", traceId: id, spanId: "span-1", spanName: "generate" },
      },
      { spanId: "span-1", name: "generate", durationMs: 123, status: { code: "ok" }, metadata: { user_id: "123" } },
    ],
    [
      "the LangChain handler for Python",
      {
        request: JSON.stringify({
          method: "POST",
          url: "https://api.openai.com/v1/chat/completions",
          provider: "openai",
          headers: {},
          body: { model: "gpt-4o", messages: [{ role: "user", content: "hello" }] },
        }),
        response: JSON.stringify({
          status: 200,
          headers: {},
          body: { model: "gpt-4o", choices: [], usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } },
          response_time: "0420",
          streamingMode: false,
        }),
        metadata: { _source: "Langchain", _source_type: "Agent", traceId: id },
        trace_id: id,
        span_id: "span-1",
        parent_span_id: null,
        span_name: "ChatOpenAI",
        start_time: 1_763_740_800,
      },
      {
        name: "ChatOpenAI",
        type: "llm",
        source: "Langchain",
        durationMs: 420,
        startTimeMs: 1_763_740_800_000,
        model: { provider: "openai" },
        output: { usage: { total_tokens: 10 } },
      },
    ],
    [
      "the LlamaIndex handler for Python",
      {
        request: { method: "POST", url: "llamaindex/query", headers: {}, body: { input: "where?" } },
        response: { status: 500, headers: {}, body: { error: { message: "no index" } }, time: 12.5 },
        metadata: { _source: "llama_index", trace_id: id, span_id: 42, span_name: "query", startTime: 1.7637408e18 },
      },
      {
        spanId: "42",
        name: "query",
        type: "query",
        durationMs: 12.5,
        startTimeMs: 1_763_740_800_000,
        status: { code: "error", error: { message: "no index", httpStatus: 500 } },
      },
    ],
  ])("%s is stored as what it means", async (_name, log, expected) => {
    expect(await postJson(log)).toEqual([200, { status: "success", accepted: 1 }]);
    expect(await store.getSpans(id)).toMatchObject([expected]);
    expect((await store.listTraces({ limit: 2 })).traces).toMatchObject([{ traceId: id, spans: 1 }]);
  });
});
