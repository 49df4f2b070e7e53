import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aSpan } from "../../../tests/support/spans.ts";
import { type CollectorApp, createApp } from "./app.ts";
import { toLogId } from "./http/log-id.ts";
import { createSqliteStore } from "./store/sqlite-store.ts";
import type { Store } from "./store/store.ts";
import { toPathPart } from "./view/path-part.ts";

let store: Store;
let app: CollectorApp;
beforeEach(async () => {
  store = await createSqliteStore(":memory:");
  app = createApp({ store });
});
afterEach(() => store.close());

describe("the collector", () => {
  it("says that it is well", async () => {
    const answer = await app.request("/healthz");
    expect([answer.status, await answer.json()]).toEqual([200, { status: "ok" }]);
  });

  it.each(["/nothing", "/api/nothing", "/assets/nothing.js", "/assets/..%2fapp.ts"])(
    "answers 404 at %s",
    async (path) => {
      const answer = await app.request(path);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toEqual({ status: "failure", message: "no such address" });
    },
  );

  it.each(["/", "/traces/abc"])("has its page at %s, which may load nothing from elsewhere", async (path) => {
    const answer = await app.request(path);
    expect(answer.headers.get("content-type")).toMatch(/^text\/html/);
    expect(answer.headers.get("content-security-policy")).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    const html = await answer.text();
    for (const [, asset = ""] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const loaded = await app.request(asset);
      expect([asset, loaded.status, loaded.headers.get("x-content-type-options")]).toEqual([asset, 200, "nosniff"]);
    }
    expect(html).not.toMatch(/<script(?![^>]*src=)|style=|\son\w+=/);
  });
});

describe("a trace whose id is a step of a path", () => {
  it.each([".", "..", "~.", "~~.."])(
    "is found at its address, as is its span, where clients make the address shorter: %j",
    async (id) => {
      await store.insert([aSpan(id, { traceId: id, name: "asked" }), aSpan("a", { traceId: "other" })]);
      const get = async (path: string): Promise<Response> =>
        app.fetch(new Request(new URL(path, "http://127.0.0.1:8788")));
      const page = await get(`/traces/${toPathPart(id)}`);
      const [, outline = ""] = /^<([^>]+)>; rel=preload/.exec(page.headers.get("link") ?? "") ?? [];
      const trace = `/api/traces/${toPathPart(id)}`;
      expect(outline).toBe(`${trace}/outline`);
      for (const path of [trace, outline])
        expect(await (await get(path)).json()).toMatchObject({ trace: { traceId: id } });
      for (const path of [`${trace}/head`, `${trace}/spans/${toPathPart(id)}`]) {
        expect(await (await get(path)).json()).toMatchObject({ span: { traceId: id, spanId: id } });
      }
      expect(await (await get(`${trace}/matches?text=asked`)).json()).toEqual({ spanIds: [id] });
      expect((await get(`/v1/logs/${toLogId(id, id)}`)).status).toBe(200);
    },
  );
});

function ask(url: string, headers: Record<string, string> = {}): Response | Promise<Response> {
  return app.fetch(new Request(url, { headers }));
}

describe("a request from elsewhere", () => {
  it.each(["http://localhost:8788/", "http://127.0.0.1/", "http://[::1]:1/", "http://app.localhost/"])(
    "is served at %s",
    async (url) => {
      expect((await ask(url)).status).toBe(200);
    },
  );

  it("may ask whether it is well, under any name", async () => {
    expect((await ask("http://traces.internal/healthz")).status).toBe(200);
  });

  it.each(["http://evil.example/", "http://127.0.0.1.evil.example/", "http://192.168.0.7:8788/", "http://0.0.0.0/"])(
    "is refused at %s",
    async (url) => {
      const answer = await ask(url);
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ status: "failure" });
    },
  );

  it("is refused for the name in its Host header", async () => {
    expect((await ask("http://127.0.0.1/", { host: "evil.example" })).status).toBe(403);
  });

  it.each([
    ["http://localhost:3000", 200],
    ["http://127.0.0.1:8788", 200],
    ["https://evil.example", 403],
    ["null", 403],
    ["", 403],
  ])("from a page at %j is answered %i", async (origin, status) => {
    expect((await ask("http://127.0.0.1/api/traces", { origin })).status).toBe(status);
  });

  it("is refused before anything is stored", async () => {
    const body = JSON.stringify({ request: {} });
    const headers = { origin: "https://evil.example" };
    expect((await app.request("/v1/logs", { method: "POST", body, headers })).status).toBe(403);
    expect(await store.listTraces({ limit: 1 })).toEqual({ traces: [] });
  });
});
