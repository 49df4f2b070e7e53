import { describe, expect, it } from "vitest";
import { LangchainCallbackHandler } from "./handler.ts";

describe("options", () => {
  it.each([
    [{ showHiddenRuns: "yes" }, /^showHiddenRuns: must be true or false$/],
    [{ awaitHandlers: 0 }, /^awaitHandlers: must be true or false$/],
    [{ errorStacks: null }, /^errorStacks: must be true or false$/],
    [{ inlineMedia: 1 }, /^inlineMedia: must be true or false$/],
    [{ traceIdFromThread: "thread" }, /^traceIdFromThread: must be true or false$/],
    [{ apikey: "pk" }, /^apikey: unknown option; did you mean apiKey\?$/],
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
