import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Sink, startSink } from "../../../../tests/support/sink.ts";
import { createHttpTransport as createFetchTransport } from "./fetch-transport.ts";
import { LOGS } from "./http.ts";
import type { Batch, Transport } from "./transport.ts";
import { createHttpTransport as createUndiciTransport } from "./undici-transport.ts";

const TRANSPORTS = [
  ["undici", createUndiciTransport],
  ["fetch", createFetchTransport],
] as const;

const record = new TextEncoder().encode('{"span_id":"a"}');
const batch: Batch = { records: [record], bytes: record.length };
const patient = (): AbortSignal => new AbortController().signal;
let sink: Sink;
let transport: Transport;

beforeEach(async () => {
  sink = await startSink();
});
afterEach(async () => {
  await transport.close?.();
  await sink.close();
});

describe.each(TRANSPORTS)("the %s transport", (_name, create) => {
  it("delivers, and says so", async () => {
    transport = create({ baseURL: sink.baseURL, apiKey: "pk", compression: "none" });
    expect(await transport.send(batch, patient())).toEqual({ kind: "accepted" });
    expect(sink.requests[0]?.text).toBe('[{"span_id":"a"}]');
    expect(sink.requests[0]?.headers["x-portkey-api-key"]).toBe("pk");
  });

  it("compresses where that is asked for", async () => {
    transport = create({ baseURL: sink.baseURL, apiKey: undefined, compression: "gzip" });
    expect(await transport.send(batch, patient())).toEqual({ kind: "accepted" });
    expect(sink.requests[0]?.headers["content-encoding"]).toBe("gzip");
    expect(sink.requests[0]?.text).toBe('[{"span_id":"a"}]');
  });

  it.each([301, 302, 307, 308])(
    "never follows a redirect (%d) with the key, nor takes it for a success",
    async (status) => {
      const other = await startSink();
      sink.answerWith(() => ({ status, headers: { location: `${other.baseURL}/logs` } }));
      transport = create({ baseURL: sink.baseURL, apiKey: "pk", compression: "none" });
      expect(await transport.send(batch, patient())).toMatchObject({ kind: "rejected", reason: "rejected", status });
      expect(other.requests).toEqual([]);
      await other.close();
    },
  );

  it("gives the beginning of a refusal", async () => {
    sink.answerWith(() => ({ status: 400, body: `bad field x ${"y".repeat(100_000)}` }));
    transport = create({ baseURL: sink.baseURL, apiKey: undefined, compression: "none" });
    const outcome = await transport.send(batch, patient());
    expect(outcome).toMatchObject({ kind: "rejected", reason: "rejected", status: 400 });
    expect(outcome.kind === "rejected" && outcome.message.length).toBeLessThan(400);
    expect(outcome.kind === "rejected" && outcome.message).toContain("bad field x");
  });

  it.each(["reset", "half"] as const)("takes %s for retryable", async (fault) => {
    sink.answerWith(() => ({ fault }));
    transport = create({ baseURL: sink.baseURL, apiKey: undefined, compression: "none" });
    expect(await transport.send(batch, patient())).toMatchObject({ kind: "retryable" });
  });

  it("takes a server that is not there for retryable", async () => {
    transport = create({ baseURL: "http://127.0.0.1:9/v1", apiKey: undefined, compression: "none" });
    expect(await transport.send(batch, patient())).toMatchObject({ kind: "retryable" });
  });

  it("stops when it is told to", async () => {
    sink.answerWith(() => ({ fault: "silence" }));
    transport = create({ baseURL: sink.baseURL, apiKey: undefined, compression: "none" });
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("no answer in time")), 20);
    expect(await transport.send(batch, controller.signal)).toEqual({ kind: "retryable", message: "no answer in time" });
  });

  it.each(["breaks off", "stalls"] as const)("knows a refusal by its status when its body %s", async (bodyThat) => {
    sink.answerWith(() => ({ status: 401, bodyThat }));
    transport = create({ baseURL: sink.baseURL, apiKey: undefined, compression: "none" });
    expect(await transport.send(batch, patient())).toMatchObject({ kind: "rejected", reason: "unauthorized" });
  });

  it.each(["breaks off", "stalls"] as const)("takes a success for one when its body %s", async (bodyThat) => {
    sink.answerWith(() => ({ status: 200, bodyThat }));
    const told: string[] = [];
    const endpoint = { ...LOGS, onSuccess: (text: string): void => void told.push(text) };
    transport = create({ baseURL: sink.baseURL, apiKey: undefined, compression: "none" }, endpoint);
    expect(await transport.send(batch, patient())).toEqual({ kind: "accepted" });
    expect(told).toEqual(['{"half']);
  });

  it("reads no more than the beginning of an answer without end", async () => {
    let sent = 0;
    const server = http.createServer((_request, response) => {
      const chunk = Buffer.alloc(65_536, "a");
      const write = (): void => {
        while (response.write(chunk)) sent += chunk.length;
      };
      response.writeHead(500).on("drain", write);
      write();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    transport = create({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: undefined, compression: "none" });
    const outcome = await transport.send(batch, patient());
    expect(outcome).toMatchObject({ kind: "retryable", status: 500, message: `HTTP 500: ${"a".repeat(300)}` });
    expect(sent).toBeLessThan(64 * 1_048_576);
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([415, 400])(
    "sends a batch plain that is refused (%d) when it is compressed, and stays plain",
    async (status) => {
      sink.answerWith(({ headers }) => (headers["content-encoding"] === "gzip" ? { status } : undefined));
      transport = create({ baseURL: sink.baseURL, apiKey: undefined, compression: "gzip" });
      expect(await transport.send(batch, patient())).toEqual({ kind: "accepted" });
      expect(await transport.send(batch, patient())).toEqual({ kind: "accepted" });
      const encodings = sink.requests.map(({ headers }) => headers["content-encoding"]);
      expect(encodings).toEqual(["gzip", undefined, undefined]);
      expect(sink.records).toHaveLength(2);
    },
  );

  it("takes 400 for a word about the content once the server has taken gzip", async () => {
    sink.answerWith((_request, index) => (index === 0 ? undefined : { status: 400 }));
    transport = create({ baseURL: sink.baseURL, apiKey: undefined, compression: "gzip" });
    await transport.send(batch, patient());
    expect(await transport.send(batch, patient())).toMatchObject({ kind: "rejected", aboutContent: true });
    expect(sink.requests).toHaveLength(2);
  });
});
