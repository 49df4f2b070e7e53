// One tree across frameworks: an agent of LangChain whose tool asks an index of LlamaIndex.
import "./local-model.mjs"; // answers where OPENAI_API_KEY is unset
import { ChatOpenAI } from "@langchain/openai";
import { OpenAI, OpenAIEmbedding } from "@llamaindex/openai";
import { createTracing } from "@portkey-tracing/core";
import { LangchainCallbackHandler } from "@portkey-tracing/langchain";
import { LlamaIndexCallbackHandler } from "@portkey-tracing/llamaindex";
import { createAgent, tool } from "langchain";
import { Document, Settings, VectorStoreIndex } from "llamaindex";
import { z } from "zod";

const tracing = createTracing();
const callbacks = [new LangchainCallbackHandler({ tracing })];
new LlamaIndexCallbackHandler({ tracing }).attach(Settings);
Settings.llm = new OpenAI({ model: "gpt-4o-mini" });
Settings.embedModel = new OpenAIEmbedding();

const terms = new Document({ text: "Anything can be returned within 30 days." });
const engine = (await VectorStoreIndex.fromDocuments([terms])).asQueryEngine();
const lookUp = tool(async ({ query }) => (await engine.query({ query })).toString(), {
  name: "look_up",
  description: "Looks something up in the terms of the shop",
  schema: z.object({ query: z.string() }),
});

const agent = createAgent({ model: new ChatOpenAI({ model: "gpt-4o-mini" }), tools: [lookUp] });
const question = { messages: [{ role: "user", content: "May I send my lamp back?" }] };
const { messages } = await tracing.withTrace({ name: "support" }, () => agent.invoke(question, { callbacks }));

console.log(messages.at(-1).content);
await tracing.shutdown();
