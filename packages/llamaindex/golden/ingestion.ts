import { DOCUMENTS, failing, type Program, type Setting } from "./program.ts";

const documents = ({ L }: Setting) => DOCUMENTS.map((fields) => new L.Document(fields));

/** What takes documents in. */
export const INGESTION: readonly Program[] = [
  {
    name: "documents that are indexed",
    run: (setting) => setting.L.VectorStoreIndex.fromDocuments(documents(setting)),
    expected: `
      ingestion VectorStoreIndex
        parser SentenceSplitter
        embedding text-embedding-3-small 6+0=6`,
  },
  {
    name: "documents whose embedding fails",
    run: async ({ L }) => {
      const broken = new L.Document({ id_: "broken", text: "[[status:500]]" });
      await failing(() => L.VectorStoreIndex.fromDocuments([broken]));
    },
    expected: `
      ingestion VectorStoreIndex error: 500 scripted failure 500
        parser SentenceSplitter
        embedding text-embedding-3-small error: 500 scripted failure 500`,
  },
  {
    name: "a parser that throws",
    run: async ({ L }) => {
      class Shredder extends L.NodeParser {
        override parseNodes(): never {
          throw new Error("paper jam");
        }
      }
      await failing(async () => new L.IngestionPipeline({ transformations: [new Shredder()] }).run({ documents: [] }));
      await failing(async () => new Shredder().getNodesFromDocuments([]));
    },
    expected: `
      ingestion IngestionPipeline error: paper jam
        parser Shredder error: paper jam
      parser Shredder error: paper jam`,
  },
  {
    name: "a pipeline that cuts, asks a model for titles, and embeds",
    run: (setting) => {
      const { L } = setting;
      const pipeline = new L.IngestionPipeline({
        transformations: [
          new L.SentenceSplitter({ chunkSize: 64, chunkOverlap: 0 }),
          new L.TitleExtractor({ nodes: 1 }),
          L.Settings.embedModel,
        ],
      });
      const [first] = documents(setting);
      return pipeline.run({ documents: first === undefined ? [] : [first] });
    },
    expected: `
      ingestion IngestionPipeline
        parser SentenceSplitter
        llm gpt-4o-mini 10+5=15 cached 3 reasoning 2
        llm gpt-4o-mini 10+5=15 cached 3 reasoning 2
        embedding text-embedding-3-small 3+0=3`,
  },
  {
    name: "nodes that are indexed, and further documents and nodes",
    run: async ({ L }) => {
      const index = await L.VectorStoreIndex.init({ nodes: [new L.TextNode({ text: "alpha" })] });
      await index.insert(new L.Document({ text: "beta" }));
      await index.insertNodes([new L.TextNode({ text: "gamma" })]);
    },
    expected: `
      ingestion VectorStoreIndex
        embedding text-embedding-3-small 3+0=3
      ingestion VectorStoreIndex
        parser SentenceSplitter
        embedding text-embedding-3-small 3+0=3
      ingestion VectorStoreIndex
        embedding text-embedding-3-small 3+0=3`,
  },
  {
    name: "an index that is opened from a store: nothing is taken in",
    run: async (setting) => {
      const storageContext = await setting.L.storageContextFromDefaults({});
      await setting.L.VectorStoreIndex.fromDocuments(documents(setting), { storageContext });
      const index = await setting.L.VectorStoreIndex.init({ storageContext });
      await index.asRetriever().retrieve("alpha");
    },
    expected: `
      ingestion VectorStoreIndex
        parser SentenceSplitter
        embedding text-embedding-3-small 6+0=6
      retriever VectorIndexRetriever
        embedding text-embedding-3-small 3+0=3`,
  },
  {
    name: "a summary index, and what is asked of it",
    run: async (setting) => {
      const index = await setting.L.SummaryIndex.fromDocuments(documents(setting));
      await index.asQueryEngine().query({ query: "[[say:yes]] alpha?" });
    },
    expected: `
      ingestion SummaryIndex
        parser SentenceSplitter
      query RetrieverQueryEngine
        retriever SummaryIndexRetriever
        synthesizer CompactAndRefine
          llm gpt-4o-mini 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "a table of keywords",
    run: async ({ L }) => {
      const document = new L.Document({ text: "[[say:KEYWORDS: alpha, letter]]" });
      const index = await L.KeywordTableIndex.fromDocuments([document]);
      await index.asQueryEngine().query({ query: "[[say:KEYWORDS: alpha]]" });
    },
    expected: `
      ingestion KeywordTableIndex
        parser SentenceSplitter
        llm gpt-4o-mini 10+3=13 cached 3 reasoning 2
      query RetrieverQueryEngine
        retriever KeywordTableLLMRetriever
          llm gpt-4o-mini 10+2=12 cached 3 reasoning 2
        synthesizer CompactAndRefine
          llm gpt-4o-mini 10+3=13 cached 3 reasoning 2`,
  },
  {
    name: "two indices that are built at once",
    order: "name",
    run: (setting) =>
      Promise.all([
        setting.L.VectorStoreIndex.fromDocuments(documents(setting)),
        setting.L.SummaryIndex.fromDocuments(documents(setting)),
      ]),
    expected: `
      ingestion SummaryIndex
        parser SentenceSplitter
      ingestion VectorStoreIndex
        embedding text-embedding-3-small 6+0=6
        parser SentenceSplitter`,
  },
  {
    name: "a parser alone, and one that takes its time",
    run: async (setting) => {
      const { L } = setting;
      class Slow extends L.NodeParser {
        override async parseNodes() {
          return (await setting.llm.complete({ prompt: "[[say:cut here]]" })).text === ""
            ? []
            : [new L.TextNode({ text: "alpha" })];
        }
      }
      new L.SentenceSplitter().getNodesFromDocuments(documents(setting));
      await new Slow().getNodesFromDocuments(documents(setting));
    },
    expected: `
      parser SentenceSplitter
      parser Slow
        llm gpt-4o-mini 10+2=12 cached 3 reasoning 2`,
  },
];
