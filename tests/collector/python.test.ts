import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Collector, startCollector } from "@portkey-tracing/collector";
import { createTracing } from "@portkey-tracing/core";
import { buildTree, walk } from "@portkey-tracing/core/tree";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const SERVICE = fileURLToPath(new URL("../../fixtures/collector/python-service/service.py", import.meta.url));

/** A Python that has what `python-service/requirements.txt` names; the variable may name one of a virtual environment. */
const PYTHON = process.env["TEST_PYTHON"] || "python3";
const IMPORTS = `import opentelemetry.sdk.trace, opentelemetry.exporter.otlp.proto.http.trace_exporter`;
const probe = spawnSync(PYTHON, ["-c", IMPORTS], { encoding: "utf8" });
const isThere = probe.status === 0;
if (!isThere) {
  const why = (probe.error?.message ?? probe.stderr.trim().split("\n").at(-1)) || "it did not start";
  process.stderr.write(`SKIPPED: OpenTelemetry's SDK for Python is not there (${PYTHON}: ${why}); set TEST_PYTHON\n`);
}

const KEY = "a-key-of-sixteen-characters";

let collector: Collector;
beforeEach(async () => {
  collector = await startCollector({ quiet: true, apiKey: KEY });
});
afterEach(() => collector.close());

/** Runs the service while something is done; it sends what it has when it ends. */
async function withService(use: (url: string) => Promise<void>): Promise<void> {
  const child = spawn(PYTHON, [SERVICE], {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      ...process.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.baseURL}/otel`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
      OTEL_EXPORTER_OTLP_HEADERS: `x-portkey-api-key=${KEY}`,
    },
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.once("data", (text) => resolve(String(text).trim()));
      void ended.then(() => reject(new Error("the service ended")));
    });
    await use(url);
  } finally {
    child.stdin.end();
    expect(await ended).toBe(0);
  }
}

describe.skipIf(!isThere)("a Python service with OpenTelemetry's own SDK", () => {
  it("lands in the tree of the program that called it, its calls to models among it", async () => {
    const tracing = createTracing({ baseURL: collector.baseURL, apiKey: KEY });
    let traceId = "";
    await withService(async (url) => {
      await tracing.withTrace({ name: "checkout" }, async () => {
        [, traceId = ""] = (tracing.headers()["traceparent"] ?? "").split("-");
        for (const body of ["rank this", ""]) {
          await tracing.span("ask", () => fetch(url, { method: "POST", body, headers: tracing.headers() }));
        }
      });
    });
    await tracing.shutdown();
    const spans = await collector.store.getSpans(traceId);
    const names = Array.from(walk(buildTree(spans)), ({ node, depth }) => "  ".repeat(depth) + node.span.name);
    expect(names).toEqual(["checkout", "  ask", "    POST /rank", "      chat gpt-4o", "  ask", "    POST /rank"]);
    expect(await collector.store.getSummary(traceId)).toMatchObject({
      name: "checkout",
      spans: 6,
      errors: 1,
      user: "ada",
      tokens: { prompt: 7, completion: 3, total: 10 },
      usage: [{ model: "gpt-4o-2024-08-06", provider: "openai", calls: 1 }],
    });
    expect(spans.find((span) => span.type === "llm")).toMatchObject({
      input: { model: "gpt-4o", messages: [{ role: "user", content: "rank this" }] },
      output: { choices: [{ message: { role: "assistant", content: "17" } }] },
    });
    expect(spans.find((span) => span.status.code === "error")).toMatchObject({
      name: "POST /rank",
      status: { error: { type: "ValueError", message: "nothing to rank: Größe 👋" } },
    });
  });
});
