// One trace for each request of a web server, and the caller's own trace where it sends one.
import "./local-model.mjs"; // answers where OPENAI_API_KEY is unset
import { createServer } from "node:http";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";
import { createTracing } from "@portkey-tracing/core";
import { LangchainCallbackHandler } from "@portkey-tracing/langchain";

const tracing = createTracing();
const callbacks = [new LangchainCallbackHandler({ tracing })];
const chain = ChatPromptTemplate.fromTemplate("Answer in one sentence: {question}")
  .pipe(new ChatOpenAI({ model: "gpt-4o-mini" }))
  .pipe(new StringOutputParser());

async function answer(request, response) {
  const question = decodeURIComponent(request.url.slice(1));
  const trace = { name: `${request.method} /`, headers: request.headers, input: question, metadata: { _user: "ada" } };
  response.end(await tracing.withTrace(trace, () => chain.invoke({ question }, { callbacks })));
}
const server = createServer((request, response) => void answer(request, response));

await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://127.0.0.1:${server.address().port}`;
const ask = async (question) => (await fetch(`${address}/${encodeURIComponent(question)}`)).text();
const questions = ["How long do I have for a refund?", "Is a refund possible after a month?"];
for (const text of await Promise.all(questions.map(ask))) console.log(text);
server.close();
await tracing.shutdown();
