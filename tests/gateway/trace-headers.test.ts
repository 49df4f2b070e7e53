import diagnostics from "node:diagnostics_channel";
import { createTracing, portkeyFetch, type Tracing } from "@portkey-tracing/core";
import { LangchainCallbackHandler } from "@portkey-tracing/langchain";
import { LlamaIndexCallbackHandler } from "@portkey-tracing/llamaindex";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../../examples/model-server.mjs";
import {
  ChatOpenAI,
  ChatPromptTemplate,
  createAgent,
  Document,
  HumanMessage,
  LlamaOpenAI,
  OpenAI,
  OpenAIEmbedding,
  OpenAIEmbeddings,
  Portkey,
  RunnableLambda,
  Settings,
  StringOutputParser,
  tool,
  VectorStoreIndex,
  z,
} from "../../fixtures/gateway/libs.ts";
import { goldenTree } from "../support/golden.ts";
import { type Sink, startSink } from "../support/sink.ts";
import { drain, sleep } from "../support/user-programs.ts";
import { idsOf, judge, type Verdict } from "./requests.ts";

const COUNT = 30;
const jitter = (): Promise<void> => sleep(Math.random() * 30);
const each = <T>(run: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: COUNT }, async (_, index) => jitter().then(() => run(index))));

let models: ModelServer;
let sink: Sink;
let tracing: Tracing;
let handler: LangchainCallbackHandler;
let seen: number;

beforeAll(async () => {
  models = await startModelServer();
});
afterAll(() => models.close());
beforeEach(async () => {
  sink = await startSink();
  tracing = createTracing({ baseURL: sink.baseURL, gateways: [models.baseURL] });
  handler = new LangchainCallbackHandler({ tracing });
  seen = models.requests.length;
});
afterEach(async () => {
  await tracing.shutdown();
  await sink.close();
});

async function verdict(): Promise<Verdict> {
  await tracing.flush();
  return judge(models.requests.slice(seen), sink.spans());
}

/** Runs a program as on a platform that has no diagnostics channels. */
async function withoutChannels<R>(run: () => Promise<R>): Promise<R> {
  const getBuiltinModule: unknown = Reflect.get(process, "getBuiltinModule");
  await expect.poll(() => diagnostics.hasSubscribers("undici:request:create")).toBe(false);
  Object.assign(process, { getBuiltinModule: undefined });
  try {
    return await run();
  } finally {
    Object.assign(process, { getBuiltinModule });
  }
}

const chat = (fields: Partial<ConstructorParameters<typeof ChatOpenAI>[0]> = {}): ChatOpenAI =>
  new ChatOpenAI({
    model: "gpt-4o",
    apiKey: "sk",
    maxRetries: 0,
    configuration: { baseURL: models.baseURL },
    ...fields,
  });
const question = (index: number): string => `[[jitter:40]][[say:answer ${index}]] question ${index}`;
const weather = tool(async ({ city }) => jitter().then(() => `sunny in ${city}`), {
  name: "weather",
  description: "tells the weather",
  schema: z.object({ city: z.string() }),
});

describe("requests of LangChain's models name their span", () => {
  it("when they are invoked, side by side", async () => {
    const model = chat();
    await each((index) => model.invoke(question(index), { callbacks: [handler] }));
    expect(await verdict()).toEqual({ right: COUNT, wrong: [], bare: 0 });
  });

  it("in chains, inside traces of the program's own", async () => {
    const chain = ChatPromptTemplate.fromTemplate("{question}").pipe(chat()).pipe(new StringOutputParser());
    await each((index) =>
      tracing.withTrace({ name: `request ${index}` }, () =>
        chain.invoke({ question: `[[jitter:30]] chain ${index}` }, { callbacks: [handler] }),
      ),
    );
    expect(await verdict()).toEqual({ right: COUNT, wrong: [], bare: 0 });
  });

  it("when their answers are streamed, and half of the readers are slow", async () => {
    const model = chat();
    await each(async (index) => {
      const stream = await model.stream(question(index), { callbacks: [handler] });
      for await (const _chunk of stream) if (index % 2 === 0) await sleep(3);
    });
    expect(await verdict()).toEqual({ right: COUNT, wrong: [], bare: 0 });
  });

  it("in agents that use tools, one model for all of them", async () => {
    const crew = createAgent({ model: chat(), tools: [weather] });
    await each((index) => {
      const script = `[[jitter:20]][[call:weather:{"city":"c${index}"}]][[next]][[say:done ${index}]]`;
      return crew.invoke({ messages: [new HumanMessage(script)] }, { callbacks: [handler] });
    });
    const { right, wrong, bare } = await verdict();
    expect(wrong).toEqual([]);
    expect({ right, bare }).toEqual({ right: 2 * COUNT, bare: 0 });
  });

  it("with tools bound, with structured answers, and in a batch", async () => {
    const bound = chat().bindTools([weather]);
    await each((index) => bound.invoke(question(index), { callbacks: [handler] }));
    const structured = chat().withStructuredOutput(z.object({ a: z.number() }));
    await each((index) => structured.invoke(`[[json:{"a":1}]] structured ${index}`, { callbacks: [handler] }));
    const batch = Array.from({ length: COUNT }, (_, index) => `[[jitter:30]] batch ${index}`);
    await chat().batch(batch, { callbacks: [handler], maxConcurrency: 4 });
    expect(await verdict()).toEqual({ right: 3 * COUNT, wrong: [], bare: 0 });
  });

  it("by the Responses API", async () => {
    const model = chat({ useResponsesApi: true });
    await each((index) => model.invoke(question(index), { callbacks: [handler] }));
    const requests = models.requests.slice(seen);
    await tracing.flush();
    const spans = new Map(sink.spans().map((span) => [span.spanId, JSON.stringify(span.input)]));
    for (const request of requests) {
      const [, spanId = ""] = idsOf(request);
      const text = /question \d+/.exec(JSON.stringify(request.body))?.[0] ?? "none";
      expect(spans.get(spanId)).toContain(`${text}"`);
    }
    expect(requests).toHaveLength(COUNT);
  });

  it("when requests are repeated because they failed", async () => {
    const model = chat({ maxRetries: 2 });
    await each((index) => model.invoke(`[[flaky:500:1]] again ${index}`, { callbacks: [handler] }));
    expect(await verdict()).toEqual({ right: 2 * COUNT, wrong: [], bare: 0 });
  });
});

describe("what cannot be known is not told", () => {
  it("of requests that wait in a model's queue; by the body it can be", async () => {
    const queued = chat({ maxConcurrency: 3 });
    await each((index) => queued.invoke(question(index), { callbacks: [handler] }));
    const byContext = await verdict();
    expect(byContext.wrong).toEqual([]);
    expect(byContext.right + byContext.bare).toBe(COUNT);
    expect(byContext.right).toBeGreaterThanOrEqual(3);

    seen = models.requests.length;
    const configuration = { baseURL: models.baseURL, fetch: portkeyFetch(tracing) };
    const known = chat({ maxConcurrency: 3, configuration });
    await each((index) => known.invoke(`[[jitter:40]] by its body ${index}`, { callbacks: [handler] }));
    expect(await verdict()).toEqual({ right: COUNT, wrong: [], bare: 0 });
  });

  it("of requests that wait in a queue behind ones that fail, and are as long", async () => {
    const queued = chat({ maxConcurrency: 1 });
    await each((index) => {
      const status = index % 2 === 0 ? "[[status:500]]" : "[[status:200]]";
      return queued.invoke(`${status} as long ${10 + index}`, { callbacks: [handler] }).catch(() => undefined);
    });
    expect((await verdict()).wrong).toEqual([]);
  });

  it("of several prompts in one call", async () => {
    const prompts = Array.from({ length: 5 }, (_, index) => [new HumanMessage(`[[jitter:20]] prompt ${index}`)]);
    await chat().generate(prompts, undefined, [handler]);
    expect(await verdict()).toEqual({ right: 0, wrong: [], bare: 5 });
  });

  it("of calls that nobody traces, beside ones that are", async () => {
    const model = chat();
    await each((index) => model.invoke(question(index), index % 2 === 0 ? { callbacks: [handler] } : {}));
    expect(await verdict()).toEqual({ right: COUNT / 2, wrong: [], bare: COUNT / 2 });
  });
});

describe("requests of LlamaIndex's models name their span", () => {
  it("in chats, streams and embeddings, side by side", async () => {
    const llm = new LlamaOpenAI({ model: "gpt-4o", apiKey: "sk", baseURL: models.baseURL, maxRetries: 0 });
    Object.assign(Settings, { llm, embedModel: new OpenAIEmbedding({ apiKey: "sk", baseURL: models.baseURL }) });
    const detach = new LlamaIndexCallbackHandler({ tracing }).attach(Settings);
    await each((index) => llm.chat({ messages: [{ role: "user", content: question(index) }] }));
    await each(async (index) =>
      drain(await llm.chat({ stream: true, messages: [{ role: "user", content: `[[jitter:30]] stream ${index}` }] })),
    );
    await each((index) => Settings.embedModel.getTextEmbedding(`embed ${index}`));
    detach();
    const { right, wrong, bare } = await verdict();
    expect(wrong).toEqual([]);
    expect({ right, bare }).toEqual({ right: 3 * COUNT, bare: 0 });
  });

  it("by portkeyFetch around the handler's own fetch, where the channels are not there", async () => {
    const llamaindex = new LlamaIndexCallbackHandler({ tracing });
    const fetch = portkeyFetch(tracing, llamaindex.fetch);
    const llm = new LlamaOpenAI({
      model: "gpt-4o",
      apiKey: "sk",
      baseURL: models.baseURL,
      additionalSessionOptions: { fetch },
    });
    Object.assign(Settings, { llm });
    const detach = llamaindex.attach(Settings);
    await withoutChannels(() => each((index) => llm.chat({ messages: [{ role: "user", content: question(index) }] })));
    detach();
    expect(await verdict()).toEqual({ right: COUNT, wrong: [], bare: 0 });
  });

  it("in queries of an index", async () => {
    const embedModel = new OpenAIEmbedding({ apiKey: "sk", baseURL: models.baseURL });
    Object.assign(Settings, {
      llm: new LlamaOpenAI({ model: "gpt-4o", apiKey: "sk", baseURL: models.baseURL }),
      embedModel,
    });
    const detach = new LlamaIndexCallbackHandler({ tracing }).attach(Settings);
    const index = await VectorStoreIndex.fromDocuments([new Document({ text: "The lamp costs 44 dollars." })]);
    const engine = index.asQueryEngine();
    await each((at) => engine.query({ query: `[[jitter:20]] query ${at}` }));
    detach();
    const { right, wrong, bare } = await verdict();
    expect(wrong).toEqual([]);
    // One embedding for the document; one embedding and one answer for each query.
    expect({ right, bare }).toEqual({ right: 1 + 2 * COUNT, bare: 0 });
  });
});

describe("requests by hand name the span around them", () => {
  const openai = (): OpenAI => new OpenAI({ apiKey: "sk", baseURL: models.baseURL, maxRetries: 0 });
  const ask = (client: OpenAI, content: string): Promise<unknown> =>
    client.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content }] });

  async function parents(): Promise<(string | undefined)[]> {
    await tracing.flush();
    const names = new Map(sink.spans().map((span) => [`${span.traceId}/${span.spanId}`, span.name]));
    return models.requests.slice(seen).map((request) => {
      const [traceId, spanId, parentId] = idsOf(request);
      expect(spanId).toBeUndefined();
      return names.get(`${traceId ?? ""}/${parentId ?? ""}`);
    });
  }

  it("from the openai SDK and portkey-ai, side by side", async () => {
    const client = openai();
    const portkey = new Portkey({ apiKey: "pk", provider: "openai", baseURL: models.baseURL });
    await each((index) =>
      tracing.withTrace({ name: `[[jitter:30]] ${index}` }, async () => {
        const content = `[[jitter:30]] ${index}`;
        await jitter();
        if (index % 2 === 0) await ask(client, content);
        else await portkey.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content }] });
      }),
    );
    const asked = models.requests
      .slice(seen)
      .map(({ body }) => (body["messages"] as { content: string }[])[0]?.content);
    expect(asked).toHaveLength(COUNT);
    expect(await parents()).toEqual(asked);
  });

  it("inside tools and lambdas of LangChain, and after a model's call in the same function", async () => {
    const client = openai();
    const model = chat();
    const step = RunnableLambda.from(async (text: string) => {
      await model.invoke(text);
      await drain(await model.stream(`${text} streamed`));
      await ask(client, `${text} by hand`);
      return text;
    }).withConfig({ runName: "step" });
    await each((index) => step.invoke(`lambda ${index}`, { callbacks: [handler] }));
    await tracing.flush();
    const spans = new Map(sink.spans().map((span) => [`${span.traceId}/${span.spanId}`, span]));
    const byHand = models.requests.slice(seen).filter(({ body }) => JSON.stringify(body).includes("by hand"));
    expect(byHand).toHaveLength(COUNT);
    for (const request of byHand) {
      const [traceId = "", spanId, parentId = ""] = idsOf(request);
      expect(spanId).toBeUndefined();
      const parent = spans.get(`${traceId}/${parentId}`);
      expect(parent?.name).toBe("step");
      const asked = /lambda \d+/.exec(JSON.stringify(request.body))?.[0] ?? "none";
      expect(JSON.stringify(parent?.input)).toContain(`${asked}"`);
    }
    const rest = models.requests.slice(seen).filter((request) => !byHand.includes(request));
    expect(judge(rest, sink.spans())).toEqual({ right: 2 * COUNT, wrong: [], bare: 0 });
  });

  it("or the span that stands for the call itself, which then counts its tokens", async () => {
    const client = openai();
    await each((index) => {
      const request = { model: "gpt-4o", messages: [{ role: "user" as const, content: question(index) }] };
      const create = async (): Promise<unknown> => client.chat.completions.create(request);
      return tracing.span("ask", create, { type: "llm", input: request, model: { provider: "openai" } });
    });
    expect(await verdict()).toEqual({ right: COUNT, wrong: [], bare: 0 });
    expect(goldenTree(sink.spans().slice(0, 1))).toBe("llm ask 10+2=12 cached 3 reasoning 2");
  });

  it("from LangChain's embeddings, which have no run of their own", async () => {
    const embeddings = new OpenAIEmbeddings({ apiKey: "sk", configuration: { baseURL: models.baseURL } });
    await tracing.withTrace({ name: "indexing" }, () => embeddings.embedQuery("lamp"));
    expect(await parents()).toEqual(["indexing"]);
  });

  it("not outside of every span", async () => {
    await tracing.withTrace({ name: "before" }, () => jitter());
    await ask(openai(), "outside");
    expect(models.requests.slice(seen).map(idsOf)).toEqual([[undefined, undefined, undefined]]);
  });
});
