import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRoutes } from "../app.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";

const KEY = "a-key-of-sixteen-characters";
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"];

let store: Store;
beforeEach(async () => {
  store = await createSqliteStore(":memory:");
});
afterEach(() => store.close());

/** What the router has: the methods of each address, without what stands before several of them. */
function addresses(routes: readonly { readonly method: string; readonly path: string }[]): Map<string, string[]> {
  const known = new Map<string, string[]>();
  for (const { method, path } of routes) {
    if (method === "ALL") continue;
    const methods = method === "GET" ? ["GET", "HEAD"] : [method];
    known.set(path, [...new Set([...(known.get(path) ?? []), ...methods])]);
  }
  return known;
}

describe("an address of the collector", () => {
  it("answers methods that it does not have with 405 and those that it has, wherever it is", async () => {
    const { app } = createRoutes({ store });
    const all = addresses(app.routes);
    expect(all.size).toBeGreaterThan(15);
    for (const [path, methods] of all) {
      for (const method of METHODS.filter((one) => !methods.includes(one))) {
        const answer = await app.request(path, { method });
        expect([path, method, answer.status]).toEqual([path, method, 405]);
        expect(answer.headers.get("allow")?.split(", ").toSorted()).toEqual([...methods, "OPTIONS"].toSorted());
        const body = await answer.text();
        const expected = `method: expected ${methods[0]}`;
        if (method === "HEAD") expect(body).toBe("");
        else expect(JSON.parse(body)).toEqual({ status: "failure", message: expected });
      }
    }
  });

  it("tells its methods to who asks for them by OPTIONS", async () => {
    const { app } = createRoutes({ store });
    for (const [path, methods] of addresses(app.routes)) {
      const answer = await app.request(path, { method: "OPTIONS" });
      expect([answer.status, await answer.text()]).toEqual([204, ""]);
      expect(answer.headers.get("allow")).toBe([...methods, "OPTIONS"].join(", "));
    }
  });

  it("answers HEAD as GET, without a body", async () => {
    const { app } = createRoutes({ store });
    for (const path of ["/", "/healthz", "/metrics", "/openapi.json", "/api/traces", "/api/stats", "/api/live"]) {
      const answer = await app.request(path, { method: "HEAD" });
      expect([path, answer.status, await answer.text()]).toEqual([path, 200, ""]);
    }
  });

  it("tells pages of others and who has no key nothing of its methods", async () => {
    const { app } = createRoutes({ store, apiKey: KEY });
    for (const method of ["OPTIONS", "DELETE"]) {
      const answer = await app.request("/v1/logs", { method });
      expect([answer.status, answer.headers.get("allow")]).toEqual([401, null]);
    }
    const { app: open } = createRoutes({ store });
    const headers = { origin: "https://evil.example", "access-control-request-method": "POST" };
    expect((await open.request("/v1/logs", { method: "OPTIONS", headers })).status).toBe(403);
  });
});

describe("an address that is none of the collector's", () => {
  it.each([
    ["POST", "/logs", "is it /v1/logs?"],
    ["POST", "/feedback", "is it /v1/feedback?"],
    ["PUT", "/feedback/7", "is it /v1/feedback/:id?"],
    ["POST", "/v1/v1/logs", "is it /v1/logs?"],
    ["POST", "/v1/logs/", "is it /v1/logs?"],
    ["POST", "/v1//logs", "is it /v1/logs?"],
    ["GET", "/api/traces/", "is it /api/traces?"],
    ["POST", "/v1/otel", "is it /v1/otel/v1/traces?"],
    ["POST", "/v1/metrics", "of OpenTelemetry only traces are taken"],
    ["POST", "/v1/otel/v1/logs", "of OpenTelemetry only traces are taken"],
  ])("%s %s is answered 404 with what was probably meant", async (method, path, meant) => {
    const answer = await createRoutes({ store }).app.request(path, { method });
    expect([answer.status, await answer.json()]).toEqual([
      404,
      { status: "failure", message: expect.stringContaining(`no such address: ${meant}`) },
    ]);
  });

  it.each(["/v1/chat/completions", "/chat/completions", "/v1/responses", "/v1/messages"])(
    "%s tells clients of models, in the place that they look at, that it is no gateway",
    async (path) => {
      const answer = await createRoutes({ store }).app.request(path, { method: "POST" });
      const message = expect.stringContaining("no such address: this collector is no gateway");
      expect([answer.status, await answer.json()]).toMatchObject([
        404,
        { status: "failure", message, error: { message } },
      ]);
    },
  );

  it("is answered 404 with nothing of what was sent", async () => {
    const answer = await createRoutes({ store }).app.request("/secret/path?and=more", { method: "POST" });
    expect([answer.status, await answer.json()]).toEqual([404, { status: "failure", message: "no such address" }]);
  });
});
