import { createHeaders, createTracing, type TracingOptions } from "@portkey-tracing/core";
import { buildTree, summarize, walk } from "@portkey-tracing/core/tree";
import { LangchainCallbackHandler } from "@portkey-tracing/langchain";
import { LlamaIndexCallbackHandler } from "@portkey-tracing/llamaindex";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../../examples/model-server.mjs";
import { ChatOpenAI, createAgent, HumanMessage, LlamaOpenAI, Settings, tool, z } from "../../fixtures/gateway/libs.ts";
import { type Gateway, startGateway } from "../../fixtures/gateway/start-gateway.ts";
import { startSink } from "../support/sink.ts";
import { drain, sleep } from "../support/user-programs.ts";
import { logOf } from "./gateway-log.ts";

/** Of one agent: two calls of a model, 10 + 7 and 30 + 1 tokens. */
const TOKENS = 48;
const FORWARDED = ["trace-id", "span-id", "parent-span-id", "span-name"].map((name) => `x-portkey-${name}`);

let gateway: Gateway;
let models: ModelServer;
beforeAll(async () => {
  [gateway, models] = await Promise.all([startGateway(), startModelServer()]);
});
afterAll(() => Promise.all([gateway.close(), models.close()]));

/** How the models are reached, who keeps logs, and what becomes of the calls. */
interface Row {
  readonly name: string;
  readonly options?: TracingOptions;
  readonly via: "provider" | "gateway";
  readonly headers?: Record<string, unknown>;
  /** The gateway keeps a log of each call, beside our records. */
  readonly keepsLogs?: boolean;
  /** Spans of calls that we post, per agent, and those of them that have a model. */
  readonly posted: number;
  readonly counted: number;
  /** The log of the gateway is in a trace of its own. */
  readonly apart?: boolean;
}

const ROWS: readonly Row[] = [
  { name: "straight to a provider", via: "provider", posted: 2, counted: 2 },
  { name: "through a gateway that keeps no logs", via: "gateway", posted: 2, counted: 2 },
  {
    name: "through one that does, whose logs are the spans",
    options: { gatewayLogs: "joined" },
    via: "gateway",
    keepsLogs: true,
    posted: 0,
    counted: 0,
  },
  {
    name: "through one that does, whose logs hang below the spans",
    options: { gatewayLogs: "wrapper" },
    via: "gateway",
    keepsLogs: true,
    posted: 2,
    counted: 0,
  },
  {
    name: "through one that does, in a trace that the program pinned",
    options: { gatewayLogs: "joined" },
    via: "gateway",
    headers: { traceId: "pinned by the program" },
    keepsLogs: true,
    posted: 2,
    counted: 0,
    apart: true,
  },
];

const weather = tool(async ({ city }) => sleep(Math.random() * 20).then(() => `sunny in ${city}`), {
  name: "weather",
  description: "tells the weather",
  schema: z.object({ city: z.string() }),
});

describe.each(ROWS)("calls that go $name", (row) => {
  it.each([
    ["one after the other", 3, 1],
    ["by 30 agents at once", 30, 30],
  ])("are counted once: %s", async (_how, agents, atOnce) => {
    const sink = await startSink();
    const tracing = createTracing({ baseURL: sink.baseURL, ...row.options });
    const handler = new LangchainCallbackHandler({ tracing });
    const portkey = { provider: "openai", customHost: models.baseURL, forwardHeaders: FORWARDED, ...row.headers };
    const configuration =
      row.via === "provider"
        ? { baseURL: models.baseURL }
        : { baseURL: gateway.baseURL, defaultHeaders: createHeaders(portkey) };
    const model = new ChatOpenAI({ model: "gpt-4o", apiKey: "sk", maxRetries: 0, configuration });
    const crew = createAgent({ model, tools: [weather] });
    const seen = models.requests.length;
    const work = async (index: number): Promise<void> => {
      const script = `[[jitter:20]][[call:weather:{"city":"c${index}"}]][[next]][[say:done]]`;
      await tracing.withTrace({ name: `request ${index}` }, () =>
        crew.invoke({ messages: [new HumanMessage(script)] }, { callbacks: [handler] }),
      );
    };
    for (let first = 0; first < agents; first += atOnce) {
      await Promise.all(Array.from({ length: atOnce }, (_, index) => work(first + index)));
    }
    await tracing.shutdown();

    const ours = sink.spans();
    const calls = ours.filter((span) => span.type === "llm");
    expect(calls).toHaveLength(row.posted * agents);
    expect(calls.filter((span) => span.model !== undefined)).toHaveLength(row.counted * agents);

    const asked = models.requests.slice(seen);
    expect(asked).toHaveLength(2 * agents);
    const logs = row.keepsLogs === true ? asked.map(logOf) : [];
    const roots = buildTree([...ours, ...logs]).filter(({ span }) => !(row.apart === true && logs.includes(span)));
    expect(roots.map(({ span }) => span.name.replace(/\d+/, "N"))).toEqual(Array(agents).fill("request N"));
    expect([...walk(roots)].filter(({ node }) => node.orphan === true)).toEqual([]);
    const tokens = summarize(buildTree([...ours, ...logs])).tokens.total;
    expect(tokens).toBe(TOKENS * agents);
    if (row.apart === true) {
      expect(new Set(calls.map((span) => span.metadata["gateway_trace_id"]))).toEqual(
        new Set(["pinned by the program"]),
      );
    }
    await sink.close();
  });
});

describe.each(ROWS)("calls of LlamaIndex that go $name", (row) => {
  it("are counted once: 30 chats at once, half of them streamed", async () => {
    const sink = await startSink();
    const tracing = createTracing({ baseURL: sink.baseURL, ...row.options });
    const portkey = { provider: "openai", customHost: models.baseURL, forwardHeaders: FORWARDED, ...row.headers };
    const llm = new LlamaOpenAI({
      model: "gpt-4o",
      apiKey: "sk",
      maxRetries: 0,
      additionalChatOptions: { stream_options: { include_usage: true } },
      baseURL: row.via === "provider" ? models.baseURL : gateway.baseURL,
      ...(row.via === "provider" ? {} : { additionalSessionOptions: { defaultHeaders: createHeaders(portkey) } }),
    });
    Object.assign(Settings, { llm });
    const detach = new LlamaIndexCallbackHandler({ tracing }).attach(Settings);
    const seen = models.requests.length;
    const ask = async (index: number): Promise<unknown> => {
      await sleep(Math.random() * 20);
      const messages = [{ role: "user" as const, content: `[[jitter:20]][[say:done]] chat ${index}` }];
      if (index % 2 === 0) return llm.chat({ messages });
      return drain(await llm.chat({ messages, stream: true }));
    };
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => tracing.withTrace({ name: `request ${index}` }, () => ask(index))),
    );
    detach();
    await tracing.shutdown();

    const ours = sink.spans();
    const asked = models.requests.slice(seen);
    const logs = row.keepsLogs === true ? asked.map(logOf) : [];
    const calls = ours.filter((span) => span.type === "llm");
    expect(calls).toHaveLength((row.posted / 2) * 30);
    const roots = buildTree([...ours, ...logs]).filter(({ span }) => !(row.apart === true && logs.includes(span)));
    expect(roots.map(({ span }) => span.name.replace(/\d+/, "N"))).toEqual(Array(30).fill("request N"));
    expect([...walk(roots)].filter(({ node }) => node.orphan === true)).toEqual([]);
    const perCall = row.keepsLogs === true ? 17 : 11;
    expect(summarize(buildTree([...ours, ...logs])).tokens.total).toBe(perCall * 30);
    await sink.close();
  });
});

describe("calls of a gateway that is not there", () => {
  it("are posted in full, with their error", async () => {
    const sink = await startSink();
    const tracing = createTracing({ baseURL: sink.baseURL, gatewayLogs: "joined" });
    const handler = new LangchainCallbackHandler({ tracing });
    const gone = await startSink();
    await gone.close();
    const configuration = { baseURL: gone.baseURL, defaultHeaders: createHeaders({ provider: "openai" }) };
    const model = new ChatOpenAI({ model: "gpt-4o", apiKey: "sk", maxRetries: 1, configuration });
    await model.invoke("hello", { callbacks: [handler] }).catch(() => undefined);
    await tracing.shutdown();
    const [call, ...attempts] = sink.spans();
    expect(call).toMatchObject({ type: "llm", model: { provider: "openai" }, status: { code: "error" } });
    expect(attempts.map(({ type, status }) => [type, status.code])).toEqual([
      ["attempt", "error"],
      ["attempt", "error"],
    ]);
    await sink.close();
  });

  it("are posted in full where it refused the request before any target", async () => {
    const sink = await startSink();
    const tracing = createTracing({ baseURL: sink.baseURL, gatewayLogs: "joined" });
    const handler = new LangchainCallbackHandler({ tracing });
    const configuration = { baseURL: gateway.baseURL, defaultHeaders: createHeaders({ provider: "no such provider" }) };
    const model = new ChatOpenAI({ model: "gpt-4o", apiKey: "sk", maxRetries: 0, configuration });
    await model.invoke("hello", { callbacks: [handler] }).catch(() => undefined);
    await tracing.shutdown();
    expect(sink.spans()).toMatchObject([{ type: "llm", status: { code: "error", error: { httpStatus: 400 } } }]);
    await sink.close();
  });
});
