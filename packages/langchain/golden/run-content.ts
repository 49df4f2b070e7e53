import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../../../examples/model-server.mjs";
import type * as Libs from "../../../fixtures/langchain-1/libs.ts";
import { type Sink, startSink } from "../../../tests/support/sink.ts";
import { LangchainCallbackHandler } from "../src/index.ts";
import { drain, failing } from "./program.ts";

const SECRETS = {
  apiKey: "sk-client-SECRET-0123456789",
  header: "pk-header-SECRET-0123456789",
  call: "call-SECRET-0123456789",
};

/** What the record of a model call, a tool and a retriever says, and what it must not say. */
export function runContent(line: string, libs: typeof Libs): void {
  let models: ModelServer;
  let sink: Sink;
  let handler: LangchainCallbackHandler;
  beforeAll(async () => {
    models = await startModelServer();
    sink = await startSink();
    handler = new LangchainCallbackHandler({ baseURL: sink.baseURL });
  });
  afterAll(async () => {
    await handler.shutdown();
    await sink.close();
    await models.close();
  });

  const chat = (fields: object = {}) =>
    new libs.ChatOpenAI({
      model: "gpt-4o-mini",
      temperature: 0.5,
      apiKey: SECRETS.apiKey,
      configuration: { baseURL: models.baseURL, defaultHeaders: { "x-portkey-api-key": SECRETS.header } },
      ...fields,
    });
  const lastRecord = async () => {
    await handler.flush();
    const record = sink.records.at(-1);
    if (record === undefined) throw new Error("no record has arrived");
    return record;
  };

  const inputOf = (name: string) => sink.spans().findLast((span) => span.name === name)?.input;

  describe(`LangChain ${line}: what a record says`, () => {
    it("a model call: request and answer in OpenAI's shape, with tools, parameters and usage", async () => {
      const add = libs.tool(async ({ a }: { a: number }) => a, {
        name: "add",
        description: "adds",
        schema: libs.z.object({ a: libs.z.number() }),
      });
      const messages = [new libs.SystemMessage("Be terse."), new libs.HumanMessage('[[call:add:{"a":1}]] go')];
      const config = {
        callbacks: [handler],
        tags: ["vip"],
        metadata: { _user: "ada", session: "s1" },
        options: { headers: { "x-call": SECRETS.call } },
      };
      await chat().bindTools([add]).invoke(messages, config);
      const record = await lastRecord();
      expect(record.request).toMatchObject({
        url: `${models.baseURL}/chat/completions`,
        provider: "openai",
        body: {
          model: "gpt-4o-mini",
          temperature: 0.5,
          messages: [
            { role: "system", content: "Be terse." },
            { role: "user", content: '[[call:add:{"a":1}]] go' },
          ],
          tools: [{ type: "function", function: { name: "add", description: "adds" } }],
        },
      });
      expect(record.response).toMatchObject({
        status: 200,
        streamingMode: false,
        body: {
          object: "chat.completion",
          model: "gpt-4o-mini-2024-07-18",
          choices: [
            {
              index: 0,
              finish_reason: "tool_calls",
              message: {
                role: "assistant",
                tool_calls: [{ type: "function", function: { name: "add", arguments: '{"a":1}' } }],
              },
            },
          ],
          usage: {
            prompt_tokens: 20,
            completion_tokens: 7,
            total_tokens: 27,
            prompt_tokens_details: { cached_tokens: 3 },
          },
        },
      });
      expect(record.metadata).toMatchObject({
        _user: "ada",
        session: "s1",
        _source: "Langchain",
        source_metadata: '{"type":"llm","status":"ok","tags":["vip"]}',
      });
      expect(Object.keys(record.metadata).filter((key) => key.startsWith("ls_"))).toEqual([]);
    });

    it("a stream: that it was one, and when its first token came", async () => {
      for await (const _chunk of await chat().stream("[[chunkdelay:5]][[say:a b c]]", { callbacks: [handler] }));
      const record = await lastRecord();
      expect(record.response).toMatchObject({
        streamingMode: true,
        body: { choices: [{ message: { content: "a b c" } }] },
      });
      const { time_to_first_token_ms: first } = record.response.body["tracing"] as { time_to_first_token_ms: number };
      expect(first).toBeGreaterThan(0);
      expect(first).toBeLessThan(record.response.response_time);
    });

    it("the steps of a stream: what came in to each, whole", async () => {
      const chain = libs.ChatPromptTemplate.fromTemplate("{x}")
        .pipe(chat())
        .pipe(new libs.StringOutputParser())
        .pipe(libs.RunnableLambda.from((text: string) => ({ text })));
      await drain(await chain.stream({ x: "[[say:a b c]]" }, { callbacks: [handler] }));
      await handler.flush();
      expect(inputOf("RunnableSequence")).toEqual({ x: "[[say:a b c]]" });
      expect(inputOf("StrOutputParser")).toMatchObject({ role: "assistant", content: "a b c" });
      expect(inputOf("RunnableLambda")).toEqual({ input: "a b c" });
    });

    it("a step of a stream that fails: what came in to it", async () => {
      const fails = libs.RunnableLambda.from(() => {
        throw new Error("no");
      });
      const chain = chat()
        .pipe(new libs.StringOutputParser())
        .pipe(fails.withConfig({ runName: "fails" }));
      await failing(async () => drain(await chain.stream("[[say:a b]]", { callbacks: [handler] })));
      await handler.flush();
      expect(sink.spans().findLast((span) => span.name === "fails")).toMatchObject({
        status: { code: "error" },
        input: { input: "a b" },
      });
    });

    it("an answer that came twice and was left: its text once", async () => {
      let chunks = 0;
      const twice = chat({ callbacks: [handler] });
      for await (const chunk of await twice.stream("[[say:one two three]]", { callbacks: [handler] })) {
        if (chunk.text !== "" && ++chunks === 2) break;
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
      const [choice] = (await lastRecord()).response.body["choices"] as [{ message: { content: string } }];
      expect("one two three".startsWith(choice.message.content.trim())).toBe(true);
    });

    it("an answer that is left half read: what was read of it", async () => {
      let chunks = 0;
      for await (const _chunk of await chat().stream("[[chunkdelay:2]][[say:one two three four five]]", {
        callbacks: [handler],
      })) {
        if (++chunks === 4) break;
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
      const record = await lastRecord();
      const [choice] = record.response.body["choices"] as [{ message: { content: string } }];
      expect("one two three four five".startsWith(choice.message.content.trim())).toBe(true);
      expect(choice.message.content).toContain("one");
      expect(record.metadata["source_metadata"]).toContain('"unfinished"');
    });

    it("a tool: its input as an object, its answer as a message, the call it answers", async () => {
      const add = libs.tool(async ({ a }: { a: number }) => `${a}`, {
        name: "add",
        description: "adds",
        schema: libs.z.object({ a: libs.z.number() }),
      });
      await add.invoke({ type: "tool_call", id: "call_7", name: "add", args: { a: 1 } }, { callbacks: [handler] });
      const record = await lastRecord();
      expect(record.request).toMatchObject({ url: "langchain/tool", body: { input: { a: 1 } } });
      expect(record.response.body).toMatchObject({ output: { role: "tool", content: "1", tool_call_id: "call_7" } });
      if (line.startsWith("1") && line !== "1.0") expect(record.metadata).toMatchObject({ tool_call_id: "call_7" });
    });

    it("a trace id that is given with the call", async () => {
      await libs.RunnableLambda.from((x: number) => x).invoke(1, {
        callbacks: [handler],
        metadata: { traceId: "order-7" },
      });
      expect(await lastRecord()).toMatchObject({ trace_id: "order-7", metadata: { traceId: "order-7" } });
    });

    it("no key, no header and no client setting anywhere", async () => {
      await libs.RunnableLambda.from(() => chat())
        .invoke("x", { callbacks: [handler] })
        .catch(() => "a model is no output");
      await handler.flush();
      const all = JSON.stringify(sink.requests.map((request) => request.text));
      for (const secret of Object.values(SECRETS)) expect(all).not.toContain(secret);
    });
  });
}
