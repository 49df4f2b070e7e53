import { drain, failing, type Program, type Setting } from "./program.ts";

const RETRIEVED = `
        retriever VectorIndexRetriever
          embedding text-embedding-3-small 3+0=3`;

const USED = "cached 3 reasoning 2";

const modes = ["refine", "tree_summarize", "multi_modal"] as const;

function shelf({ L }: Setting, retrieve: (query: string) => Promise<object[]>) {
  class Shelf extends L.BaseRetriever {
    // oxlint-disable-next-line no-useless-constructor -- the inherited one is protected
    constructor() {
      super();
    }
    override async _retrieve({ query }: { query: unknown }): Promise<never> {
      return (await retrieve(String(query))) as never;
    }
  }
  return new Shelf();
}

/** Stages of queries, of LlamaIndex's and of the user's own. */
export const STAGES: readonly Program[] = [
  {
    name: "an answer from images and texts",
    run: async ({ index, L }) => {
      const responseSynthesizer = L.getResponseSynthesizer("multi_modal");
      await index.asQueryEngine({ responseSynthesizer }).query({ query: "[[say:yes]] alpha?" });
    },
    expected: `
      query RetrieverQueryEngine${RETRIEVED}
        synthesizer MultiModal
          llm gpt-4o-mini 10+1=11 ${USED}`,
  },
  {
    name: "an answer in each way of synthesis, streamed",
    run: async ({ index, L }) => {
      for (const mode of modes) {
        const responseSynthesizer = L.getResponseSynthesizer(mode);
        const engine = index.asQueryEngine({ responseSynthesizer });
        await drain(await engine.query({ query: "[[say:yes it is]] alpha?", stream: true }));
      }
    },
    expected: `
      query RetrieverQueryEngine${RETRIEVED}
        synthesizer Refine
          llm gpt-4o-mini 10+3=13 ${USED}
          llm gpt-4o-mini
      query RetrieverQueryEngine${RETRIEVED}
        synthesizer TreeSummarize
          llm gpt-4o-mini
      query RetrieverQueryEngine${RETRIEVED}
        synthesizer MultiModal
          llm gpt-4o-mini`,
  },
  {
    name: "a streamed query that nobody reads",
    run: ({ index }) => index.asQueryEngine().query({ query: "[[say:yes]] alpha?", stream: true }),
    expected: `
      query RetrieverQueryEngine unfinished${RETRIEVED}
        synthesizer CompactAndRefine unfinished
          llm gpt-4o-mini unfinished`,
  },
  {
    name: "a streamed query whose server sends an error",
    run: async ({ index }) => {
      const stream = await index.asQueryEngine().query({ query: "[[say:a b c d]][[sseerror]] alpha?", stream: true });
      await failing(() => drain(stream));
    },
    expected: `
      query RetrieverQueryEngine error: scripted stream failure${RETRIEVED}
        synthesizer CompactAndRefine error: scripted stream failure
          llm gpt-4o-mini error: scripted stream failure`,
  },
  {
    name: "a query for which nothing is found",
    run: (setting) => new setting.L.RetrieverQueryEngine(shelf(setting, async () => [])).query({ query: "alpha?" }),
    expected: `
      query RetrieverQueryEngine
        retriever Shelf
        synthesizer CompactAndRefine`,
  },
  {
    name: "a retriever that asks three others at once, below a query",
    order: "name",
    run: (setting) => {
      const three = (query: string) => [1, 2, 3].map(() => setting.index.asRetriever().retrieve(query));
      const retriever = shelf(setting, async (query) => (await Promise.all(three(query))).flat());
      return new setting.L.RetrieverQueryEngine(retriever).query({ query: "[[say:yes]] alpha?" });
    },
    expected: `
      query RetrieverQueryEngine
        retriever Shelf
          retriever VectorIndexRetriever
            embedding text-embedding-3-small 3+0=3
          retriever VectorIndexRetriever
            embedding text-embedding-3-small 3+0=3
          retriever VectorIndexRetriever
            embedding text-embedding-3-small 3+0=3
        synthesizer CompactAndRefine
          llm gpt-4o-mini 10+1=11 ${USED}`,
  },
  {
    name: "two postprocessors, and one of the user's that asks a model",
    run: ({ index, L, llm }) => {
      class Judge {
        async postprocessNodes(nodes: object[]) {
          await llm.complete({ prompt: "[[say:first]]" });
          return nodes.slice(0, 1) as never[];
        }
      }
      const nodePostprocessors = [
        new L.MetadataReplacementPostProcessor("window"),
        new L.SimilarityPostprocessor({ similarityCutoff: 0 }),
        new Judge(),
      ];
      return index.asQueryEngine({ nodePostprocessors }).query({ query: "[[say:yes]] alpha?" });
    },
    expected: `
      query RetrieverQueryEngine${RETRIEVED}
        reranker MetadataReplacementPostProcessor
        reranker SimilarityPostprocessor
        reranker Judge
          llm gpt-4o-mini 10+1=11 ${USED}
        synthesizer CompactAndRefine
          llm gpt-4o-mini 10+1=11 ${USED}`,
  },
  {
    name: "a postprocessor that throws",
    run: ({ index }) => {
      class Judge {
        async postprocessNodes(): Promise<never> {
          throw new Error("no verdict");
        }
      }
      const engine = index.asQueryEngine({ nodePostprocessors: [new Judge()] });
      return failing(() => engine.query({ query: "alpha?" }));
    },
    expected: `
      query RetrieverQueryEngine error: no verdict${RETRIEVED}
        reranker Judge error: no verdict`,
  },
  {
    name: "a router that takes two ways, and one that is told nonsense",
    run: async ({ L, index, llm }) => {
      const queryEngineTools = ["letters", "numbers"].map((description) => ({
        queryEngine: index.asQueryEngine(),
        description,
      }));
      const both = '[[say:[{"choice":1,"reason":"a"},{"choice":2,"reason":"b"}]]]';
      const selector = new L.LLMMultiSelector({ llm });
      await L.RouterQueryEngine.fromDefaults({ queryEngineTools, selector }).query({ query: both });
      const router = L.RouterQueryEngine.fromDefaults({ queryEngineTools });
      await failing(() => router.query({ query: "[[say:nonsense]]" }));
    },
    expected: `
      query RouterQueryEngine
        llm gpt-4o-mini 10+1=11 ${USED}
        query RetrieverQueryEngine
          retriever VectorIndexRetriever
            embedding text-embedding-3-small 3+0=3
          synthesizer CompactAndRefine
            llm gpt-4o-mini 10+1=11 ${USED}
        query RetrieverQueryEngine
          retriever VectorIndexRetriever
            embedding text-embedding-3-small 3+0=3
          synthesizer CompactAndRefine
            llm gpt-4o-mini 10+1=11 ${USED}
        synthesizer TreeSummarize
          llm gpt-4o-mini 10+1=11 ${USED}
      query RouterQueryEngine error: Got invalid JSON object. Error: SyntaxError: Unexpected token 'o', "nonsense" is not valid JSON. Got JSON string: nonsense
        llm gpt-4o-mini 10+1=11 ${USED}`,
  },
  {
    name: "a query engine of the user's, whole and streamed",
    run: async ({ L, index, llm }) => {
      class Guess extends L.BaseQueryEngine {
        override async _query(_question: unknown, stream?: boolean): Promise<never> {
          const { text } = await llm.complete({ prompt: "[[say:a guess]]" });
          const query = { query: text };
          const engine = index.asQueryEngine();
          return (await (stream === true ? engine.query({ ...query, stream }) : engine.query(query))) as never;
        }
        override _getPrompts() {
          return {};
        }
        override _updatePrompts() {}
        override _getPromptModules() {
          return {};
        }
      }
      const guess = new Guess();
      await guess.query({ query: "alpha?" });
      await drain(await guess.query({ query: "alpha?", stream: true }));
    },
    expected: `
      query Guess
        llm gpt-4o-mini 10+2=12 ${USED}
        query RetrieverQueryEngine
          retriever VectorIndexRetriever
            embedding text-embedding-3-small 3+0=3
          synthesizer CompactAndRefine
            llm gpt-4o-mini 10+5=15 ${USED}
      query Guess
        llm gpt-4o-mini 10+2=12 ${USED}
        query RetrieverQueryEngine
          retriever VectorIndexRetriever
            embedding text-embedding-3-small 3+0=3
          synthesizer CompactAndRefine
            llm gpt-4o-mini`,
  },
];
