// What a Portkey gateway tried is seen in the tree: its first target fails, a retry does not help, the second one answers.
// Start the gateway first, `npx @portkey-ai/gateway`, or set PORTKEY_GATEWAY_URL to where it is.
import { ChatOpenAI } from "@langchain/openai";
import { createHeaders, createTracing } from "@portkey-tracing/core";
import { LangchainCallbackHandler } from "@portkey-tracing/langchain";
import { startModelServer } from "./model-server.mjs";

const failing = await startModelServer({ rules: [{ when: /./, script: "[[status:503]]" }] });
const working = await startModelServer({ rules: [{ when: /refund/, script: "[[say:You have 30 days.]]" }] });
const target = (server) => ({ provider: "openai", api_key: "none-needed", custom_host: server.baseURL });

const config = {
  strategy: { mode: "fallback" },
  targets: [{ ...target(failing), retry: { attempts: 1, on_status_codes: [503] } }, target(working)],
};
const tracing = createTracing();
const model = new ChatOpenAI({
  model: "gpt-4o-mini",
  apiKey: "none-needed",
  configuration: {
    baseURL: process.env.PORTKEY_GATEWAY_URL ?? "http://127.0.0.1:8787/v1",
    defaultHeaders: createHeaders({ config }),
  },
});
const callbacks = [new LangchainCallbackHandler({ tracing })];
const { content } = await model.invoke("How long do I have for a refund?", { callbacks });

console.log(content);
await tracing.shutdown();
await Promise.all([failing.close(), working.close()]);
