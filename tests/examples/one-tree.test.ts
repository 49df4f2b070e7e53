import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { startCollector } from "@portkey-tracing/collector";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startGateway } from "../../fixtures/gateway/start-gateway.ts";
import { byName, goldenTree, tree } from "../support/golden.ts";
import { runExample } from "../support/run-example.ts";
import { type Sink, startSink } from "../support/sink.ts";

let sink: Sink;
beforeEach(async () => {
  sink = await startSink();
});
afterEach(() => sink.close());

/** What an example says, and the tree that it leaves. */
async function run(name: string, env: Record<string, string> = {}): Promise<{ stdout: string; shown: string }> {
  const { code, stdout, stderr } = await runExample(name, { PORTKEY_BASE_URL: sink.baseURL, ...env });
  // LlamaIndex says this of a split install, whoever looks at it.
  expect(stderr.replace(/^llamaindex was already imported\..*\n/gm, "")).toBe("");
  expect(code).toBe(0);
  return { stdout, shown: byName(goldenTree(sink.spans())) };
}

describe("the example", () => {
  it("web-server.mjs makes one trace for each request", async () => {
    const { stdout, shown } = await run("web-server.mjs");
    expect(stdout).toContain("You have 30 days");
    const request = `
      span GET /
        chain RunnableSequence
          chain ChatPromptTemplate
          llm ChatOpenAI 10+7=17 cached 3 reasoning 2
          chain StrOutputParser`;
    expect(shown).toBe(byName(`${tree(request)}\n${tree(request)}`));
  });

  it("two-frameworks.mjs makes one tree of both", async () => {
    const { stdout, shown } = await run("two-frameworks.mjs");
    expect(stdout).toContain("Yes, within 30 days.");
    expect(shown).toContain("      tool look_up\n        query RetrieverQueryEngine");
    expect(sink.spans().filter((span) => span.parentSpanId === undefined && span.name === "support")).toHaveLength(1);
  });

  it("two-services.mjs makes one tree of both", async () => {
    const { stdout, shown } = await run("two-services.mjs");
    expect(stdout).toContain("7 lamps are left.");
    expect(shown).toBe(tree("span order\n  span GET /stock\n    span count"));
    expect(new Set(sink.spans().map((span) => span.traceId))).toEqual(new Set(["order-1042"]));
  });

  it("raw-clients.mjs counts the calls of both clients", async () => {
    const { stdout, shown } = await run("raw-clients.mjs");
    expect(stdout.match(/You have 30 days/g)).toHaveLength(2);
    const call = "10+7=17 cached 3 reasoning 2";
    expect(shown).toBe(tree(`span two clients\n  llm openai ${call}\n  llm portkey-ai ${call}`));
  });

  it("raw-clients.mjs does the same through the real gateway", async () => {
    const gateway = await startGateway();
    const { shown } = await run("raw-clients.mjs", { PORTKEY_GATEWAY_URL: gateway.baseURL });
    await gateway.close();
    const call = "10+7=17 cached 3 reasoning 2";
    expect(shown).toBe(tree(`span two clients\n  llm openai ${call}\n  llm portkey-ai ${call}`));
    expect(sink.spans().find((span) => span.name === "portkey-ai")?.metadata["gateway_provider"]).toBe("openai");
  });

  it("gateway-fallback.mjs shows what the real gateway tried", async () => {
    const gateway = await startGateway();
    const { stdout, shown } = await run("gateway-fallback.mjs", { PORTKEY_GATEWAY_URL: gateway.baseURL });
    await gateway.close();
    expect(stdout).toContain("You have 30 days.");
    expect(shown).toBe(
      tree(`
        llm ChatOpenAI 10+4=14 cached 3 reasoning 2
          attempt fallback from config.targets[0] error: the gateway went on to another target`),
    );
  });

  it("thumbs-down.mjs gives feedback that the collector takes", async () => {
    const collector = await startCollector({ quiet: true });
    const { stdout } = await run("thumbs-down.mjs", { PORTKEY_BASE_URL: collector.baseURL });
    expect(stdout).toContain("the feedback was accepted");
    await collector.close();
  });

  it.each([
    "web-server.mjs",
    "two-frameworks.mjs",
    "two-services.mjs",
    "raw-clients.mjs",
    "gateway-fallback.mjs",
    "thumbs-down.mjs",
  ])("%s is short enough to read in one screen", async (name) => {
    const path = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
    expect((await readFile(path, "utf8")).split("\n").length).toBeLessThanOrEqual(40);
  });
});
