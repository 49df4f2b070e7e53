import { gunzipSync } from "node:zlib";
import { toLogRecord } from "@portkey-tracing/core/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aSpan } from "../../../../tests/support/spans.ts";
import { type CollectorApp, createApp, createRoutes } from "../app.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";

let store: Store;
let app: CollectorApp;
beforeEach(async () => {
  store = await createSqliteStore(":memory:");
  app = createApp({ store });
});
afterEach(() => store.close());

describe("GET /metrics", () => {
  it("counts requests by pattern, spans by outcome, and bytes", async () => {
    const body = JSON.stringify([toLogRecord(aSpan("a")), { request: 1 }]);
    await app.request("/v1/logs", { method: "POST", body });
    for (const id of ["one", "two"]) await app.request(`/api/traces/${id}`);
    await app.request("/nothing/secret", { method: "PROPFIND" });
    const answer = await app.request("/metrics");
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await answer.text();
    for (const line of [
      'portkey_traces_spans_total{outcome="accepted"} 1',
      'portkey_traces_spans_total{outcome="rejected"} 1',
      `portkey_traces_body_bytes_total ${Buffer.byteLength(body)}`,
      "portkey_traces_held_bytes 0",
      "portkey_traces_live_watchers 0",
      'portkey_traces_requests_total{method="POST",route="/v1/logs",status="200"} 1',
      'portkey_traces_requests_total{method="GET",route="/api/traces/:traceId",status="404"} 2',
      'portkey_traces_requests_total{method="other",route="other",status="404"} 1',
      'portkey_traces_request_seconds_count{method="POST",route="/v1/logs"} 1',
    ]) {
      expect(text.split("\n")).toContain(line);
    }
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(text).not.toContain("secret");
  });

  it("is another one for each collector in a process, and may be asked again", async () => {
    const other = createApp({ store });
    await app.request("/healthz");
    for (let times = 0; times < 2; times++) {
      expect(await (await other.request("/metrics")).text()).not.toContain('route="/healthz"');
    }
  });
});

interface Operation {
  readonly operationId?: string;
  readonly responses: Record<string, { content?: object } | undefined>;
  readonly summary: string;
}

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, unknown> };
}

describe("GET /openapi.json", () => {
  it("describes every address that is answered, but for the page, and no other", async () => {
    const document: Document = JSON.parse(await (await app.request("/openapi.json")).text());
    expect(document.openapi).toBe("3.1.0");
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`),
    );
    const page = ["GET /", "GET /traces/:traceId", "GET /sessions/:sessionId", "GET /assets/:name"];
    // What stands before several addresses is for all methods.
    const answered = createRoutes({ store })
      .app.routes.filter((route) => route.method !== "ALL")
      .map((route) => `${route.method} ${route.path}`);
    expect(described.length).toBeGreaterThan(15);
    expect([...described, ...page].toSorted()).toEqual([...new Set(answered)].toSorted());
    for (const methods of Object.values(document.paths)) {
      for (const operation of Object.values(methods)) expect(operation.summary).toMatch(/\w/);
    }
  });

  it("names each operation, and no two alike, so that a client can be made of it", async () => {
    const document: Document = JSON.parse(await (await app.request("/openapi.json")).text());
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const names = operations.map(({ operationId = "none" }) => operationId);
    for (const name of names) expect(name).toMatch(/^(get|list|find|insert|create|update|watch)[A-Z][A-Za-z]+$/);
    expect(new Set(names).size).toBe(operations.length);
  });

  it.each<[string, string, RequestInit, object?]>([
    ["post", "/v1/logs", { body: "[]", headers: { "content-encoding": "br" } }],
    ["post", "/v1/feedback", { body: "x".repeat(2_000) }],
    ["put", "/v1/feedback/{id}", { body: "x".repeat(2_000) }],
    ["post", "/v1/otel/v1/traces", { body: "oops", headers: { "content-type": "application/x-protobuf" } }],
    ["post", "/v1/otel/v1/traces", { body: new Uint8Array(), headers: { "content-type": "application/x-protobuf" } }],
    ["post", "/v1/otel/v1/traces", { body: "[]", headers: { "content-encoding": "br" } }],
    ["post", "/v1/otel/v1/traces", { headers: { "content-type": "application/x-protobuf", "content-encoding": "br" } }],
    ["post", "/v1/otel/v1/traces", { headers: { "content-type": "application/x-protobuf", host: "evil.example" } }],
    ["get", "/api/traces", { headers: { host: "evil.example" } }],
    ["get", "/api/stats", { headers: { origin: "https://evil.example" } }],
    ["get", "/api/live", {}, { apiKey: "a-key-of-sixteen-characters" }],
    ["get", "/api/traces", {}, { store: undefined }],
    ["get", "/healthz", {}, { maxRequestsPerSecond: 0.1 }],
  ])("describes how %s %s refuses %j %j", async (method, path, init, more = {}) => {
    const document: Document = JSON.parse(await (await app.request("/openapi.json")).text());
    const strict = createApp({ store, maxBodyBytes: 1_000, ...more });
    const answer = await strict.request(path.replace("{id}", "x"), { method: method.toUpperCase(), ...init });
    const described = document.paths[path]?.[method]?.responses[answer.status];
    const [type = ""] = (answer.headers.get("content-type") ?? "").split(";");
    expect([answer.status, Object.keys(described?.content ?? {})]).toEqual([
      answer.status,
      expect.arrayContaining([type]),
    ]);
  });

  it("has nothing in it that refers to nothing", async () => {
    const text = await (await app.request("/openapi.json")).text();
    const document: Document = JSON.parse(text);
    const references = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(references.length).toBeGreaterThan(5);
    for (const name of references) expect(document.components.schemas).toHaveProperty([name]);
  });
});

describe("an answer", () => {
  it("is compressed for who takes it", async () => {
    await store.insert([aSpan("a", { input: "x".repeat(5_000) })]);
    const plain = await app.request("/api/traces/trace");
    expect(plain.headers.get("content-encoding")).toBeNull();
    const packed = await app.request("/api/traces/trace", { headers: { "accept-encoding": "gzip, br" } });
    expect(packed.headers.get("content-encoding")).toBe("gzip");
    const bytes = Buffer.from(await packed.arrayBuffer());
    expect(bytes.length).toBeLessThan(1_500);
    expect(gunzipSync(bytes).toString()).toBe(await plain.text());
    const headers = { "accept-encoding": "gzip", "if-none-match": packed.headers.get("etag") ?? "" };
    expect((await app.request("/api/traces/trace", { headers })).status).toBe(304);
  });
});
