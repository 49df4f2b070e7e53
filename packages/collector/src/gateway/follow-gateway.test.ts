import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Span } from "@portkey-tracing/core";
import { afterEach, expect, it, vi } from "vitest";
import { ConfigError } from "../config-error.ts";
import { openEventStream } from "./event-stream.ts";
import { followGateway, readGatewayAddress } from "./follow-gateway.ts";

const servers: http.Server[] = [];
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: http.RequestListener): Promise<URL> {
  const server = http.createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

const stream = (response: http.ServerResponse): http.ServerResponse =>
  response.writeHead(200, { "content-type": "text/event-stream" });

function follow(gateway: URL, insert: (spans: readonly Span[]) => Promise<void>): { said: string[]; stored: Span[] } {
  const [said, stored]: [string[], Span[]] = [[], []];
  const store = {
    insert: async (spans: readonly Span[]): Promise<void> => {
      await insert(spans);
      stored.push(...spans);
    },
  };
  stops.push(followGateway({ gateway, store, say: (line) => said.push(line), firstPauseMs: 5 }));
  return { said, stored };
}

const entry = (traceId: string): string => {
  const record = {
    createdAt: "2026-11-22T02:51:56.123Z",
    executionTime: 73,
    transformedRequest: { headers: { "x-portkey-trace-id": traceId, "x-portkey-span-id": "call" } },
  };
  const targets = [0, 1].map((index) => ({ ...record, lastUsedOptionIndex: `config.targets[${index}]` }));
  return `event: log\ndata: ${JSON.stringify({ status: 200, requestOptions: targets })}\nid: 0\n\n`;
};

it("takes addresses of this machine only, and says why", () => {
  for (const address of ["http://127.0.0.1:8787", "http://localhost:8787/v1", "http://[::1]:8787"]) {
    expect(readGatewayAddress(address).href).toBe(`${new URL(address).origin}/`);
  }
  const refused = [
    "http://10.0.0.1:8787",
    "http://gateway.example.com",
    "http://a.localhost:8787",
    "http://localhost.example.com",
    "http://0.0.0.0:8787",
    "http://user:password@10.0.0.1",
    "https://127.0.0.1:8787",
    "127.0.0.1:8787",
    "",
  ];
  for (const address of refused) expect(() => readGatewayAddress(address), address).toThrow(ConfigError);
  expect(() => readGatewayAddress("http://user:password@10.0.0.1")).not.toThrow(/password/);
});

it("follows no redirect to another address", async () => {
  const asked = vi.fn();
  const elsewhere = await serve((_request, response) => {
    asked();
    stream(response).write(entry("t"));
  });
  const gateway = await serve((_request, response) => {
    response.writeHead(302, { location: `${elsewhere.href}log/stream` }).end();
  });
  const { said } = follow(gateway, async () => undefined);
  await expect.poll(() => said).toEqual([expect.stringContaining("no log to follow (HTTP 302)")]);
  expect(asked).not.toHaveBeenCalled();
});

it("reads events that come in pieces, passes over what is none, and goes on where the store fails", async () => {
  let failures = 1;
  const gateway = await serve((_request, response) => {
    stream(response);
    response.write("event: connected\ndata: 1\n\nevent: log\ndata: no JSON\n\nevent: log\ndata: {}\n\n");
    const text = entry("lost") + entry("kept");
    for (const [index, part] of [text.slice(0, 90), text.slice(90)].entries()) {
      setTimeout(() => response.write(part), 20 * index);
    }
  });
  const { said, stored } = follow(gateway, () =>
    failures-- > 0 ? Promise.reject(new Error("disk full")) : Promise.resolve(),
  );
  await expect.poll(() => stored.map((span) => span.traceId)).toEqual(["kept", "kept"]);
  expect(said).toContain("attempts of the gateway could not be stored");
});

it("connects again, as long as it takes, and says so once", async () => {
  let connections = 0;
  const gateway = await serve((_request, response) => {
    connections += 1;
    if (connections < 4) response.destroy();
    else stream(response).write(entry("t"));
  });
  const { said, stored } = follow(gateway, async () => undefined);
  await expect.poll(() => stored).toHaveLength(2);
  expect(said.map((line) => line.replace(gateway.host, "HOST"))).toEqual([
    "the gateway at HOST does not answer; it is tried again",
    "follows the gateway at HOST",
  ]);
});

it("gives up a stream whose event does not end, and one that says nothing", async () => {
  const endless = await serve((_request, response) => {
    stream(response).write("event: log\ndata: ");
    const more = (): void => {
      if (!response.destroyed) response.write("x".repeat(10_000), () => setImmediate(more));
    };
    more();
  });
  const silent = await serve((_request, response) => {
    stream(response).write(": nothing\n\n");
  });
  const onEvent = vi.fn();
  const open = (url: URL, idleMs: number): ReturnType<typeof openEventStream> =>
    openEventStream({ url, maxCharacters: 100_000, idleMs, onOpen: () => undefined, onEvent });
  expect(await open(endless, 10_000).ended).toEqual({ code: "broken" });
  expect(await open(silent, 30).ended).toEqual({ code: "broken" });
  expect(onEvent).not.toHaveBeenCalled();
});

it("stops at once, also while it is being connected, and closes its connection", async () => {
  const seen: string[] = [];
  const gateway = await serve((request) => {
    seen.push("asked");
    request.socket.once("close", () => seen.push("closed"));
  });
  const { said } = follow(gateway, async () => undefined);
  await expect.poll(() => seen).toEqual(["asked"]);
  await stops.pop()?.();
  await expect.poll(() => seen).toEqual(["asked", "closed"]);
  expect(said).toEqual([]);
});
