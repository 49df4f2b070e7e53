import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startModelServer } from "../../../examples/model-server.mjs";
import type * as Libs from "../../../fixtures/llamaindex-matched/libs.ts";
import { goldenTree, tree } from "../../../tests/support/golden.ts";
import { type Sink, startSink } from "../../../tests/support/sink.ts";
import { LlamaIndexCallbackHandler } from "../src/index.ts";
import { drain, failing, leaveAfter, user } from "./program.ts";
import { createSetting } from "./setting.ts";

const QUERY_TREE = `
  query RetrieverQueryEngine
    retriever VectorIndexRetriever
      embedding text-embedding-3-small 3+0=3
    synthesizer CompactAndRefine
      llm gpt-4o-mini 10+1=11 cached 3 reasoning 2
`;

const ask = (engine: { query(params: { query: string }): Promise<unknown> }): Promise<unknown> =>
  engine.query({ query: "[[say:yes]] alpha?" });

/** Asks for the manager with a stack that shows no file of the program, as in bundled code. */
function managerWithoutFile(handler: LlamaIndexCallbackHandler): LlamaIndexCallbackHandler["callbackManager"] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 1;
  try {
    return handler.callbackManager;
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** The form of Portkey's Python example. */
export function runSetManager(install: string, libs: typeof Libs): void {
  const { llamaindex: L } = libs;
  let models: Awaited<ReturnType<typeof startModelServer>>;
  let sink: Sink;
  beforeAll(async () => {
    models = await startModelServer();
  });
  afterAll(() => models.close());
  beforeEach(async () => {
    sink = await startSink();
  });
  afterEach(() => sink.close());

  describe(`LlamaIndex with ${install}: Settings.callbackManager = handler.callbackManager`, () => {
    it("has right parents for parallel queries", async () => {
      const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
      detach();
      const before = L.Settings.callbackManager;
      const handler = new LlamaIndexCallbackHandler({ baseURL: sink.baseURL });
      L.Settings.callbackManager = handler.callbackManager;
      const heard: string[] = [];
      L.Settings.callbackManager.on("query-end", () => heard.push("end"));
      await Promise.all(Array.from({ length: 5 }, () => ask(setting.index.asQueryEngine())));
      await handler.shutdown();
      L.Settings.callbackManager = before;
      expect(goldenTree(sink.spans(), "name")).toBe(tree(QUERY_TREE.repeat(5)));
      expect(heard).toHaveLength(5);
    });

    it("lets another handler watch beside it", async () => {
      const { setting } = await createSetting(libs, models.baseURL, sink.baseURL);
      const otherSink = await startSink();
      const other = new LlamaIndexCallbackHandler({ baseURL: otherSink.baseURL });
      const before = L.Settings.callbackManager;
      L.Settings.callbackManager = other.callbackManager;
      await ask(setting.index.asQueryEngine());
      await Promise.all([setting.handler.shutdown(), other.shutdown()]);
      L.Settings.callbackManager = before;
      await otherSink.close();
      expect(goldenTree(sink.spans())).toBe(tree(QUERY_TREE));
      expect(goldenTree(otherSink.spans())).toBe(tree(QUERY_TREE));
    });

    it("knows the models before LlamaIndex tells of anything", async () => {
      const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
      detach();
      const before = L.Settings.callbackManager;
      const handler = new LlamaIndexCallbackHandler({ baseURL: sink.baseURL });
      L.Settings.callbackManager = handler.callbackManager;
      await failing(() => setting.llm.chat({ messages: user("[[status:500]]") }));
      await handler.shutdown();
      L.Settings.callbackManager = before;
      expect(goldenTree(sink.spans())).toBe("llm gpt-4o-mini error: 500 scripted failure 500");
    });

    it("knows what `attach` knows, also after a `detach`, at the first call of each thing", async () => {
      const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
      detach();
      const before = L.Settings.callbackManager;
      L.Settings.callbackManager = setting.handler.callbackManager;
      const index = await L.VectorStoreIndex.fromDocuments([new L.Document({ text: "alpha" })]);
      const message = "[[chunkdelay:2]][[say:a b c d]]";
      await leaveAfter(1, await index.asChatEngine().chat({ message, stream: true }));
      const nodes = [{ node: new L.TextNode({ text: "alpha" }) }];
      await drain(await L.getResponseSynthesizer("compact").synthesize({ query: "[[say:a b]]", nodes }, true));
      await failing(() => index.asQueryEngine().query({ query: "[[status:500]]" }));
      await setting.handler.shutdown();
      L.Settings.callbackManager = before;
      expect(goldenTree(sink.spans())).toBe(
        tree(`
          ingestion VectorStoreIndex
            parser SentenceSplitter
            embedding text-embedding-3-small 3+0=3
          chat_engine ContextChatEngine cancelled
            retriever VectorIndexRetriever
              embedding text-embedding-3-small 3+0=3
            llm gpt-4o-mini cancelled
          synthesizer CompactAndRefine
            llm gpt-4o-mini
          query RetrieverQueryEngine error: 500 scripted failure 500
            retriever VectorIndexRetriever error: 500 scripted failure 500
              embedding text-embedding-3-small error: 500 scripted failure 500`),
      );
    });

    it("learns from the first event, where files say nothing", async () => {
      const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
      detach();
      const before = L.Settings.callbackManager;
      const handler = new LlamaIndexCallbackHandler({ baseURL: sink.baseURL });
      L.Settings.callbackManager = managerWithoutFile(handler);
      await failing(() => setting.index.asRetriever().retrieve("[[status:500]] alpha"));
      await ask(setting.index.asQueryEngine());
      await handler.shutdown();
      L.Settings.callbackManager = before;
      expect(goldenTree(sink.spans())).toBe(
        tree(`
          retriever Retriever error: 500 scripted failure 500
            embedding text-embedding-3-small error: 500 scripted failure 500
          query RetrieverQueryEngine
            retriever VectorIndexRetriever
              embedding text-embedding-3-small 3+0=3
            synthesizer CompactAndRefine
              llm gpt-4o-mini 10+1=11 cached 3 reasoning 2`),
      );
    });
  });
}
