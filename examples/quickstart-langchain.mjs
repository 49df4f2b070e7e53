import "./local-model.mjs"; // answers where OPENAI_API_KEY is unset
import { ChatOpenAI } from "@langchain/openai";
import { LangchainCallbackHandler } from "@portkey-tracing/langchain";
import { createAgent, tool } from "langchain";
import { z } from "zod";

const handler = new LangchainCallbackHandler({ metadata: { _user: "ada" } });

const getWeather = tool(async ({ city }) => `22 °C and sunny in ${city}`, {
  name: "get_weather",
  description: "The weather in a city, now",
  schema: z.object({ city: z.string() }),
});

const model = new ChatOpenAI({ model: "gpt-4o-mini" });
const agent = createAgent({ name: "Forecaster", model, tools: [getWeather] });
const question = { messages: [{ role: "user", content: "What is the weather in Paris?" }] };
const { messages } = await agent.invoke(question, { callbacks: [handler] });

console.log(messages.at(-1).content);
await handler.flush();
