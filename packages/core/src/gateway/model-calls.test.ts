import diagnostics from "node:diagnostics_channel";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { request as undiciRequest } from "undici";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Sink, startSink } from "../../../../tests/support/sink.ts";
import type { TracingOptions } from "../options.ts";
import { createTracing, type Tracing } from "../tracing.ts";
import { portkeyFetch } from "./portkey-fetch.ts";
import type { SeenRequest } from "./seen-request.ts";

const ORIGIN = { source: "Portkey" } as const;
const isWatched = (): boolean => diagnostics.hasSubscribers("undici:request:create");

let server: http.Server;
let gateway: string;
let seen: http.IncomingHttpHeaders[];
let statuses: number[];
/** Where the gateway sends every request. */
let elsewhere: { readonly status: number; readonly location: string } | undefined;
let sink: Sink;
let tracing: Tracing;

beforeAll(async () => {
  server = http.createServer((request, response) => {
    seen.push(request.headers);
    const { status = statuses.shift() ?? 200, ...more } = elsewhere ?? {};
    request.resume().on("end", () => response.writeHead(status, more).end("{}"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});
beforeEach(async () => {
  [seen, statuses, elsewhere] = [[], [], undefined];
  sink = await startSink();
  tracing = create({});
});
afterEach(async () => {
  await tracing.shutdown();
  await sink.close();
});

const create = (options: TracingOptions): Tracing =>
  createTracing({ baseURL: sink.baseURL, gateways: [gateway], ...options });
const post = (headers: Record<string, string> = {}, fetcher = fetch): Promise<Response> =>
  fetcher(`${gateway}/chat/completions`, { method: "POST", body: "{}", headers });
const portkeyOf = (headers: http.IncomingHttpHeaders | undefined): Record<string, unknown> =>
  Object.fromEntries(Object.entries(headers ?? {}).filter(([name]) => /^x-portkey-|^traceparent/.test(name)));

/** A host to which the gateway sends requests; it has another origin. */
async function startElsewhere() {
  const asked: unknown[] = [];
  const host = http.createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      asked.push({ ours: portkeyOf(request.headers), mine: request.headers["x-mine"], body });
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
  const close = (): Promise<unknown> => {
    host.closeAllConnections();
    return new Promise((resolve) => host.close(resolve));
  };
  return { asked, close, url: `http://127.0.0.1:${(host.address() as AddressInfo).port}/v1/chat/completions` };
}

/** A call of a model, as an integration tells of it. */
async function call<R>(run: () => Promise<R>, name = "model"): Promise<R> {
  tracing.record({ kind: "start", runId: "run", type: "llm", name, model: { provider: "openai" } }, ORIGIN);
  const result = await tracing.calls.run("run", run);
  tracing.record({ kind: "end", runId: "run" }, ORIGIN);
  return result;
}

describe("requests of the process are looked at", () => {
  it("while something is traced, and not before, and not after the client was shut down", async () => {
    expect(isWatched()).toBe(false);
    await tracing.withTrace({}, async () => expect(isWatched()).toBe(true));
    await tracing.shutdown();
    expect(isWatched()).toBe(false);
  });

  it("no more, soon after the last trace has ended", async () => {
    tracing.withTrace({}, () => undefined);
    await expect.poll(isWatched).toBe(false);
  });

  it("not where headers are not wanted", async () => {
    const off = create({ traceHeaders: false });
    await off.withTrace({}, async () => {
      expect(isWatched()).toBe(false);
      await post({}, portkeyFetch(off));
    });
    await off.shutdown();
    expect(portkeyOf(seen[0])).toEqual({});
  });
});

describe("a request in a call of a model", () => {
  it("names trace, span, parent and name, by fetch and by undici", async () => {
    await tracing.withTrace({ traceId: "t" }, () =>
      call(async () => {
        await post();
        await (await undiciRequest(`${gateway}/chat/completions`, { method: "POST", body: "{}" })).body.dump();
      }, "größer"),
    );
    await tracing.flush();
    const [model, root] = sink.spans();
    const named = {
      "x-portkey-trace-id": "t",
      "x-portkey-span-id": model?.spanId,
      "x-portkey-parent-span-id": root?.spanId,
      "x-portkey-span-name": "gr%C3%B6%C3%9Fer",
    };
    expect(seen.map(portkeyOf)).toEqual([named, named]);
  });

  it("names the span as its parent where the gateway's log hangs below it", async () => {
    await tracing.shutdown();
    tracing = create({ gatewayLogs: "wrapper" });
    await call(() => post());
    await tracing.flush();
    const [{ traceId, spanId } = { traceId: "", spanId: "" }] = sink.spans();
    expect(portkeyOf(seen[0])).toEqual({ "x-portkey-trace-id": traceId, "x-portkey-parent-span-id": spanId });
  });

  it.each<[string, Record<string, string>]>([
    ["trace id", { "x-portkey-trace-id": "mine" }],
    ["span id", { "x-portkey-span-id": "mine" }],
    ["parent", { "X-Portkey-Parent-Span-Id": "mine" }],
    ["span name", { "x-portkey-span-name": "mine" }],
  ])("keeps the %s that the program has set, and gets no other", async (_name, headers) => {
    const mine = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    await call(() => post(headers));
    await call(() => post(headers, portkeyFetch(tracing)));
    expect(seen.map(portkeyOf)).toEqual([mine, mine]);
  });

  it("keeps a traceparent beside them", async () => {
    await call(() => post({ traceparent: "00-11111111111111111111111111111111-2222222222222222-01" }));
    expect(seen[0]?.["traceparent"]).toBe("00-11111111111111111111111111111111-2222222222222222-01");
    expect(seen[0]?.["x-portkey-span-id"]).toBeDefined();
  });

  it("names nothing where the trace id is one that no header carries as it is", async () => {
    await tracing.withTrace({ traceId: "größer" }, () => call(() => post()));
    expect(portkeyOf(seen[0])).toEqual({});
  });

  it("has a name that passed the redactors", async () => {
    await tracing.shutdown();
    tracing = create({ redact: (value, field) => (field === "name" ? "hidden" : value) });
    await call(() => post());
    expect(seen[0]?.["x-portkey-span-name"]).toBe("hidden");
  });

  it("goes out as it is where it is none of a model's, or our own", async () => {
    await tracing.shutdown();
    tracing = createTracing({ baseURL: sink.baseURL, gateways: [sink.baseURL] });
    await call(async () => {
      await fetch(`${gateway}/chat/completions`);
      tracing.span("inner", () => undefined);
      await tracing.flush();
    });
    expect(portkeyOf(seen[0])).toEqual({});
    expect(sink.requests).toHaveLength(1);
    expect(portkeyOf(sink.requests[0]?.headers)).toEqual({});
  });

  it("goes out as it is to every host that is no gateway", () => {
    const added: string[] = [];
    const request = (url: string, headers: Record<string, string> = {}): SeenRequest => ({
      method: "POST",
      url: new URL(url),
      contentLength: 2,
      header: (name) => headers[name],
      addHeader: (name) => added.push(name),
    });
    tracing.record({ kind: "start", runId: "run", type: "llm", name: "m", model: {} }, ORIGIN);
    tracing.calls.run("run", () => {
      tracing.calls.starts(request("https://api.openai.com/v1/chat/completions"));
      tracing.calls.starts(request("https://api.anthropic.com/v1/messages", { "x-portkey-provider": "anthropic" }));
      tracing.calls.starts(request("https://example.com/v1/chat/completions"));
    });
    expect(added).toEqual([]);
  });
});

describe("portkeyFetch", () => {
  it("does the same, and each request is one attempt, although both ways see it", async () => {
    statuses = [503, 200];
    const fetcher = portkeyFetch(tracing);
    await call(async () => {
      await post({}, fetcher);
      await post({}, fetcher);
    });
    await tracing.flush();
    expect(seen).toHaveLength(2);
    expect(new Set(seen.map((headers) => headers["x-portkey-span-id"]))).toEqual(new Set([sink.spans()[0]?.spanId]));
    expect(sink.spans().map((span) => span.name)).toEqual(["model", "attempt 1", "attempt 2"]);
  });

  it("works around and inside of other wrappers", async () => {
    const heard: string[] = [];
    const listening: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      heard.push(String(response.status));
      return response;
    };
    await call(() => post({}, portkeyFetch(tracing, listening)));
    await call(() => post({}, (input, init) => listening(input, init)));
    await call(() => post({}, portkeyFetch(tracing, portkeyFetch(tracing))));
    expect(heard).toEqual(["200", "200"]);
    for (const headers of seen) expect(headers["x-portkey-span-id"]).toMatch(/^[0-9a-f]{16}$/);
  });

  it("takes a Request, and changes nothing of what it is given", async () => {
    const init = Object.freeze({ method: "POST", body: "{}", headers: Object.freeze({ "x-mine": "1" }) });
    const request = new Request(`${gateway}/chat/completions`, {
      method: "POST",
      body: "{}",
      headers: { "x-mine": "2" },
    });
    await call(async () => {
      await portkeyFetch(tracing)(`${gateway}/chat/completions`, init);
      await portkeyFetch(tracing)(request);
      await portkeyFetch(tracing)(new URL(`${gateway}/chat/completions`), init);
    });
    expect(seen.map((headers) => headers["x-mine"])).toEqual(["1", "2", "1"]);
    expect(seen.every((headers) => headers["x-portkey-trace-id"] !== undefined)).toBe(true);
    expect([...request.headers.keys()].filter((name) => name.startsWith("x-portkey"))).toEqual([]);
  });

  it("sends nothing of ours along where the gateway sends the request elsewhere", async () => {
    const provider = await startElsewhere();
    const url = `${gateway}/chat/completions`;
    const asked = { method: "POST", body: '{"a":1}', headers: { "x-mine": "1" } };
    const bodies = [new Blob(["{}"]).stream(), Readable.from(["{}"])];
    for (const [status, body] of [
      [307, '{"a":1}'],
      [308, '{"a":1}'],
      [303, ""],
    ] as const) {
      for (const input of [url, new URL(url), new Request(url, asked)]) {
        elsewhere = { status, location: provider.url };
        const response = await call(() => portkeyFetch(tracing)(input, input instanceof Request ? undefined : asked));
        expect([response.status, response.redirected, response.url]).toEqual([200, true, provider.url]);
        expect(provider.asked.pop()).toEqual({ ours: {}, mine: "1", body });
      }
    }
    elsewhere = { status: 303, location: provider.url };
    for (const body of bodies) {
      const streamed = { ...asked, body, duplex: "half" } as unknown as RequestInit;
      await call(() => portkeyFetch(tracing)(url, streamed));
      expect(provider.asked.pop()).toEqual({ ours: {}, mine: "1", body: "" });
    }
    elsewhere = { status: 307, location: provider.url };
    expect((await call(() => portkeyFetch(tracing)(url, { ...asked, redirect: "manual" }))).status).toBe(307);
    expect(provider.asked).toEqual([]);
    await provider.close();
    expect(portkeyOf(seen[0])).toMatchObject({ "x-portkey-trace-id": expect.any(String) });
  });

  it("hands over what the given fetch gives, errors too, and whatever it was asked", async () => {
    const error = new TypeError("no network");
    const failing = portkeyFetch(tracing, () => Promise.reject(error));
    await expect(call(() => post({}, failing))).rejects.toBe(error);
    const answer = new Response("as it is");
    const asked: unknown[] = [];
    const given = portkeyFetch(tracing, async (...args) => {
      asked.push(...args);
      return answer;
    });
    expect(await given("not an address", { method: "POST", body: "{}" })).toBe(answer);
    expect(await given(7 as never)).toBe(answer);
    expect(asked).toEqual(["not an address", { method: "POST", body: "{}" }, 7, undefined]);
  });
});
