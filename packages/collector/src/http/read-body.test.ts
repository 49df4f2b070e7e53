import { describe, expect, it } from "vitest";
import { createBudget } from "./budget.ts";
import { type BodyReading, readBody as read } from "./read-body.ts";

function readBody(sent: Request, maxBytes: number, budget = createBudget(1e9)): Promise<BodyReading> {
  return read(sent, { maxBytes, budget });
}

function request(
  body: string | Uint8Array<ArrayBuffer> | ReadableStream,
  headers: Record<string, string> = {},
): Request {
  return new Request("http://localhost/", { method: "POST", body, headers, duplex: "half" });
}

/** A body that never ends, and counts what was taken of it. */
function endless(): { stream: ReadableStream; taken: () => number } {
  let bytes = 0;
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    bytes += 1_000;
    controller.enqueue(new Uint8Array(1_000));
  };
  return { stream: new ReadableStream({ pull }), taken: () => bytes };
}

function failing(error: Error): ReadableStream {
  return new ReadableStream({ pull: (controller) => controller.error(error) });
}

describe("readBody", () => {
  it("counts bytes, not characters", async () => {
    expect(await readBody(request("äöü"), 6)).toEqual({ ok: true, bytes: Buffer.from("äöü") });
    expect(await readBody(request("äöü"), 5)).toMatchObject({ ok: false, status: 413 });
  });

  it("takes no more of a body than the limit", async () => {
    const { stream, taken } = endless();
    expect(await readBody(request(stream), 10_000)).toMatchObject({ ok: false, status: 413 });
    expect(taken()).toBeLessThan(20_000);
  });

  it("believes a length that is over the limit, without reading", async () => {
    const { stream, taken } = endless();
    expect(await readBody(request(stream, { "content-length": "10001" }), 10_000)).toMatchObject({ status: 413 });
    expect(taken()).toBeLessThanOrEqual(1_000);
  });

  it("holds no more bytes of all bodies than the budget, and gives back what a refused one took", async () => {
    const budget = createBudget(10);
    const first = await readBody(request("12345678"), 100, budget);
    expect(first).toMatchObject({ ok: true });
    expect(await readBody(request("123"), 100, budget)).toMatchObject({ ok: false, status: 503 });
    expect(budget.used).toBe(8);
    budget.give(8);
    expect(await readBody(request("1234567890a"), 10, budget)).toMatchObject({ status: 413 });
    await expect(readBody(request(failing(new Error("bug"))), 10, budget)).rejects.toThrow();
    expect(budget.used).toBe(0);
  });

  it("tells a client that left from a failure of its own", async () => {
    const reset = Object.assign(new Error("aborted"), { code: "ECONNRESET" });
    expect(await readBody(request(failing(reset)), 10)).toEqual({
      ok: false,
      status: 400,
      reason: "body: ended early",
    });
    await expect(readBody(request(failing(new Error("bug"))), 10)).rejects.toThrow("bug");
  });
});
