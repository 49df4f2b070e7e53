import { createHeaders } from "@portkey-tracing/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ModelRequest, type ModelServer, startModelServer } from "../../examples/model-server.mjs";
import { OpenAI, Portkey } from "../../fixtures/gateway/libs.ts";

/** What a client is asked to send with one request. */
type Ask = (headers?: Record<string, string>) => Promise<unknown>;

const REQUEST = { model: "gpt-4o", messages: [{ role: "user" as const, content: "hello" }] };
const DEFAULTS = { provider: "openai", traceId: "default-trace", metadata: { _user: "ada" } };

let models: ModelServer;
let seen: number;
beforeAll(async () => {
  models = await startModelServer();
});
afterAll(() => models.close());
beforeEach(() => {
  seen = models.requests.length;
});

/** The headers of each request that say something of a trace. */
function traceHeaders(): Record<string, unknown>[] {
  const names = ["x-portkey-trace-id", "x-portkey-span-id", "x-portkey-parent-span-id", "x-portkey-span-name"];
  return models.requests.slice(seen).map(({ headers }: ModelRequest) => {
    const told = [...names, "x-portkey-metadata"].filter((name) => headers[name] !== undefined);
    return Object.fromEntries(told.map((name) => [name.replace("x-portkey-", ""), headers[name]]));
  });
}

/** A client without headers of its own, or with those of {@link DEFAULTS}. */
const CLIENTS: readonly (readonly [string, (hasDefaults: boolean) => Ask])[] = [
  [
    "the openai SDK",
    (hasDefaults) => {
      const defaultHeaders = hasDefaults ? createHeaders(DEFAULTS) : {};
      const client = new OpenAI({ apiKey: "sk", baseURL: models.baseURL, maxRetries: 0, defaultHeaders });
      return (headers) => client.chat.completions.create(REQUEST, headers && { headers });
    },
  ],
  [
    "portkey-ai",
    (hasDefaults) => {
      const { traceId: traceID, metadata, provider } = DEFAULTS;
      const defaults = hasDefaults ? { traceID, metadata } : {};
      const client = new Portkey({ apiKey: "pk", provider, baseURL: models.baseURL, ...defaults });
      return (headers) => client.chat.completions.create(REQUEST, undefined, headers && { extraHeaders: headers });
    },
  ],
  [
    "fetch",
    (hasDefaults) => (headers) =>
      fetch(`${models.baseURL}/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(hasDefaults ? createHeaders(DEFAULTS) : {}), ...headers },
        body: JSON.stringify(REQUEST),
      }).then((response) => response.text()),
  ],
];

describe.each(CLIENTS)("headers of %s", (_name, clientWith) => {
  it("are those of each request, one after the other, and nothing of one is in the next", async () => {
    const ask = clientWith(false);
    await ask(createHeaders({ traceID: "t1", spanId: "s1", spanName: "first", metadata: { step: 1 } }));
    await ask(createHeaders({ trace_id: "t2", parentSpanId: "p2" }));
    await ask();
    await ask(createHeaders({ traceId: "t4", spanName: "über 東京" }));
    await ask();
    expect(traceHeaders()).toEqual([
      { "trace-id": "t1", "span-id": "s1", "span-name": "first", metadata: '{"step":"1"}' },
      { "trace-id": "t2", "parent-span-id": "p2" },
      {},
      { "trace-id": "t4", "span-name": "%C3%BCber %E6%9D%B1%E4%BA%AC" },
      {},
    ]);
  });

  it("go before those of the client, which are there again afterwards", async () => {
    const ask = clientWith(true);
    await ask();
    await ask(createHeaders({ traceId: "its own", spanId: "s", metadata: { _user: "bob" } }));
    await ask();
    const usual = { "trace-id": "default-trace", metadata: '{"_user":"ada"}' };
    expect(traceHeaders()).toEqual([
      usual,
      { "trace-id": "its own", "span-id": "s", metadata: '{"_user":"bob"}' },
      usual,
    ]);
  });

  it("are right for many requests at once", async () => {
    const ask = clientWith(true);
    const ids = Array.from({ length: 20 }, (_, index) => `t${String(index).padStart(2, "0")}`);
    await Promise.all(ids.map((traceId) => ask(createHeaders({ traceId, spanName: `name ${traceId}` }))));
    const told = traceHeaders().map((headers) => [headers["trace-id"], headers["span-name"]].join(" "));
    expect(told.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(ids.map((id) => `${id} name ${id}`));
  });
});
