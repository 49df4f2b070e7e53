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

  it("tells who opens it in a browser what to do, in words on a page that needs nothing else", async () => {
    const open = async (path: string, headers: Record<string, string> = {}): Promise<[Response, string]> => {
      const accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
      const answer = await app.request(path, { headers: { accept, ...headers } });
      return [answer, await answer.text()];
    };
    for (const path of ["/", "/traces/a", "/api/traces"]) {
      const [answer, text] = await open(path);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([401, "text/html; charset=UTF-8"]);
      expect(answer.headers.get("www-authenticate")).toMatch(/^Basic /);
      expect(answer.headers.get("vary")).toMatch(/\baccept\b/);
      expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(text).toContain("<h1>This collector wants its API key</h1>");
      expect(text).toContain("the user name does not matter");
      expect(text).not.toMatch(/That was not it|<script|<style|<link|style=|[{}]/);
    }
    const [, text] = await open("/", { authorization: basic("me:wrong") });
    expect(text).toContain("That was not it.");
    expect(text).not.toContain("wrong");
    const [stranger, words] = await open("/", { host: "traces.example.com" });
    expect([stranger.status, words]).toEqual([
      403,
      expect.stringContaining("<h1>This collector does not answer to that"),
    ]);
    const [odd, page] = await open("/api/traces?<img>=1", { "x-portkey-api-key": KEY });
    expect([odd.status, page]).toEqual([400, expect.stringContaining("<p>&#60;img&#62;: ")]);
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
