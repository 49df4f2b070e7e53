import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Sink, startSink } from "../../../../tests/support/sink.ts";
import { createHttpTransport as createFetchTransport } from "./fetch-transport.ts";
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
});
