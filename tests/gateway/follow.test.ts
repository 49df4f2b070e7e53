import http from "node:http";
import type { AddressInfo } from "node:net";
import { type Collector, startCollector } from "@portkey-tracing/collector";
import { createHeaders, type Span } from "@portkey-tracing/core";
import { buildTree, summarize } from "@portkey-tracing/core/tree";
import { LangchainCallbackHandler } from "@portkey-tracing/langchain";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type ModelServer, startModelServer } from "../../examples/model-server.mjs";
import { ChatOpenAI, OpenAI } from "../../fixtures/gateway/libs.ts";
import { type Gateway, startGateway } from "../../fixtures/gateway/start-gateway.ts";
import { goldenTree, tree } from "../support/golden.ts";
import { runProgram } from "../support/run-program.ts";
import { drain } from "../support/user-programs.ts";

const SECRET = "sk-not-to-be-kept-0123456789";

let gateway: Gateway;
let models: ModelServer;
let broken: ModelServer;
let collector: Collector;
let handler: LangchainCallbackHandler;
let said: string[];

beforeAll(async () => {
  const rules = [{ when: /./, script: "[[status:503]]" }];
  [gateway, models, broken] = await Promise.all([
    startGateway({ hasLog: true }),
    startModelServer(),
    startModelServer({ rules }),
  ]);
});
afterAll(() => Promise.all([gateway.close(), models.close(), broken.close()]));
beforeEach(async () => {
  said = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => said.push(String(line)) > 0);
  collector = await startCollector({ followGateway: gateway.baseURL });
  handler = new LangchainCallbackHandler({ baseURL: collector.baseURL });
  await follows(1);
});
afterEach(async () => {
  await handler.shutdown();
  await collector.close();
  vi.restoreAllMocks();
});

function follows(times: number): Promise<void> {
  return expect.poll(() => said.filter((line) => line.includes("follows the gateway"))).toHaveLength(times);
}

const target = (server: ModelServer): object => ({ provider: "openai", api_key: SECRET, custom_host: server.baseURL });
const fallback = (...targets: object[]): object => ({ strategy: { mode: "fallback" }, targets });
const headersFor = (config: object, names = ["trace-id", "span-id"]): Record<string, string> =>
  createHeaders({ config, forwardHeaders: names.map((name) => `x-portkey-${name}`) });

function chat(config: object, maxRetries = 0): ChatOpenAI {
  const configuration = { baseURL: gateway.baseURL, defaultHeaders: headersFor(config) };
  return new ChatOpenAI({ model: "gpt-4o", apiKey: SECRET, maxRetries, configuration });
}

/** All spans that `GET /api/traces/:id` gives, of all traces, once there are so many. */
async function shown(count: number): Promise<Span[]> {
  await handler.flush();
  return vi.waitFor(async () => {
    const list = (await (await fetch(`${collector.url}/api/traces?limit=100`)).json()) as {
      traces: { traceId: string }[];
    };
    const traces = await Promise.all(
      list.traces.map(async ({ traceId }) => {
        const answer = await fetch(`${collector.url}/api/traces/${traceId}`);
        return ((await answer.json()) as { spans: Span[] }).spans;
      }),
    );
    const spans = traces.flat();
    expect(spans).toHaveLength(count);
    return spans;
  }, 30_000);
}

const attemptsIn = (spans: readonly Span[]): readonly Span[] => spans.filter((span) => span.type === "attempt");

describe("what a gateway tried stands below the call, as its log tells it", () => {
  it("a first target that fails, and a second one that answers", async () => {
    await chat(fallback(target(broken), target(models))).invoke("hello", { callbacks: [handler] });
    const spans = await shown(3);
    expect(goldenTree(spans)).toBe(
      tree(`
        llm ChatOpenAI 10+5=15 cached 3 reasoning 2
          attempt target config.targets[0] error: the gateway went on to another target
          attempt target config.targets[1]`),
    );
    const [call] = spans;
    const [first, second] = attemptsIn(spans);
    expect(first).toMatchObject({
      parentSpanId: call?.spanId,
      status: { code: "error", error: { type: "scripted_error", code: "scripted_503" } },
      metadata: { gateway_target: "config.targets[0]", gateway_host: new URL(broken.baseURL).host },
    });
    expect(second?.metadata).toMatchObject({ gateway_provider: "openai", http_status: "200" });
    expect(second?.startTimeMs).toBeGreaterThanOrEqual((first?.startTimeMs ?? 0) + (first?.durationMs ?? 0));
    expect(first?.startTimeMs).toBeGreaterThanOrEqual(Math.floor(call?.startTimeMs ?? Number.NaN));
    expect(attemptsIn(spans).flatMap((span) => span.tags)).toEqual([]);
    expect(summarize(buildTree(spans)).tokens.total).toBe(15);
  });

  it("in a stream, and with targets that have targets", async () => {
    const nested = fallback(fallback(target(broken), target(broken)), fallback(target(broken), target(models)));
    await drain(await chat(nested).stream("hello", { callbacks: [handler] }));
    const spans = await shown(5);
    expect(attemptsIn(spans).map(({ name, status }) => `${name} ${status.code}`)).toEqual([
      "target config.targets[0].targets[0] error",
      "target config.targets[0].targets[1] error",
      "target config.targets[1].targets[0] error",
      "target config.targets[1].targets[1] ok",
    ]);
    expect(summarize(buildTree(spans)).tokens.total).toBe(15);
  });

  it("retries of one target: the time of all of them, beside those that are inferred from the answer", async () => {
    const config = { retry: { attempts: 3, on_status_codes: [503] }, ...target(models) };
    await chat(config).invoke("[[flaky:503:2]] followed retries", { callbacks: [handler] });
    const spans = await shown(4);
    expect(goldenTree(spans)).toBe(
      tree(`
        llm ChatOpenAI 10+5=15 cached 3 reasoning 2
          attempt gateway retry 1 error: the gateway tried again
          attempt gateway retry 2 error: the gateway tried again
          attempt target config`),
    );
    const seen = attemptsIn(spans).filter((span) => span.metadata["inferred"] === undefined);
    expect(seen).toMatchObject([{ status: { code: "ok" }, metadata: { http_status: "200" } }]);
    // The gateway waits a second before the first repetition.
    expect(seen[0]?.durationMs).toBeGreaterThan(1_000);
  });

  it("of each request of a client that repeats them", async () => {
    const flaky = await startModelServer({ rules: [{ when: /./, script: "[[flaky:500:1]]" }] });
    await chat(fallback(target(broken), target(flaky)), 2).invoke("client", { callbacks: [handler] });
    await flaky.close();
    const spans = await shown(7);
    expect(attemptsIn(spans).map(({ name, status }) => `${name} ${status.code}`)).toEqual([
      "attempt 1 error",
      "target config.targets[0] error",
      "target config.targets[1] error",
      "attempt 2 ok",
      "target config.targets[0] error",
      "target config.targets[1] ok",
    ]);
    expect(summarize(buildTree(spans)).tokens.total).toBe(15);
  });

  it("for 30 calls at once, none twice and none elsewhere", async () => {
    const model = chat(fallback(target(broken), target(models)));
    const ask = (index: number): Promise<unknown> => model.invoke(`call ${index}`, { callbacks: [handler] });
    await Promise.all(Array.from({ length: 30 }, (_, index) => ask(index)));
    const roots = buildTree(await shown(90));
    expect(roots.map(({ span, children }) => [span.type, ...children.map((child) => child.span.name)])).toEqual(
      Array.from({ length: 30 }, () => ["llm", "target config.targets[0]", "target config.targets[1]"]),
    );
    expect(summarize(roots).tokens.total).toBe(30 * 15);
  });

  it("of a client's request by hand, below the span around it", async () => {
    const config = fallback(target(broken), target(models));
    const defaultHeaders = headersFor(config, ["trace-id", "parent-span-id"]);
    const client = new OpenAI({ apiKey: SECRET, baseURL: gateway.baseURL, maxRetries: 0, defaultHeaders });
    await handler.tracing.withTrace({ name: "by hand" }, () =>
      client.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: "hello" }] }),
    );
    expect(goldenTree(await shown(3))).toBe(
      tree(`
        span by hand
          attempt target config.targets[0] error: the gateway went on to another target
          attempt target config.targets[1]`),
    );
  });
});

describe("what the log of a gateway holds besides", () => {
  it("is not stored: no key, no header, no content", async () => {
    await chat(fallback(target(broken), target(models))).invoke("a private question", { callbacks: [handler] });
    const spans = await shown(3);
    expect(JSON.stringify(spans)).not.toContain(SECRET);
    expect(JSON.stringify(attemptsIn(spans))).not.toMatch(/private question|Hello from|scripted failure|authorization/);
  });

  it("and calls whose headers are not forwarded, are nobody's: what was inferred stays", async () => {
    const configuration = {
      baseURL: gateway.baseURL,
      defaultHeaders: createHeaders({ config: fallback(target(broken), target(models)) }),
    };
    const model = new ChatOpenAI({ model: "gpt-4o", apiKey: SECRET, maxRetries: 0, configuration });
    await model.invoke("nobody's", { callbacks: [handler] });
    await chat(fallback(target(broken), target(models))).invoke("somebody's", { callbacks: [handler] });
    const names = attemptsIn(await shown(5)).map((span) => span.name);
    expect(names.toSorted()).toEqual([
      "fallback from config.targets[0]",
      "target config.targets[0]",
      "target config.targets[1]",
    ]);
  });
});

it("does not keep a process alive", async () => {
  let isFollowed: () => void = () => undefined;
  const followed = new Promise<void>((resolve) => {
    isFollowed = resolve;
  });
  const server = http.createServer((request, response) => {
    if (request.url !== "/log/stream") return void followed.then(() => response.end());
    response.writeHead(200, { "content-type": "text/event-stream" }).write(": hello\n\n");
    isFollowed();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const run = await runProgram("follow-gateway.mjs", { GATEWAY: `http://127.0.0.1:${port}` });
  expect(run).toMatchObject({ code: 0, stdout: "closed", stderr: "" });
  server.closeAllConnections();
  server.close();
});

it("a gateway that goes away and comes back is followed again", async () => {
  await gateway.close();
  await expect.poll(() => said.at(-1)).toContain("does not answer; it is tried again");
  gateway = await startGateway({ hasLog: true, port: Number(new URL(gateway.baseURL).port) });
  await follows(2);
  await chat(fallback(target(broken), target(models))).invoke("again", { callbacks: [handler] });
  expect(attemptsIn(await shown(3)).map((span) => span.name)).toEqual([
    "target config.targets[0]",
    "target config.targets[1]",
  ]);
});
