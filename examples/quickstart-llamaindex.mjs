import "./local-model.mjs"; // answers where OPENAI_API_KEY is unset
import { OpenAI, OpenAIEmbedding } from "@llamaindex/openai";
import { LlamaIndexCallbackHandler } from "@portkey-tracing/llamaindex";
import { Document, Settings, VectorStoreIndex } from "llamaindex";

Settings.llm = new OpenAI({ model: "gpt-4o-mini" });
Settings.embedModel = new OpenAIEmbedding({ model: "text-embedding-3-small" });

const handler = new LlamaIndexCallbackHandler({ metadata: { _user: "ada" } });
handler.attach(Settings);

const documents = [
  new Document({ text: "Refunds: anything can be returned within 30 days." }),
  new Document({ text: "Shipping: parcels leave the warehouse within one day." }),
];
const index = await VectorStoreIndex.fromDocuments(documents);
const engine = index.asQueryEngine({ similarityTopK: 1 });
const answer = await engine.query({ query: "How long do I have for a refund?" });

console.log(answer.message.content);
await handler.flush();
