// What a user thinks of an answer, with the trace that gave it.
import "./local-model.mjs"; // answers where OPENAI_API_KEY is unset
import { ChatOpenAI } from "@langchain/openai";
import { createTracing } from "@portkey-tracing/core";
import { LangchainCallbackHandler } from "@portkey-tracing/langchain";

const tracing = createTracing();
const callbacks = [new LangchainCallbackHandler({ tracing })];
const model = new ChatOpenAI({ model: "gpt-4o-mini" });

// The answer goes to the user with the id of its trace …
const answer = await tracing.withTrace({ name: "question" }, async () => {
  const { content } = await model.invoke("How long do I have for a refund?", { callbacks });
  return { text: content, traceId: tracing.currentSpan()?.traceId };
});
console.log(answer.text);

// … and comes back with a thumbs-down. There is no need to wait for what becomes of it.
const metadata = { _user: "ada", comment: "I have 14 days only" };
const feedback = await tracing.feedback({ traceId: answer.traceId, value: -1, metadata });
console.log(`the feedback was ${feedback.status}`);
await tracing.shutdown();
