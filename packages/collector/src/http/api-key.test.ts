import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CollectorApp, createApp } from "../app.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";

const KEY = "a-key-of-sixteen-characters";

let store: Store;
let app: CollectorApp;
beforeEach(async () => {
  store = await createSqliteStore(":memory:");
  app = createApp({ store, apiKey: KEY, maxRequestsPerSecond: 300, now: () => 0 });
});
afterEach(() => store.close());

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString("base64")}`;

const ADDRESSES = ["/", "/traces/a", "/assets/page.js", "/api/traces", "/api/traces/a", "/v1/logs", "/nothing"];

describe("a collector with a key", () => {
  it.each(ADDRESSES)("asks for it at %s", async (path) => {
    const answer = await app.request(path);
    expect([answer.status, await answer.json()]).toMatchObject([401, { status: "failure" }]);
    expect(answer.headers.get("www-authenticate")).toEqual(
      path.startsWith("/v1/") ? null : expect.stringMatching(/^Basic /),
    );
  });

  it("says to anyone that it is well", async () => {
    expect((await app.request("/healthz")).status).toBe(200);
  });

  it.each([
    { "x-portkey-api-key": KEY },
    { authorization: `Bearer ${KEY}` },
    { authorization: `bearer ${KEY}` },
    { authorization: basic(`:${KEY}`) },
    { authorization: basic(`anyone:${KEY}`) },
    { authorization: "Bearer something-else", "x-portkey-api-key": KEY },
  ])("answers to %j", async (headers) => {
    expect((await app.request("/api/traces", { headers })).status).toBe(200);
    expect((await app.request("/v1/logs", { method: "POST", body: "[]", headers })).status).toBe(200);
  });

  it.each([
    { "x-portkey-api-key": `${KEY}x` },
    { "x-portkey-api-key": "" },
    { authorization: KEY },
    { authorization: "Bearer" },
    { authorization: basic(KEY.slice(1)) },
    { authorization: basic(`${KEY}:`) },
    { authorization: "Basic ###" },
    { cookie: `x-portkey-api-key=${KEY}` },
  ])("does not answer to %j", async (headers) => {
    expect((await app.request("/api/traces", { headers })).status).toBe(401);
    expect((await app.request(`/v1/logs?api_key=${KEY}`, { method: "POST", body: "{}", headers })).status).toBe(401);
    expect(await store.listTraces({ limit: 1 })).toEqual({ traces: [] });
  });

  it("lets nobody try many keys", async () => {
    const statuses: number[] = [];
    for (let tries = 0; tries < 10; tries++) {
      statuses.push((await app.request("/", { headers: { "x-portkey-api-key": `try-${tries}` } })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429, 429, 429, 429]);
  });
});
