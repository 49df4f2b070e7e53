// Calls of the openai SDK and of portkey-ai in a trace, beside whatever else runs in it.
import "./local-model.mjs"; // answers where OPENAI_API_KEY is unset
import { createTracing } from "@portkey-tracing/core";
import { OpenAI } from "openai";
import { Portkey } from "portkey-ai";

const tracing = createTracing();
const openai = new OpenAI();
const portkey = new Portkey({
  baseURL: process.env.PORTKEY_GATEWAY_URL ?? process.env.OPENAI_BASE_URL,
  apiKey: "none-needed",
  provider: "openai",
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  customHost: process.env.OPENAI_BASE_URL,
});

/** A span that stands for the call: a gateway is told its ids, and its tokens are counted once. */
async function ask(name, client, content) {
  const request = { model: "gpt-4o-mini", messages: [{ role: "user", content }] };
  const span = { type: "llm", input: request, model: { provider: "openai" } };
  const { choices } = await tracing.span(name, async () => client.chat.completions.create(request), span);
  return choices[0].message.content;
}

await tracing.withTrace({ name: "two clients", metadata: { _user: "ada" } }, async () => {
  console.log(await ask("openai", openai, "How long do I have for a refund?"));
  console.log(await ask("portkey-ai", portkey, "Is a refund possible after a month?"));
});
await tracing.shutdown();
