import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HangingEndpoint, startHangingEndpoint } from "../../../../tests/support/hanging-endpoint.ts";
import type { Batch, Transport } from "./transport.ts";
import { createHttpTransport } from "./undici-transport.ts";

const record = new TextEncoder().encode('{"span_id":"a"}');
const batch: Batch = { records: [record], bytes: record.length };
/** Connects that are under way: each holds the process until it is through. */
const connects = (): number => process.getActiveResourcesInfo().filter((name) => name === "ConnectWrap").length;
const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

let endpoint: HangingEndpoint;
let transport: Transport;
beforeEach(async () => {
  endpoint = await startHangingEndpoint();
  transport = createHttpTransport({ baseURL: endpoint.baseURL, apiKey: undefined, compression: "none" });
});
afterEach(async () => {
  await transport.close?.();
  await endpoint.close();
});

describe("a connection that hangs", () => {
  it("is given up with its request", async () => {
    const controller = new AbortController();
    const sending = transport.send(batch, controller.signal);
    await soon();
    expect(connects()).toBe(1);
    controller.abort(new Error("no answer in time"));
    expect(await sending).toEqual({ kind: "retryable", message: "no answer in time" });
    await soon();
    expect(connects()).toBe(0);
  });

  it("is given up with the transport", async () => {
    const sending = transport.send(batch, new AbortController().signal);
    await soon();
    expect(connects()).toBe(1);
    await transport.close?.();
    expect(await sending).toMatchObject({ kind: "retryable" });
    await soon();
    expect(connects()).toBe(0);
  });

  it("is given up by itself, and says so", async () => {
    const outcome = await transport.send(batch, new AbortController().signal);
    expect(outcome).toEqual({ kind: "retryable", message: "ETIMEDOUT: no connection within 2000 ms" });
    await soon();
    expect(connects()).toBe(0);
  });

  it("is not begun for a request that was called off before", async () => {
    const reason = new Error("the process ends");
    expect(await transport.send(batch, AbortSignal.abort(reason))).toEqual({
      kind: "retryable",
      message: reason.message,
    });
    await soon();
    expect(connects()).toBe(0);
  });
});
