import { connect, type Socket } from "node:net";
import { toLogRecord } from "@portkey-tracing/core/wire";
import { afterEach, describe, expect, it } from "vitest";
import { aSpan } from "../../../tests/support/spans.ts";
import { ConfigError } from "./config-error.ts";
import { type Collector, type CollectorOptions, startCollector } from "./start-collector.ts";

const KEY = "a-key-of-sixteen-characters";

const started: Collector[] = [];

async function start(options?: CollectorOptions): Promise<Collector> {
  const collector = await startCollector({ quiet: true, ...options });
  started.push(collector);
  return collector;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((collector) => collector.close()));
});

function post(collector: Collector, body: string): Promise<Response> {
  return fetch(`${collector.baseURL}/logs`, { method: "POST", body });
}

describe("startCollector", () => {
  it("listens on a free port of 127.0.0.1 and says where", async () => {
    const collector = await start();
    expect(collector.port).toBeGreaterThan(0);
    expect(collector.url).toBe(`http://127.0.0.1:${collector.port}`);
    expect(collector.baseURL).toBe(`${collector.url}/v1`);
    expect((await post(collector, JSON.stringify(toLogRecord(aSpan("a"))))).status).toBe(200);
    expect(await collector.store.getSpans("trace")).toEqual([aSpan("a")]);
  });

  it("shows its page", async () => {
    const { url } = await start();
    expect(await (await fetch(url)).text()).toContain("<title>Traces</title>");
  });

  it("keeps the connection usable after a body that it refused", async () => {
    const collector = await start({ maxBodyBytes: 1_000 });
    for (const [size, status] of [
      [5_000_000, 413],
      [10, 400],
      [5_000_000, 413],
      [10, 400],
    ] as const) {
      expect((await post(collector, "x".repeat(size))).status).toBe(status);
    }
  });

  it("tells who speaks HTTP/1.0 and names no host that it is well, and nothing else", async () => {
    const { port } = await start();
    const ask = async (path: string): Promise<string> => {
      const socket = connect(port, "127.0.0.1");
      socket.write(`GET ${path} HTTP/1.0\r\n\r\n`);
      let text = "";
      for await (const chunk of socket) text += String(chunk);
      return text;
    };
    expect(await ask("/healthz")).toMatch(/^HTTP\/1\.1 200 [^]*\{"status":"ok"\}$/);
    expect(await ask("/api/traces")).toMatch(/^HTTP\/1\.1 403 /);
  });

  it("refuses a request that names another host", async () => {
    const { port } = await start();
    const answer = await rawRequest(port, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  });

  it("listens on every address when it has a key, and wants it there and here", async () => {
    const { port } = await start({ host: "0.0.0.0", apiKey: KEY });
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(401);
    expect((await fetch(`http://127.0.0.1:${port}/api/traces`, { headers: { "x-portkey-api-key": KEY } })).status).toBe(
      200,
    );
  });

  it("limits each client", async () => {
    const { url } = await start({ maxRequestsPerSecond: 1 });
    const answers = await Promise.all(Array.from({ length: 30 }, () => fetch(`${url}/healthz`)));
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status === 200).length).toBeLessThan(20);
    expect(statuses).toContain(429);
  });

  it("holds no more bodies at a time than it may, and takes others when those are gone", async () => {
    const collector = await start({ maxBodyBytes: 100_000 });
    const sockets = await Promise.all(Array.from({ length: 5 }, () => halfSent(collector.port, 90_000)));
    const refused = async (): Promise<unknown> => {
      const { status, headers } = await post(collector, `[${" ".repeat(90_000)}]`);
      return [status, headers.get("retry-after")];
    };
    await expect.poll(refused).toEqual([503, "1"]);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await post(collector, `[${" ".repeat(90_000)}]`)).status).toBe(200);
  });

  it("closes twice without harm, and is gone then", async () => {
    const collector = await start();
    await fetch(collector.url);
    await Promise.all([collector.close(), collector.close()]);
    await expect(fetch(collector.url)).rejects.toThrow();
    await expect(collector.store.getSpans("trace")).rejects.toThrow();
  });

  it("closes although a client never finishes its request", async () => {
    const collector = await start();
    const socket = connect(collector.port, "127.0.0.1");
    socket.on("error", () => socket.destroy());
    socket.write("POST /v1/logs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{");
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
    await collector.close();
    socket.destroy();
  });

  it("closes connections on which nothing was asked before it waits for requests", async () => {
    const collector = await start();
    const closed: string[] = [];
    const open = async (name: string, text: string): Promise<Socket> => {
      const socket = connect(collector.port, "127.0.0.1");
      socket.on("error", () => socket.destroy()).once("close", () => closed.push(name));
      await new Promise<void>((resolve) => socket.once("connect", resolve));
      if (text !== "") await new Promise<void>((resolve) => void socket.write(text, () => resolve()));
      return socket;
    };
    await open("asked", "POST /v1/logs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{");
    await open("unused", "");
    await fetch(`${collector.url}/healthz`);
    const closing = collector.close();
    await expect.poll(() => closed).toEqual(["unused"]);
    await closing;
    await expect.poll(() => closed).toEqual(["unused", "asked"]);
  });

  it("says so when its port is in use", async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toThrow(`port: 127.0.0.1:${port} is in use`);
  });

  it.each<[CollectorOptions, string]>([
    [{ host: "0.0.0.0" }, "host: "],
    [{ host: "192.168.1.1" }, "host: "],
    [{ host: "" }, "host: "],
    [{ host: "::" }, "host: "],
    [{ host: "0.0.0.0", apiKey: "short" }, "api-key: "],
    [{ apiKey: "sixteen characters, with spaces" }, "api-key: "],
    [{ host: "a b", apiKey: KEY }, "host: "],
    [{ allowedHosts: ["traces.example:80"] }, "allow-host: "],
    [{ allowedHosts: ["https://traces.example"] }, "allow-host: "],
    [{ port: 70_000 }, "port: "],
    [{ port: 1.5 }, "port: "],
    [{ data: "" }, "data: "],
    [{ keepDays: 0 }, "keep-days: "],
    [{ maxBytes: 1_000 }, "max-size: "],
    [{ clickhouse: "localhost:8123" }, "clickhouse: expected an address"],
    [{ clickhouse: "http://user:secret@127.0.0.1:1/traces" }, "clickhouse: cannot use 127.0.0.1:1: "],
    [{ followGateway: "http://gateway.example:8787" }, 'follow-gateway: "gateway.example" is not this machine'],
    [{ followGateway: "127.0.0.1:8787" }, "follow-gateway: expected an address"],
    [{ data: "/dev/null/traces.db" }, "data: cannot open"],
    [{ data: "/proc/there/is/none/traces.db" }, "data: cannot open"],
  ])("throws a ConfigError for %j", async (options, message) => {
    const failure = start(options);
    await expect(failure).rejects.toBeInstanceOf(ConfigError);
    await expect(failure).rejects.toThrow(message);
  });
});

/** A request that stops before the last byte of its body. */
async function halfSent(port: number, bytes: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => socket.destroy());
  const head = `POST /v1/logs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${bytes + 1}\r\n\r\n`;
  await new Promise((resolve) => {
    socket.write(head + "x".repeat(bytes), resolve);
  });
  return socket;
}

function rawRequest(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
  });
}
