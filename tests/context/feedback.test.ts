import { type Collector, startCollector } from "@portkey-tracing/collector";
import { createTracing, type FeedbackResult, type Tracing } from "@portkey-tracing/core";
import { LangchainCallbackHandler } from "@portkey-tracing/langchain";
import { LlamaIndexCallbackHandler } from "@portkey-tracing/llamaindex";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../../examples/model-server.mjs";
import { ChatOpenAI, LlamaOpenAI, Settings } from "../../fixtures/gateway/libs.ts";
import { sleep } from "../support/user-programs.ts";

const COUNT = 20;

let models: ModelServer;
let collector: Collector;
let tracing: Tracing;
beforeAll(async () => {
  models = await startModelServer();
});
afterAll(() => models.close());
beforeEach(async () => {
  collector = await startCollector({ quiet: true });
  tracing = createTracing({ baseURL: collector.baseURL });
});
afterEach(async () => {
  await tracing.shutdown();
  await collector.close();
});

/** A handler, and a program that it traces. */
interface Traced {
  readonly handler: { feedback(given: { value: number }): Promise<FeedbackResult> };
  readonly ask: (question: string) => Promise<unknown>;
  readonly detach: () => void;
}

function langchain(): Traced {
  const handler = new LangchainCallbackHandler({ tracing });
  const configuration = { baseURL: models.baseURL };
  const model = new ChatOpenAI({ model: "gpt-4o", apiKey: "sk", maxRetries: 0, configuration });
  return { handler, ask: (text) => model.invoke(text, { callbacks: [handler] }), detach: () => undefined };
}

function llamaIndex(): Traced {
  const handler = new LlamaIndexCallbackHandler({ tracing });
  const llm = new LlamaOpenAI({ model: "gpt-4o", apiKey: "sk", baseURL: models.baseURL, maxRetries: 0 });
  Object.assign(Settings, { llm });
  const ask = (content: string): Promise<unknown> => llm.chat({ messages: [{ role: "user", content }] });
  return { handler, ask, detach: handler.attach(Settings) };
}

/** Traces in which the question was asked, with the values that were given to them. */
async function valuesOf(question: string): Promise<number[]> {
  const { traces } = await collector.store.listTraces({ limit: 100 });
  const found: number[] = [];
  for (const { traceId } of traces) {
    const spans = await collector.store.getSpans(traceId);
    if (!JSON.stringify(spans.map((span) => span.input)).includes(`"${question}"`)) continue;
    found.push(...(await collector.store.listFeedback(traceId)).map(({ value }) => value));
  }
  return found;
}

describe.each([
  ["LangChain's handler", langchain],
  ["LlamaIndex's handler", llamaIndex],
])("feedback by %s that names no trace", (_name, start) => {
  it("is about the one around it, however many there are at once", async () => {
    const { handler, ask, detach } = start();
    const request = (index: number): Promise<void> =>
      tracing.withTrace({ name: `request ${index}` }, async () => {
        await sleep(Math.random() * 30);
        await ask(`[[jitter:40]] question ${index}`);
        await sleep(Math.random() * 30);
        expect(await handler.feedback({ value: index - 10 })).toMatchObject({ status: "accepted" });
      });
    await Promise.all(Array.from({ length: COUNT }, (_, index) => request(index)));
    detach();
    await tracing.flush();
    for (let index = 0; index < COUNT; index++) {
      expect(await valuesOf(`[[jitter:40]] question ${index}`)).toEqual([index - 10]);
    }
  });

  it("is about the one whose root ended last, where there is none around it", async () => {
    const { handler, ask, detach } = start();
    for (const [index, question] of ["first", "second"].entries()) {
      await ask(question);
      await handler.feedback({ value: index + 1 });
    }
    // Of two at once the slower one ends last, whichever began first.
    await Promise.all([ask("[[delay:400]] slow"), ask("fast")]);
    await handler.feedback({ value: 3 });
    detach();
    await tracing.flush();
    const questions = ["first", "second", "[[delay:400]] slow", "fast"];
    expect(await Promise.all(questions.map(valuesOf))).toEqual([[1], [2], [3], []]);
  });

  it("is refused before anything ran", async () => {
    const { handler, detach } = start();
    expect(await handler.feedback({ value: 1 })).toMatchObject({ status: "refused", reason: "invalid" });
    detach();
  });
});
