import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startModelServer } from "../../../examples/model-server.mjs";
import type * as Libs from "../../../fixtures/llamaindex-matched/libs.ts";
import { goldenTree, tree } from "../../../tests/support/golden.ts";
import { startSink } from "../../../tests/support/sink.ts";
import { DOCUMENTS, leaveAfter, type Setting, user } from "./program.ts";
import { createSetting } from "./setting.ts";

const descriptorsOf = (objects: readonly object[]) => objects.map((object) => Object.getOwnPropertyDescriptors(object));

/** True for the very same members; functions that look alike are none. */
const isSame = (one: PropertyDescriptorMap, other: PropertyDescriptorMap): boolean =>
  Object.keys({ ...one, ...other }).every(
    (key) => one[key]?.value === other[key]?.value && one[key]?.set === other[key]?.set,
  );

/** Everything that may be replaced: objects, classes, clients. */
async function touchable({ L, O, llm, index }: Setting) {
  const { embedModel, callbackManager } = L.Settings;
  const retriever = index.asRetriever();
  const engine = index.asQueryEngine({ retriever });
  const agent = new L.LLMAgent({ tools: [] });
  const chat = new L.SimpleChatEngine();
  const client = await llm.session;
  const classes = [L.VectorStoreIndex, L.SummaryIndex, L.KeywordTableIndex];
  const prototypes = [
    ...classes,
    L.BaseRetriever,
    L.BaseSynthesizer,
    L.NodeParser,
    L.IngestionPipeline,
    L.ContextChatEngine,
    L.SimpleChatEngine,
    L.CondenseQuestionChatEngine,
    L.AgentRunner,
    O.OpenAI,
    O.OpenAIEmbedding,
  ].map(({ prototype }) => prototype as object);
  const live = [L.Settings, callbackManager, llm, embedModel, retriever, engine, agent, chat, client as object];
  return { engine, agent, chat, retriever, objects: [...live, ...classes, ...prototypes] };
}

/** What a program's own objects are to it, before, while and after it is traced. */
export function runUntouched(install: string, libs: typeof Libs): void {
  const { llamaindex: L, openai: O } = libs;
  let models: Awaited<ReturnType<typeof startModelServer>>;
  beforeAll(async () => {
    models = await startModelServer();
  });
  afterAll(() => models.close());

  /** A setting with nothing attached, and what ends it. */
  async function stage() {
    const sink = await startSink();
    const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
    detach();
    const end = async (): Promise<string> => {
      await setting.handler.shutdown();
      await sink.close();
      return goldenTree(sink.spans());
    };
    return { setting, end };
  }

  describe(`LlamaIndex with ${install}: what the program has`, () => {
    it("is as it was once the handler is detached: every object, class and client", async () => {
      const { setting, end } = await stage();
      const { engine, agent, chat, objects } = await touchable(setting);
      const before = descriptorsOf(objects);
      const undo = setting.handler.attach(L.Settings);
      await engine.query({ query: "[[say:yes]] alpha?" });
      await chat.chat({ message: "[[say:yes]]" });
      await agent.chat({ message: "[[say:yes]]" });
      await L.VectorStoreIndex.fromDocuments(DOCUMENTS.map((fields) => new L.Document(fields)));
      const touched = objects.filter(
        (object, at) => !isSame(Object.getOwnPropertyDescriptors(object), before[at] ?? {}),
      );
      expect(touched.length).toBeGreaterThan(15);
      undo();
      for (const [at, object] of objects.entries()) {
        const now = Object.getOwnPropertyDescriptors(object);
        expect(now).toEqual(before[at]);
        expect(isSame(now, before[at] ?? {})).toBe(true);
      }
      const spans = await end();
      expect(spans.match(/^\w+/gm)).toEqual(["query", "chat_engine", "agent", "ingestion"]);
    });

    it("shows the same keys and JSON while it is traced, and is of its class", async () => {
      const { setting, end } = await stage();
      const { engine, agent, chat, retriever } = await touchable(setting);
      const objects: readonly object[] = [setting.llm, L.Settings.embedModel, engine, agent, chat, retriever];
      const seen = () => objects.map((object) => [Object.keys(object), JSON.stringify(object)]);
      const before = seen();
      const undo = setting.handler.attach(L.Settings);
      await engine.query({ query: "[[say:yes]] alpha?" });
      await chat.chat({ message: "[[say:yes]]" });
      await agent.chat({ message: "[[say:yes]]" });
      expect(seen().map(([keys]) => keys)).toEqual(before.map(([keys]) => keys));
      expect(seen()[0]).toEqual(before[0]);
      expect(setting.llm).toBeInstanceOf(O.OpenAI);
      expect(engine).toBeInstanceOf(L.RetrieverQueryEngine);
      expect(Object.getPrototypeOf(agent)).toBe(L.LLMAgent.prototype);
      undo();
      await end();
    });

    it("keeps its private members, its `this` and its statics", async () => {
      class Vault extends L.BaseRetriever {
        readonly #combination = "alpha";
        // oxlint-disable-next-line no-useless-constructor -- the inherited one is protected
        constructor() {
          super();
        }
        override async _retrieve() {
          return setting.index.asRetriever().retrieve(this.#combination);
        }
      }
      // @ts-expect-error -- its constructor is private to TypeScript only
      class Shelf extends L.VectorStoreIndex {
        static readonly kind = "shelf";
      }
      const { setting, end } = await stage();
      const undo = setting.handler.attach(L.Settings);
      const nodes = await new Vault().retrieve("open");
      expect(nodes).toHaveLength(2);
      const shelf = await Shelf.fromDocuments([new L.Document({ text: "alpha" })]);
      expect(shelf).toBeInstanceOf(Shelf);
      // oxlint-disable-next-line typescript/unbound-method -- LlamaIndex binds it
      const { chat } = setting.llm;
      expect((await chat({ messages: user("[[say:unbound]]") })).message.content).toBe("unbound");
      undo();
      expect(await end()).toBe(
        tree(`
          retriever Vault
            retriever VectorIndexRetriever
              embedding text-embedding-3-small 3+0=3
          ingestion Shelf
            parser SentenceSplitter
            embedding text-embedding-3-small 3+0=3
          llm gpt-4o-mini 10+1=11 cached 3 reasoning 2`),
      );
    });

    it("lets a connection go, or keeps it, as LlamaIndex does when a stream is left", async () => {
      const { setting, end } = await stage();
      const leave = async (): Promise<boolean | undefined> => {
        const messages = user("[[chunkdelay:20]][[say:a b c d e f g h]]");
        await leaveAfter(2, await setting.llm.chat({ messages, stream: true }));
        await expect.poll(() => models.requests.at(-1)?.closedEarly).toBeDefined();
        return models.requests.at(-1)?.closedEarly;
      };
      const untraced = await leave();
      const undo = setting.handler.attach(L.Settings);
      expect(await leave()).toBe(untraced);
      undo();
      expect(await end()).toBe("llm gpt-4o-mini cancelled");
    });
  });
}
