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

const server = createServer(async (request, response) => {
  const question = decodeURIComponent(request.url.slice(1));
  const trace = { name: `${request.method} /`, headers: request.headers, input: question, metadata: { _user: "ada" } };
  const answer = await tracing.withTrace(trace, () => chain.invoke({ question }, { callbacks }));
  response.end(answer);
});

server.listen(0, "127.0.0.1", async () => {
  const { port } = server.address();
  const questions = ["How long do I have for a refund?", "Is a refund possible after a month?"];
  const answers = await Promise.all(
    questions.map(async (question) => (await fetch(`http://127.0.0.1:${port}/${encodeURIComponent(question)}`)).text()),
  );
  for (const answer of answers) console.log(answer);
  server.close();
  await tracing.shutdown();
});
