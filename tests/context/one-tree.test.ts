import { createTracing, type Span, type Tracing } from "@portkey-tracing/core";
import { LangchainCallbackHandler } from "@portkey-tracing/langchain";
import { LlamaIndexCallbackHandler } from "@portkey-tracing/llamaindex";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../../examples/model-server.mjs";
import {
  agent,
  ChatOpenAI,
  ChatPromptTemplate,
  createAgent,
  Document,
  FunctionTool,
  HumanMessage,
  LlamaOpenAI,
  OpenAIEmbedding,
  RunnableLambda,
  Settings,
  StringOutputParser,
  tool,
  VectorStoreIndex,
  z,
} from "../../fixtures/gateway/libs.ts";
import { goldenTree, tree } from "../support/golden.ts";
import { type Sink, startSink } from "../support/sink.ts";
import { byTrace } from "../support/spans.ts";
import { sleep } from "../support/user-programs.ts";

const COUNT = 50;
const jitter = (): Promise<void> => sleep(Math.random() * 50);

let models: ModelServer;
let sink: Sink;
let tracing: Tracing;
let langchain: LangchainCallbackHandler;
let llamaindex: LlamaIndexCallbackHandler;
let detach: () => void;

beforeAll(async () => {
  models = await startModelServer();
});
afterAll(() => models.close());
beforeEach(async () => {
  sink = await startSink();
  tracing = createTracing({ baseURL: sink.baseURL });
  langchain = new LangchainCallbackHandler({ tracing });
  llamaindex = new LlamaIndexCallbackHandler({ tracing });
  Object.assign(Settings, {
    llm: new LlamaOpenAI({ model: "gpt-4o", apiKey: "sk", baseURL: models.baseURL }),
    embedModel: new OpenAIEmbedding({ apiKey: "sk", baseURL: models.baseURL }),
  });
  detach = llamaindex.attach(Settings);
});
afterEach(async () => {
  detach();
  await tracing.shutdown();
  await sink.close();
});

const model = (): ChatOpenAI =>
  new ChatOpenAI({ model: "gpt-4o", apiKey: "sk", maxRetries: 0, configuration: { baseURL: models.baseURL } });

/** The trees of all traces but those that the test made before, by the name of their root. */
async function traces(isWanted: (root: Span) => boolean): Promise<Map<string, Span[]>> {
  await tracing.flush();
  const wanted = [...byTrace(sink.spans()).values()].flatMap((spans): [string, Span[]][] => {
    const root = spans.find((span) => span.parentSpanId === undefined);
    return root !== undefined && isWanted(root) ? [[root.name, spans]] : [];
  });
  return new Map(wanted);
}

/** Numbers that tell one request from the others, in everything that its spans hold. */
function marksIn(spans: readonly Span[]): string[] {
  return [...new Set(JSON.stringify(spans.map(({ input, output }) => [input, output])).match(/mark-\d+/g))];
}

describe("50 requests at once, each one tree with nothing of the others", () => {
  it("an agent of LangChain's whose tool asks an index of LlamaIndex", async () => {
    const index = await VectorStoreIndex.fromDocuments([new Document({ text: "The lamp costs 44 dollars." })]);
    const engine = index.asQueryEngine();
    const lookUp = tool(
      async ({ question }) => {
        await jitter();
        const { message } = await engine.query({ query: question });
        return JSON.stringify(message.content);
      },
      { name: "look_up", description: "looks up", schema: z.object({ question: z.string() }) },
    );
    const shop = createAgent({ model: model(), tools: [lookUp] });
    await Promise.all(
      Array.from({ length: COUNT }, async (_, at) => {
        await jitter();
        const script = `[[jitter:30]][[call:look_up:{"question":"mark-${at} [[jitter:30]]"}]][[next]][[say:mark-${at} done]]`;
        await tracing.withTrace({ name: `request ${at}` }, () =>
          shop.invoke({ messages: [new HumanMessage(script)] }, { callbacks: [langchain] }),
        );
      }),
    );
    const found = await traces((root) => root.name.startsWith("request"));
    expect(found.size).toBe(COUNT);
    for (const [name, spans] of found) {
      expect(marksIn(spans)).toEqual([name.replace("request ", "mark-")]);
      expect(goldenTree(spans).replace(/request \d+/, "request N")).toBe(
        tree(`
          span request N
            agent LangGraph
              chain model_request
                llm ChatOpenAI 10+7=17 cached 3 reasoning 2
                chain RunnableLambda
              chain tools
                tool look_up
                  query RetrieverQueryEngine
                    retriever VectorIndexRetriever
                      embedding text-embedding-ada-002 3+0=3
                    synthesizer CompactAndRefine
                      llm gpt-4o 10+5=15 cached 3 reasoning 2
              chain model_request
                llm ChatOpenAI 30+2=32 cached 3 reasoning 2
                chain RunnableLambda`),
      );
    }
  });

  it("an agent of LlamaIndex's whose tool runs a chain of LangChain", async () => {
    const chain = ChatPromptTemplate.fromTemplate("{question}").pipe(model()).pipe(new StringOutputParser());
    const translate = FunctionTool.from(
      async ({ question }: { question: string }) => {
        await jitter();
        return chain.invoke({ question }, { callbacks: [langchain] });
      },
      { name: "translate", description: "translates", parameters: z.object({ question: z.string() }) },
    );
    // Agents of LlamaIndex's stream; OpenAI counts the tokens of streams where it is asked to.
    const additionalChatOptions = { stream_options: { include_usage: true } };
    const llm = new LlamaOpenAI({ model: "gpt-4o", apiKey: "sk", baseURL: models.baseURL, additionalChatOptions });
    const translator = agent({ llm, tools: [translate] });
    llamaindex.traceWorkflow(translator, { name: "translator" });
    await Promise.all(
      Array.from({ length: COUNT }, async (_, at) => {
        await jitter();
        const script = `[[jitter:30]][[call:translate:{"question":"mark-${at} [[jitter:30]]"}]][[next]][[say:mark-${at} done]]`;
        await tracing.withTrace({ name: `request ${at}` }, () => translator.run(script));
      }),
    );
    const found = await traces((root) => root.name.startsWith("request"));
    expect(found.size).toBe(COUNT);
    const trees = new Set<string>();
    for (const [name, spans] of found) {
      expect(marksIn(spans)).toEqual([name.replace("request ", "mark-")]);
      trees.add(goldenTree(spans).replace(/request \d+/, "request N"));
    }
    expect([...trees]).toEqual([
      tree(`
        span request N
          workflow translator
            agent Agent
              llm gpt-4o 20+7=27 cached 3 reasoning 2
              tool translate
                chain RunnableSequence
                  chain ChatPromptTemplate
                  llm ChatOpenAI 10+5=15 cached 3 reasoning 2
                  chain StrOutputParser
              llm gpt-4o 40+2=42 cached 3 reasoning 2`),
    ]);
  });
});

describe("what is nested in what", () => {
  it("needs no trace of the program's own", async () => {
    const engine = (await VectorStoreIndex.fromDocuments([new Document({ text: "A lamp." })])).asQueryEngine();
    const step = RunnableLambda.from((query: string) => engine.query({ query })).withConfig({ runName: "step" });
    await step.invoke("how much?", { callbacks: [langchain] });
    const [spans = []] = (await traces((root) => root.name === "step")).values();
    expect(goldenTree(spans)).toBe(
      tree(`
        chain step
          query RetrieverQueryEngine
            retriever VectorIndexRetriever
              embedding text-embedding-ada-002 3+0=3
            synthesizer CompactAndRefine
              llm gpt-4o 10+5=15 cached 3 reasoning 2`),
    );
  });

  it("goes in and out of both frameworks and spans by hand, to any depth", async () => {
    const inner = ChatPromptTemplate.fromTemplate("{question}").pipe(model());
    const reading = RunnableLambda.from(async (question: string) => {
      const rated = await tracing.span("rank", async () => {
        await jitter();
        // LangChain knows of no span by hand, and hangs the chain below its own step.
        return inner.invoke({ question });
      });
      return tracing.span("shorten", () => rated.text);
    }).withConfig({ runName: "reading" });
    await tracing.withTrace({ name: "request" }, () => reading.invoke("short?", { callbacks: [langchain] }));
    const [spans = []] = (await traces((root) => root.name === "request")).values();
    expect(goldenTree(spans)).toBe(
      tree(`
        span request
          chain reading
            span rank
              chain RunnableSequence
                chain ChatPromptTemplate
                llm ChatOpenAI 10+5=15 cached 3 reasoning 2
            span shorten`),
    );
  });

  it("is told by currentSpan and headers, inside a run of LangChain too", async () => {
    const step = RunnableLambda.from(() => ({ span: tracing.currentSpan(), headers: tracing.headers() }));
    const { span, headers } = await step.withConfig({ runName: "step" }).invoke("", { callbacks: [langchain] });
    const [[{ traceId, spanId } = { traceId: "", spanId: "" }] = []] = (await traces(() => true)).values();
    expect(span).toEqual({ traceId, spanId });
    expect(headers).toEqual({
      "x-portkey-trace-id": traceId,
      "x-portkey-parent-span-id": spanId,
      traceparent: `00-${traceId}-${spanId}-01`,
    });
    expect(tracing.currentSpan()).toBeUndefined();
    expect(tracing.headers()).toEqual({});
  });
});
