import { setImmediate as turn } from "node:timers/promises";
import {
  BaseEmbedding,
  Document,
  FunctionTool,
  IngestionPipeline,
  LLMAgent,
  SentenceSplitter,
  Settings,
  ToolCallLLM,
  VectorStoreIndex,
} from "llamaindex";
import { prose } from "../lib/text.mjs";

const ANSWER = prose(600, 7);
const VECTOR = Array.from({ length: 64 }, (_, index) => 1 / (index + 1));

/** A model in the process: calls a tool when a user asks for one, else answers, after one turn of the event loop. */
class LocalModel extends ToolCallLLM {
  model = "local-1";
  metadata = { model: "local-1", temperature: 0, topP: 1, contextWindow: 128_000, structuredOutput: false };
  supportToolCall = true;

  async chat({ messages }) {
    await turn();
    const last = messages.at(-1);
    const call = last.role === "user" && String(last.content).includes("weather");
    const options = call ? { toolCall: [{ id: "call_1", name: "weather", input: { city: "Rome" } }] } : {};
    const usage = { prompt_tokens: 400, completion_tokens: 120, total_tokens: 520 };
    const raw = { id: "chat-1", model: "local-1", choices: [{ finish_reason: call ? "tool_calls" : "stop" }], usage };
    return { raw, message: { role: "assistant", content: call ? "" : ANSWER, options } };
  }
}

class LocalEmbedding extends BaseEmbedding {
  model = "local-embedding-1";
  embedBatchSize = 100;

  getTextEmbeddings = async (texts) => {
    await turn();
    return texts.map(() => VECTOR);
  };

  async getTextEmbedding() {
    await turn();
    return VECTOR;
  }
}

/** Puts the models that answer in this process on `Settings`. */
export function useLocalModels() {
  Settings.llm = new LocalModel();
  Settings.embedModel = new LocalEmbedding();
  Settings.nodeParser = new SentenceSplitter({ chunkSize: 128, chunkOverlap: 0 });
}

const documents = (count) =>
  Array.from({ length: count }, (_, index) => new Document({ text: prose(4_000, index + 1) }));

async function createQuery() {
  const index = await VectorStoreIndex.fromDocuments(documents(2));
  const engine = index.asQueryEngine();
  return () => engine.query({ query: "what is late, and why?" });
}

async function createAgent() {
  const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
  const weather = FunctionTool.from(() => "sunny", { name: "weather", description: "the weather", parameters });
  return () => new LLMAgent({ tools: [weather] }).chat({ message: "the weather in Rome?" });
}

async function createIngestion() {
  const texts = documents(1_300);
  const pipeline = new IngestionPipeline({
    transformations: [Settings.nodeParser, Settings.embedModel],
    disableCache: true,
  });
  return async () => ({ nodes: (await pipeline.run({ documents: texts })).length });
}

/** What is measured: how often it runs, how many of it at once, and what one of it is. */
export const LLAMAINDEX_WORKLOADS = {
  query: { title: "queries over an index", roots: 2_000, warmUp: 300, concurrency: 10, create: createQuery },
  agent: { title: "agents that call a tool", roots: 2_000, warmUp: 300, concurrency: 10, create: createAgent },
  ingestion: { title: "documents that become nodes", roots: 1, warmUp: 1, concurrency: 1, create: createIngestion },
};
