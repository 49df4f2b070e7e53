import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { toLogRecord } from "@portkey-tracing/core/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCommand } from "../support/collector-process.ts";
import { aSpan } from "../support/spans.ts";

/** What four largest bodies and their pieces take, and what is not yet collected of them. */
const MAX_RISE_BYTES = 400 * 2 ** 20;

let child: ChildProcess;
let url: URL;
beforeEach(async () => {
  const running = await startCommand(["--data", ":memory:"]);
  ({ child } = running);
  url = new URL(running.url);
});
afterEach(() => child.kill("SIGKILL"));

const post = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<number> => {
  const answer = await fetch(new URL("/v1/logs", url), { method: "POST", body, headers });
  await answer.arrayBuffer();
  return answer.status;
};

function residentBytes(): number {
  const status = readFileSync(`/proc/${child.pid ?? 0}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}

async function isWell(): Promise<boolean> {
  return (await post(JSON.stringify(toLogRecord(aSpan("good"))))) === 200;
}

/** The statuses of requests that are written to one connection without waiting. */
async function pipeline(count: number, request: string): Promise<Map<string, number>> {
  const socket = connect(Number(url.port), "127.0.0.1");
  const statuses = new Map<string, number>();
  let seen = 0;
  let rest = "";
  const done = new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => resolve());
    socket.on("data", (chunk) => {
      rest += chunk.toString("latin1");
      const end = rest.lastIndexOf("\n") + 1;
      for (const [, status = ""] of rest.slice(0, end).matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        seen += 1;
      }
      rest = rest.slice(end);
      if (seen >= count) socket.destroy();
    });
  });
  for (let sent = 0; sent < count; sent += 100) {
    if (!socket.write(request.repeat(100))) await new Promise((resolve) => socket.once("drain", resolve));
  }
  await done;
  return statuses;
}

describe.skipIf(process.platform !== "linux")("hostile requests", () => {
  it("that are tiny and very many are answered or refused, without a rise in memory", async () => {
    const tiny = `POST /v1/logs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 14\r\n\r\n{"request":{}}`;
    await pipeline(2_000, tiny);
    const before = residentBytes();
    const statuses = await pipeline(50_000, "GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    for (const status of statuses.keys()) expect(["404", "429"]).toContain(status);
    expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBe(50_000);
    expect(residentBytes() - before).toBeLessThan(MAX_RISE_BYTES);
    await expect.poll(isWell).toBe(true);
  });

  it("that unpack to gigabytes are refused, without a rise in memory", async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 2 ** 20, 32));
    const before = residentBytes();
    const statuses = await Promise.all(Array.from({ length: 8 }, () => post(bomb, { "content-encoding": "gzip" })));
    for (const status of statuses) expect([413, 503]).toContain(status);
    expect(residentBytes() - before).toBeLessThan(MAX_RISE_BYTES);
    expect(await isWell()).toBe(true);
  });

  it("that nest to the bottom, or have a million members, are answered", async () => {
    const deep = `{"request":{"body":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}}`;
    expect(await post(deep)).toBe(400);
    const wide = `{"request":{"body":{${Array.from({ length: 300_000 }, (_, index) => `"k${index}":1`).join(",")}}}}`;
    expect(await post(wide)).toBe(200);
    expect(await post(`[${Array.from({ length: 10_001 }, () => "{}").join(",")}]`)).toBe(413);
    expect(await isWell()).toBe(true);
  });

  it("that are made of millions of values are refused, and as many as are taken need no more memory", async () => {
    const list = (values: number): string => `{"request":{"body":{"a":[${"{},".repeat(values / 2)}{}]}}}`;
    await post(list(900_000));
    const before = residentBytes();
    expect(await post(list(20_000_000))).toBe(413);
    const statuses = await Promise.all(Array.from({ length: 12 }, () => post(list(900_000))));
    for (const status of statuses) expect([200, 503]).toContain(status);
    expect(statuses).toContain(200);
    expect(residentBytes() - before).toBeLessThan(MAX_RISE_BYTES);
    expect(await isWell()).toBe(true);
  });

  it("of one that holds more connections than there may be leave room for others", async () => {
    const open = (path: string): Promise<Socket> =>
      new Promise((resolve) => {
        const socket = connect(Number(url.port), "127.0.0.1");
        socket.on("error", () => socket.destroy());
        socket.once("data", () => resolve(socket.resume()));
        socket.once("close", () => resolve(socket));
        socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
      });
    const sockets: Socket[] = [];
    for (let count = 0; count < 1_500; count++) sockets.push(await open(count % 2 === 0 ? "/api/live" : "/healthz"));
    expect(sockets.filter((socket) => !socket.destroyed).length).toBeLessThanOrEqual(1_000);
    expect(await isWell()).toBe(true);
    for (const socket of sockets) socket.destroy();
  });

  it("that never end are ended, and leave room for others", async () => {
    const sockets: Socket[] = Array.from({ length: 100 }, () => connect(Number(url.port), "127.0.0.1"));
    const ends = sockets.map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())));
    for (const socket of sockets) {
      socket.on("error", () => socket.destroy());
      socket.resume().write("POST /v1/logs HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ");
    }
    expect(await isWell()).toBe(true);
    await Promise.all(ends);
    expect(await isWell()).toBe(true);
  });
});
