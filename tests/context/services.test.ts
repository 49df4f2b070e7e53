import http from "node:http";
import type { AddressInfo } from "node:net";
import { createTracing } from "@portkey-tracing/core";
import { LangchainCallbackHandler } from "@portkey-tracing/langchain";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  context,
  InMemorySpanExporter,
  NodeTracerProvider,
  RunnableLambda,
  SimpleSpanProcessor,
  trace,
} from "../../fixtures/gateway/libs.ts";
import { goldenTree, tree } from "../support/golden.ts";
import { type Sink, startSink } from "../support/sink.ts";
import { byTrace } from "../support/spans.ts";
import { sleep } from "../support/user-programs.ts";

let sink: Sink;
beforeEach(async () => {
  sink = await startSink();
});
afterEach(() => sink.close());

describe("a service that calls another one", () => {
  it.each([
    ["all of its headers", (headers: Record<string, string>) => headers],
    ["traceparent alone", ({ traceparent = "" }: Record<string, string>) => ({ traceparent })],
    ["Portkey's headers alone", ({ traceparent: _none, ...headers }: Record<string, string>) => headers],
  ])("goes on with one tree by %s, 20 requests at once", async (_name, select) => {
    const back = createTracing({ baseURL: sink.baseURL });
    const server = http.createServer((request, response) => {
      const name = `back ${request.url ?? ""}`;
      void back
        .withTrace({ name, headers: request.headers }, () => sleep(Math.random() * 20))
        .then(() => response.end());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const front = createTracing({ baseURL: sink.baseURL });
    await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        front.withTrace({ name: `front /${at}` }, async () => {
          await sleep(Math.random() * 20);
          await front.span("call", () => fetch(`http://127.0.0.1:${port}/${at}`, { headers: select(front.headers()) }));
        }),
      ),
    );
    await Promise.all([front.shutdown(), back.shutdown()]);
    server.close();
    const traces = [...byTrace(sink.spans()).values()];
    expect(traces).toHaveLength(20);
    for (const spans of traces) {
      const [, at = ""] = /front \/(\d+)/.exec(goldenTree(spans)) ?? [];
      expect(goldenTree(spans)).toBe(tree(`span front /${at}\n  span call\n    span back /${at}`));
    }
  });

  it("keeps a trace id that is free text, in any script", async () => {
    const tracing = createTracing({ baseURL: sink.baseURL });
    const headers = tracing.withTrace({ traceId: "Bestellung Größe 7 – 検索" }, () => tracing.headers());
    expect(() => new Headers(headers)).not.toThrow();
    tracing.withTrace({ name: "back", headers }, () => undefined);
    await tracing.shutdown();
    expect(new Set(sink.spans().map((span) => span.traceId))).toEqual(new Set(["Bestellung Größe 7 – 検索"]));
  });

  it("starts a trace of its own where the headers are hostile", async () => {
    const tracing = createTracing({ baseURL: sink.baseURL, onDiagnostic: () => undefined });
    const hostile = {
      get headers(): never {
        throw new Error("no headers");
      },
    };
    const unreadable = new Proxy({}, { get: () => hostile.headers, ownKeys: () => hostile.headers });
    expect(tracing.withTrace({ headers: unreadable }, () => 7)).toBe(7);
    await tracing.shutdown();
    expect(sink.spans()).toMatchObject([{ name: "trace" }]);
    expect(sink.spans()[0]).not.toHaveProperty("parentSpanId");
  });
});

describe("a program that uses OpenTelemetry", () => {
  let provider: NodeTracerProvider;
  let exporter: InMemorySpanExporter;
  beforeEach(() => {
    exporter = new InMemorySpanExporter();
    provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    provider.register();
  });
  afterEach(async () => {
    await provider.shutdown();
    trace.disable();
    context.disable();
  });

  it("has its active span as the parent, where it asks for that", async () => {
    const tracing = createTracing({ baseURL: sink.baseURL, openTelemetry: true });
    await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        trace.getTracer("program").startActiveSpan(`http ${at}`, async (span) => {
          await sleep(Math.random() * 20);
          await tracing.withTrace({ name: `request ${at}` }, () => tracing.span("inner", () => sleep(5)));
          span.end();
        }),
      ),
    );
    await tracing.shutdown();
    const byId = new Map(exporter.getFinishedSpans().map((span) => [span.spanContext().spanId, span]));
    const roots = sink.spans().filter((span) => span.name.startsWith("request"));
    expect(roots).toHaveLength(20);
    for (const root of roots) {
      const parent = byId.get(root.parentSpanId ?? "");
      expect(parent?.name).toBe(root.name.replace("request", "http"));
      expect(parent?.spanContext().traceId).toBe(root.traceId);
      const inner = sink.spans().find((span) => span.parentSpanId === root.spanId);
      expect(inner).toMatchObject({ name: "inner", traceId: root.traceId });
    }
  });

  it("has it as the parent of LangChain's own roots, too", async () => {
    const tracing = createTracing({ baseURL: sink.baseURL, openTelemetry: true });
    const handler = new LangchainCallbackHandler({ tracing });
    const step = RunnableLambda.from((text: string) => sleep(Math.random() * 20).then(() => text));
    await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        trace.getTracer("program").startActiveSpan(`http ${at}`, async (span) => {
          await sleep(Math.random() * 20);
          await step.invoke(`${at}`, { callbacks: [handler], runName: `step ${at}` });
          span.end();
        }),
      ),
    );
    await tracing.shutdown();
    const byId = new Map(exporter.getFinishedSpans().map((span) => [span.spanContext().spanId, span.name]));
    const found = sink.spans().map(({ name, parentSpanId }) => [name, byId.get(parentSpanId ?? "")]);
    expect(found).toHaveLength(20);
    for (const [name, parent] of found) expect(parent).toBe(name?.replace("step", "http"));
  });

  it("has only the trace of a span that is not sampled", async () => {
    const tracing = createTracing({ baseURL: sink.baseURL, openTelemetry: true });
    const spanContext = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 0 };
    context.with(trace.setSpanContext(context.active(), spanContext), () => tracing.span("inner", () => undefined));
    await tracing.shutdown();
    expect(sink.spans()).toMatchObject([{ traceId: spanContext.traceId }]);
    expect(sink.spans()[0]).not.toHaveProperty("parentSpanId");
  });

  it("is left alone where it does not ask", async () => {
    const tracing = createTracing({ baseURL: sink.baseURL });
    trace.getTracer("program").startActiveSpan("http", (span) => {
      tracing.withTrace({ name: "request" }, () => undefined);
      span.end();
    });
    await tracing.shutdown();
    expect(sink.spans()[0]).not.toHaveProperty("parentSpanId");
  });

  it("decides itself what goes on with which trace", async () => {
    const tracing = createTracing({ baseURL: sink.baseURL, openTelemetry: true });
    trace.getTracer("program").startActiveSpan("http", (span) => {
      tracing.withTrace({ name: "pinned", traceId: "order 7" }, () => undefined);
      span.end();
    });
    await tracing.shutdown();
    expect(sink.spans()).toMatchObject([{ traceId: "order 7" }]);
    expect(sink.spans()[0]).not.toHaveProperty("parentSpanId");
  });
});
