import { createHeaders, createTracing, type Tracing } from "@portkey-tracing/core";
import { LangchainCallbackHandler } from "@portkey-tracing/langchain";
import { LlamaIndexCallbackHandler } from "@portkey-tracing/llamaindex";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../../examples/model-server.mjs";
import { ChatOpenAI, LlamaOpenAI, Settings } from "../../fixtures/gateway/libs.ts";
import { type Gateway, startGateway } from "../../fixtures/gateway/start-gateway.ts";
import { goldenTree, tree } from "../support/golden.ts";
import { type Sink, startSink } from "../support/sink.ts";
import { drain } from "../support/user-programs.ts";

let gateway: Gateway;
let models: ModelServer;
let broken: ModelServer;
let sink: Sink;
let tracing: Tracing;
let handler: LangchainCallbackHandler;

beforeAll(async () => {
  const rules = [{ when: /./, script: "[[status:503]]" }];
  [gateway, models, broken] = await Promise.all([startGateway(), startModelServer(), startModelServer({ rules })]);
});
afterAll(() => Promise.all([gateway.close(), models.close(), broken.close()]));
beforeEach(async () => {
  sink = await startSink();
  tracing = createTracing({ baseURL: sink.baseURL });
  handler = new LangchainCallbackHandler({ tracing });
});
afterEach(async () => {
  await tracing.shutdown();
  await sink.close();
});

const target = (server: ModelServer): object => ({ provider: "openai", api_key: "sk", custom_host: server.baseURL });
const fallback = (): object => ({ strategy: { mode: "fallback" }, targets: [target(broken), target(models)] });

function chat(config: object, maxRetries = 0): ChatOpenAI {
  const configuration = { baseURL: gateway.baseURL, defaultHeaders: createHeaders({ config }) };
  return new ChatOpenAI({ model: "gpt-4o", apiKey: "sk", maxRetries, configuration });
}

async function shown(): Promise<string> {
  await tracing.flush();
  return goldenTree(sink.spans());
}

describe("what the gateway did is seen in the tree", () => {
  it("a first target that fails, and a second one that answers", async () => {
    await chat(fallback()).invoke("hello", { callbacks: [handler] });
    expect(await shown()).toBe(
      tree(`
        llm ChatOpenAI 10+5=15 cached 3 reasoning 2
          attempt fallback from config.targets[0] error: the gateway went on to another target`),
    );
    const [call, attempt] = sink.spans();
    expect(call?.metadata).toMatchObject({ gateway_provider: "openai", gateway_target: "config.targets[1]" });
    expect(attempt).toMatchObject({ startTimeMs: call?.startTimeMs, durationMs: 0, tags: ["inferred"] });
  });

  it("the same for a stream, and for a model of LlamaIndex", async () => {
    await drain(await chat(fallback()).stream("hello", { callbacks: [handler] }));
    const additionalSessionOptions = { defaultHeaders: createHeaders({ config: fallback() }) };
    const llm = new LlamaOpenAI({ model: "gpt-4o", apiKey: "sk", baseURL: gateway.baseURL, additionalSessionOptions });
    Object.assign(Settings, { llm });
    const detach = new LlamaIndexCallbackHandler({ tracing }).attach(Settings);
    await llm.chat({ messages: [{ role: "user", content: "hello" }] });
    detach();
    expect(await shown()).toBe(
      tree(`
        llm ChatOpenAI 10+5=15 cached 3 reasoning 2
          attempt fallback from config.targets[0] error: the gateway went on to another target
        llm gpt-4o 10+5=15 cached 3 reasoning 2
          attempt fallback from config.targets[0] error: the gateway went on to another target`),
    );
  });

  it("retries of its own, of which only the last answer is told", async () => {
    const config = { retry: { attempts: 3, on_status_codes: [503] }, ...target(models) };
    await chat(config).invoke("[[flaky:503:2]] gateway retries", { callbacks: [handler] });
    expect(await shown()).toBe(
      tree(`
        llm ChatOpenAI 10+5=15 cached 3 reasoning 2
          attempt gateway retry 1 error: the gateway tried again
          attempt gateway retry 2 error: the gateway tried again`),
    );
    expect(sink.spans()[0]?.metadata["gateway_retries"]).toBe("2");
  });

  it("retries that were all used up", async () => {
    const config = { retry: { attempts: 2, on_status_codes: [503] }, ...target(broken) };
    await chat(config)
      .invoke("hello", { callbacks: [handler] })
      .catch(() => undefined);
    const [call, ...attempts] = await tracing.flush().then(() => sink.spans());
    expect(call).toMatchObject({ status: { code: "error" }, metadata: { gateway_retries: "exhausted" } });
    expect(attempts.map((span) => span.name)).toEqual(["gateway retry 1", "gateway retry 2"]);
  });
});

describe("what the client repeated is seen with its times", () => {
  it("through the gateway", async () => {
    await chat(target(models), 2).invoke("[[flaky:500:1]] client retries", { callbacks: [handler] });
    expect(await shown()).toBe(
      tree(`
        llm ChatOpenAI 10+5=15 cached 3 reasoning 2
          attempt attempt 1 error: HTTP 500
          attempt attempt 2`),
    );
    const [call, first, second] = sink.spans();
    expect(first?.startTimeMs).toBeGreaterThanOrEqual(call?.startTimeMs ?? Number.NaN);
    expect(second?.startTimeMs).toBeGreaterThan((first?.startTimeMs ?? 0) + (first?.durationMs ?? 0));
  });

  it("without a gateway", async () => {
    const configuration = { baseURL: models.baseURL };
    const model = new ChatOpenAI({ model: "gpt-4o", apiKey: "sk", maxRetries: 2, configuration });
    await model.invoke("[[flaky:503:1]] no gateway", { callbacks: [handler] });
    expect(await shown()).toBe(
      tree(`
        llm ChatOpenAI 10+5=15 cached 3 reasoning 2
          attempt attempt 1 error: HTTP 503
          attempt attempt 2`),
    );
  });
});
