import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AppOptions, type CollectorApp, createApp } from "../app.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";

const KEY = "a-key-of-sixteen-characters";

let store: Store;
beforeEach(async () => {
  store = await createSqliteStore(":memory:");
});
afterEach(() => store.close());

async function statusOf(
  url: string,
  headers: Record<string, string> = {},
  options: Partial<AppOptions> = {},
): Promise<number> {
  const app: CollectorApp = createApp({ store, ...options });
  return (await app.fetch(new Request(url, { headers }))).status;
}

describe("without a key", () => {
  it.each([
    ["http://127.0.0.1/api/traces", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }, 403],
    ["http://127.0.0.1/api/traces", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, 200],
    ["http://127.0.0.1/api/traces", { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" }, 200],
    ["http://10.0.0.7/api/traces", {}, 403],
    ["http://traces.example/api/traces", {}, 403],
  ])("%s with %j is answered %i", async (url, headers, status) => {
    expect(await statusOf(url, headers)).toBe(status);
  });

  it("takes no form of another site, also where it has no Origin", async () => {
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    const form = new Request("http://127.0.0.1/v1/logs", { method: "POST", body: "[]", headers });
    expect((await createApp({ store }).fetch(form)).status).toBe(403);
  });

  it("answers to a name that was allowed, on any port, and to its pages", async () => {
    const options = { allowedHosts: ["Traces.example"] };
    expect(await statusOf("http://traces.example:99/api/traces", {}, options)).toBe(200);
    expect(await statusOf("http://traces.example/api/traces", { origin: "https://traces.example" }, options)).toBe(200);
    expect(await statusOf("http://traces.example.evil/", {}, options)).toBe(403);
    expect(await statusOf("http://127.0.0.1/", { host: "evil.example" }, options)).toBe(403);
  });
});

describe("with a key", () => {
  const options = { apiKey: KEY };
  const key = { "x-portkey-api-key": KEY };

  it("answers to addresses, which no web page can call its own, and to no other name", async () => {
    expect(await statusOf("http://10.0.0.7:8788/api/traces", key, options)).toBe(200);
    expect(await statusOf("http://[2001:db8::1]:8788/api/traces", key, options)).toBe(200);
    expect(await statusOf("http://evil.example/", key, options)).toBe(403);
  });

  it.each([
    ["http://10.0.0.7:8788", 200],
    ["http://localhost:3000", 403],
    ["http://10.0.0.7:9999", 403],
    ["https://evil.example", 403],
  ])("a page at %s is answered %i: the browser may know the key", async (origin, status) => {
    expect(await statusOf("http://10.0.0.7:8788/api/traces", { ...key, origin }, options)).toBe(status);
  });
});
