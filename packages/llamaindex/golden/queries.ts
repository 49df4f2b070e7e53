import { drain, failing, leaveAfter, type Program, type Setting } from "./program.ts";

const toolFor = ({ L, index }: Setting, name: string) =>
  new L.QueryEngineTool({ queryEngine: index.asQueryEngine(), metadata: { name, description: `about ${name}` } });

/** Retrieval and answers that stand on it. */
export const QUERIES: readonly Program[] = [
  {
    name: "a query",
    run: ({ index }) => index.asQueryEngine().query({ query: "[[say:the first letter]] what is alpha?" }),
    expected: `
      query RetrieverQueryEngine
        retriever VectorIndexRetriever
          embedding text-embedding-3-small 3+0=3
        synthesizer CompactAndRefine
          llm gpt-4o-mini 10+3=13 cached 3 reasoning 2`,
  },
  {
    name: "a streamed query, read to its end",
    run: async ({ index }) => drain(await index.asQueryEngine().query({ query: "[[say:a b c]] alpha?", stream: true })),
    expected: `
      query RetrieverQueryEngine
        retriever VectorIndexRetriever
          embedding text-embedding-3-small 3+0=3
        synthesizer CompactAndRefine
          llm gpt-4o-mini`,
  },
  {
    name: "a streamed query that its reader leaves",
    run: async ({ index }) =>
      leaveAfter(2, await index.asQueryEngine().query({ query: "[[say:a b c d e]] alpha?", stream: true })),
    expected: `
      query RetrieverQueryEngine cancelled
        retriever VectorIndexRetriever
          embedding text-embedding-3-small 3+0=3
        synthesizer CompactAndRefine cancelled
          llm gpt-4o-mini cancelled`,
  },
  {
    name: "a streamed query whose model breaks",
    run: async ({ index }) => {
      const stream = await index.asQueryEngine().query({ query: "[[say:a b c d]][[midabort]] alpha?", stream: true });
      await failing(() => drain(stream));
    },
    expected: `
      query RetrieverQueryEngine error: terminated
        retriever VectorIndexRetriever
          embedding text-embedding-3-small 3+0=3
        synthesizer CompactAndRefine error: terminated
          llm gpt-4o-mini error: terminated`,
  },
  {
    name: "a query whose model fails",
    run: ({ index, L, model }) => {
      const responseSynthesizer = L.getResponseSynthesizer("compact", {
        llm: model({ baseURL: "http://127.0.0.1:9/v1" }),
      });
      return failing(() => index.asQueryEngine({ responseSynthesizer }).query({ query: "alpha?" }));
    },
    expected: `
      query RetrieverQueryEngine error: Connection error.
        retriever VectorIndexRetriever
          embedding text-embedding-3-small 3+0=3
        synthesizer CompactAndRefine error: Connection error.
          llm gpt-4o-mini error: Connection error.`,
  },
  {
    name: "a retriever alone",
    run: ({ index }) => index.asRetriever({ similarityTopK: 1 }).retrieve({ query: "beta" }),
    expected: `
      retriever VectorIndexRetriever
        embedding text-embedding-3-small 3+0=3`,
  },
  {
    name: "a retriever alone that fails",
    run: ({ index }) => failing(() => index.asRetriever().retrieve({ query: "[[status:500]] beta" })),
    expected: `
      retriever VectorIndexRetriever error: 500 scripted failure 500
        embedding text-embedding-3-small error: 500 scripted failure 500`,
  },
  {
    name: "a retriever of the user's, alone, that asks two others and a model",
    order: "name",
    run: ({ L, index, llm }) => {
      class Fusion extends L.BaseRetriever {
        // oxlint-disable-next-line no-useless-constructor -- the inherited one is protected
        constructor() {
          super();
        }
        override async _retrieve(bundle: { query: string }) {
          const { text } = await llm.complete({ prompt: "[[say:another question]]" });
          const found = await Promise.all([bundle.query, text].map((query) => index.asRetriever().retrieve(query)));
          return found.flat();
        }
      }
      return new Fusion().retrieve("alpha");
    },
    expected: `
      retriever Fusion
        llm gpt-4o-mini 10+2=12 cached 3 reasoning 2
        retriever VectorIndexRetriever
          embedding text-embedding-3-small 3+0=3
        retriever VectorIndexRetriever
          embedding text-embedding-3-small 3+0=3`,
  },
  {
    name: "a synthesizer alone",
    run: ({ L }) =>
      L.getResponseSynthesizer("compact").synthesize({
        query: "[[say:yes]] alpha?",
        nodes: [{ node: new L.TextNode({ text: "Alpha is a letter." }) }],
      }),
    expected: `
      synthesizer CompactAndRefine
        llm gpt-4o-mini 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "a retriever of the user's that throws",
    run: ({ L }) => {
      class Shelf extends L.BaseRetriever {
        // oxlint-disable-next-line no-useless-constructor -- the inherited one is protected
        constructor() {
          super();
        }
        override async _retrieve(): Promise<never> {
          throw new Error("the shelf is empty");
        }
      }
      const engine = new L.RetrieverQueryEngine(new Shelf());
      return failing(() => engine.query({ query: "alpha?" }));
    },
    expected: `
      query RetrieverQueryEngine error: the shelf is empty
        retriever Shelf error: the shelf is empty`,
  },
  {
    name: "a postprocessor",
    run: ({ index, L }) =>
      index
        .asQueryEngine({ nodePostprocessors: [new L.SimilarityPostprocessor({ similarityCutoff: 0 })] })
        .query({ query: "[[say:yes]] alpha?" }),
    expected: `
      query RetrieverQueryEngine
        retriever VectorIndexRetriever
          embedding text-embedding-3-small 3+0=3
        reranker SimilarityPostprocessor
        synthesizer CompactAndRefine
          llm gpt-4o-mini 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "an answer that is refined from node to node",
    run: ({ index, L }) =>
      index
        .asQueryEngine({ responseSynthesizer: L.getResponseSynthesizer("refine") })
        .query({ query: "[[say:yes]] alpha?" }),
    expected: `
      query RetrieverQueryEngine
        retriever VectorIndexRetriever
          embedding text-embedding-3-small 3+0=3
        synthesizer Refine
          llm gpt-4o-mini 10+1=11 cached 3 reasoning 2
          llm gpt-4o-mini 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "an answer that is summarised as a tree",
    run: ({ index, L }) =>
      index
        .asQueryEngine({ responseSynthesizer: L.getResponseSynthesizer("tree_summarize") })
        .query({ query: "[[say:yes]] alpha?" }),
    expected: `
      query RetrieverQueryEngine
        retriever VectorIndexRetriever
          embedding text-embedding-3-small 3+0=3
        synthesizer TreeSummarize
          llm gpt-4o-mini 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "a question that is split in two",
    order: "name",
    run: (setting) => {
      const questions = ["alpha", "beta"].map((name) => ({ subQuestion: `[[say:it is ${name}]]`, toolName: name }));
      return setting.L.SubQuestionQueryEngine.fromDefaults({
        queryEngineTools: [toolFor(setting, "alpha"), toolFor(setting, "beta")],
      }).query({ query: `[[say:${JSON.stringify(questions)}]]` });
    },
    expected: `
      query SubQuestionQueryEngine
        llm gpt-4o-mini 10+5=15 cached 3 reasoning 2
        query RetrieverQueryEngine
          retriever VectorIndexRetriever
            embedding text-embedding-3-small 3+0=3
          synthesizer CompactAndRefine
            llm gpt-4o-mini 10+3=13 cached 3 reasoning 2
        query RetrieverQueryEngine
          retriever VectorIndexRetriever
            embedding text-embedding-3-small 3+0=3
          synthesizer CompactAndRefine
            llm gpt-4o-mini 10+3=13 cached 3 reasoning 2
        synthesizer CompactAndRefine
          llm gpt-4o-mini 10+3=13 cached 3 reasoning 2`,
  },
  {
    name: "a router",
    run: (setting) => {
      const { L, index } = setting;
      return L.RouterQueryEngine.fromDefaults({
        queryEngineTools: [
          { queryEngine: index.asQueryEngine(), description: "letters" },
          { queryEngine: index.asQueryEngine(), description: "numbers" },
        ],
      }).query({ query: '[[say:[{"choice":1,"reason":"letters"}]]] alpha?' });
    },
    expected: `
      query RouterQueryEngine
        llm gpt-4o-mini 10+1=11 cached 3 reasoning 2
        query RetrieverQueryEngine
          retriever VectorIndexRetriever
            embedding text-embedding-3-small 3+0=3
          synthesizer CompactAndRefine
            llm gpt-4o-mini 10+1=11 cached 3 reasoning 2`,
  },
];
