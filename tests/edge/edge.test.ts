import { AsyncLocalStorage } from "node:async_hooks";
import { fileURLToPath } from "node:url";
import { EdgeVM } from "@edge-runtime/vm";
import type { DeliveryReport } from "@portkey-tracing/core";
import { rolldown } from "rolldown";
import { beforeAll, describe, expect, it } from "vitest";
import { startSink } from "../support/sink.ts";

let code: string;

/** Bundled as edge platforms bundle: for the browser's conditions, with nothing left outside. */
beforeAll(async () => {
  const input = fileURLToPath(new URL("../programs/edge-worker.mjs", import.meta.url));
  const conditionNames = ["workerd", "worker", "edge-light", "browser", "import", "default"];
  // Not by the paths of our tsconfig, which lead to the sources.
  const bundle = await rolldown({ input, platform: "browser", tsconfig: false, resolve: { conditionNames } });
  const { output } = await bundle.generate({ format: "iife" });
  code = output[0].code;
  await bundle.close();
});

describe("core on the edge", () => {
  it("bundles without any module of Node's", () => {
    expect(code).not.toMatch(/(from|import|require)\s*\(?\s*["']node:|new Pool\(/);
  });

  it("traces and delivers in an edge runtime", async () => {
    const sink = await startSink();
    // As Vercel and Cloudflare do, beside what the runtime has of its own.
    const vm = new EdgeVM({ extend: (context) => Object.assign(context, { AsyncLocalStorage }) });
    vm.evaluate(code);
    const handle =
      vm.evaluate<(sink: string) => Promise<{ answer: string; report: DeliveryReport }>>("globalThis.handle");
    const { answer, report } = await handle(sink.baseURL);
    await sink.close();
    expect(answer).toBe("answer");
    expect(report).toMatchObject({ recorded: 2, sent: 2, pending: 0 });
    const [inner, request] = sink.spans();
    expect(inner).toMatchObject({ name: "inner", output: "answer", parentSpanId: request?.spanId });
    expect(request).toMatchObject({ name: "request", input: { card: "[redacted]" } });
  });
});
