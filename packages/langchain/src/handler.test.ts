import { consumeCallback } from "@langchain/core/callbacks/promises";
import { describe, expect, it } from "vitest";
import { startSink } from "../../../tests/support/sink.ts";
import { LangchainCallbackHandler } from "./handler.ts";

describe("options", () => {
  it.each([
    [{ showHiddenRuns: "yes" }, /^showHiddenRuns: must be true or false$/],
    [{ awaitHandlers: 0 }, /^awaitHandlers: must be true or false$/],
    [{ errorStacks: null }, /^errorStacks: must be true or false$/],
    [{ inlineMedia: 1 }, /^inlineMedia: must be true or false$/],
    [{ traceIdFromThread: "thread" }, /^traceIdFromThread: must be true or false$/],
    [{ apikey: "pk" }, /^apikey: unknown option; did you mean apiKey\?$/],
    ["pk", /^options: must be an object$/],
  ])("%o are told", (options, message) => {
    expect(() => new LangchainCallbackHandler(options as never)).toThrow(message);
  });

  it("none at all are taken for empty ones", () => {
    const told: unknown[] = [];
    expect(new LangchainCallbackHandler({ onDiagnostic: (diagnostic) => told.push(diagnostic) }).tracing.enabled).toBe(
      false,
    );
    expect(told).toHaveLength(1);
  });
});

describe("events that are none", () => {
  it("are counted, and never thrown", async () => {
    const handler = new LangchainCallbackHandler({ baseURL: "http://127.0.0.1:1/v1", onDiagnostic: () => undefined });
    const calls = handler as unknown as Record<string, (...args: unknown[]) => unknown>;
    const garbage = [
      undefined,
      null,
      5,
      "text",
      {},
      [],
      Symbol("x"),
      new Proxy(
        {},
        {
          get: () => {
            throw new Error("get");
          },
        },
      ),
    ];
    const methods = Object.getOwnPropertyNames(LangchainCallbackHandler.prototype).filter((name) =>
      name.startsWith("handle"),
    );
    expect(methods.length).toBeGreaterThan(15);
    for (const name of methods) {
      for (const value of garbage) {
        expect(calls[name]?.call(handler, value, value, value, value, value, value, value, value)).toBeUndefined();
        expect(
          calls[name]?.call(handler, value, value, `run-${name}`, value, value, value, value, value),
        ).toBeUndefined();
      }
    }
    expect(handler.stats().failedEvents).toBeGreaterThan(0);
    await handler.shutdown({ timeoutMs: 0 });
  });
});

describe("a handler that is not awaited", () => {
  it("delivers within the time although somebody else's callback hangs in LangChain's queue", async () => {
    const sink = await startSink();
    const handler = new LangchainCallbackHandler({ baseURL: sink.baseURL, awaitHandlers: false });
    handler.handleChainStart({}, {}, "11111111-1111-4111-8111-111111111111");
    handler.handleChainEnd({}, "11111111-1111-4111-8111-111111111111");
    let end = (): void => undefined;
    void consumeCallback(() => new Promise<void>((resolve) => (end = resolve)), false);
    expect(await handler.flush({ timeoutMs: 1_000 })).toMatchObject({ sent: 1, pending: 0 });
    end();
    await handler.shutdown();
    await sink.close();
  });

  it("waits for the queue however long it may, and takes a time that is none for the default", async () => {
    const sink = await startSink();
    const handler = new LangchainCallbackHandler({ baseURL: sink.baseURL, awaitHandlers: false });
    for (const [index, timeoutMs] of [Number.POSITIVE_INFINITY, 10n, Number.NaN, "soon"].entries()) {
      const runId = `11111111-1111-4111-8111-11111111111${index}`;
      void consumeCallback(async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        handler.handleChainStart({}, {}, runId);
        handler.handleChainEnd({}, runId);
      }, false);
      expect(await handler.flush({ timeoutMs: timeoutMs as number })).toMatchObject({ sent: index + 1, pending: 0 });
    }
    await handler.shutdown();
    await sink.close();
  });
});
