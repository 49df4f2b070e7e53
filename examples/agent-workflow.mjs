import "./local-model.mjs"; // answers where OPENAI_API_KEY is unset
import { OpenAI } from "@llamaindex/openai";
import { agent } from "@llamaindex/workflow";
import { LlamaIndexCallbackHandler } from "@portkey-tracing/llamaindex";
import { Settings, tool } from "llamaindex";
import { z } from "zod";

const handler = new LlamaIndexCallbackHandler({ metadata: { _user: "ada" } });
handler.attach(Settings);

const getPrice = tool(({ product }) => `${product}: 40 euros`, {
  name: "get_price",
  description: "The price of a product in euros",
  parameters: z.object({ product: z.string() }),
});
const toDollars = tool(({ euros }) => `${Math.round(euros * 1.1)} dollars`, {
  name: "to_dollars",
  description: "Converts euros to dollars",
  parameters: z.object({ euros: z.number() }),
});

// Agents stream; OpenAI counts the tokens of a stream only where it is asked to.
const llm = new OpenAI({ model: "gpt-4o-mini", additionalChatOptions: { stream_options: { include_usage: true } } });
const shop = handler.traceWorkflow(agent({ name: "Shop", llm, tools: [getPrice, toDollars] }));
const { data } = await shop.run("What does the blue lamp cost in dollars?");

console.log(data.result);
await handler.flush();
