import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as Libs from "../../../fixtures/langchain-1/libs.ts";
import { failing } from "../../../tests/support/user-programs.ts";
import type { LangchainHandlerOptions } from "../src/index.ts";
import { startSetting, type TestSetting } from "./start-setting.ts";

const IMAGE = `data:image/png;base64,${"iVBORw0KGgo".repeat(400)}`;
const SECRET = "v-SECRET-0123456789";

/** What settings change, and what errors, media, metadata and threads become. */
export function runSettings(line: string, libs: typeof Libs): void {
  let setting: TestSetting;
  beforeAll(async () => {
    setting = await startSetting(libs);
  });
  afterAll(() => setting.close());

  /** The records of what a program does under a handler with these options. */
  async function recordsOf(
    run: (callbacks: [ReturnType<TestSetting["handlerWith"]>]) => Promise<unknown>,
    options?: LangchainHandlerOptions,
  ) {
    const handler = setting.handlerWith(options);
    const before = setting.sink.records.length;
    await run([handler]);
    await handler.flush();
    return setting.sink.records.slice(before);
  }

  const message = () =>
    new libs.HumanMessage({
      content: [
        { type: "text", text: "what is this?" },
        { type: "image_url", image_url: { url: IMAGE } },
      ],
    });

  const graph = () => {
    const state = libs.Annotation.Root({ log: libs.Annotation<string>() });
    return new libs.StateGraph(state)
      .addNode("ask", async () => ({ log: `${libs.interrupt({ question: "ok?" })}` }))
      .addEdge(libs.START, "ask")
      .compile({ checkpointer: new libs.MemorySaver(), name: "Asker" });
  };

  async function interrupted(options?: LangchainHandlerOptions) {
    const records = await recordsOf(async (callbacks) => {
      const asker = graph();
      const config = { callbacks, configurable: { thread_id: "thread-7" } };
      await asker.invoke({ log: "" }, config);
      await asker.invoke(new libs.Command({ resume: "yes" }), config);
    }, options);
    return records.map((record) => record.metadata);
  }

  const ask = (callbacks: [ReturnType<TestSetting["handlerWith"]>]) =>
    graph().invoke({ log: "" }, { callbacks, configurable: { thread_id: "t" } });

  const bad = (thrown: unknown) =>
    libs.RunnableLambda.from(() => {
      throw thrown;
    });

  describe(`LangChain ${line}: errors`, () => {
    it("have type, message, code, cause, stack and the HTTP status", async () => {
      const thrown = Object.assign(new RangeError("too far", { cause: new TypeError("why") }), {
        code: "E_FAR",
        status: 418,
      });
      const [record] = await recordsOf((callbacks) => failing(() => bad(thrown).invoke("x", { callbacks })));
      expect(record?.response).toMatchObject({
        status: 418,
        body: {
          error: { type: "RangeError", message: "too far", code: "E_FAR" },
          tracing: {
            status: {
              code: "error",
              error: { stack: expect.stringContaining("RangeError"), cause: { type: "TypeError", message: "why" } },
            },
          },
        },
      });
    });

    it("have no stacks where errorStacks is false, causes included", async () => {
      const thrown = new RangeError("too far", { cause: new TypeError("why") });
      const [record] = await recordsOf((callbacks) => failing(() => bad(thrown).invoke("x", { callbacks })), {
        errorStacks: false,
      });
      expect(JSON.stringify(record)).toContain('"why"');
      expect(JSON.stringify(record)).not.toContain('"stack"');
    });

    it("several at once are told, one by one", async () => {
      const thrown = new AggregateError([new TypeError("one"), "two"], "both failed");
      const [record] = await recordsOf((callbacks) => failing(() => bad(thrown).invoke("x", { callbacks })));
      expect(record?.response.body).toMatchObject({
        error: { type: "AggregateError", message: "both failed (TypeError: one; string: two)" },
      });
    });

    it("of a model have the status of its answer", async () => {
      const [record] = await recordsOf((callbacks) =>
        failing(() => setting.chat().invoke("[[status:429]]", { callbacks })),
      );
      expect(record?.response.status).toBe(429);
    });

    it("by a signal have status 499, and a model's timeout 408", async () => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 20);
      const [aborted] = await recordsOf((callbacks) =>
        failing(() => setting.chat().invoke("[[delay:300]]", { callbacks, signal: controller.signal })),
      );
      expect(aborted?.response).toMatchObject({ status: 499, body: { error: { type: "AbortError" } } });
      const late = await recordsOf((callbacks) =>
        failing(() => setting.chat({ timeout: 20 }).invoke("[[delay:300]]", { callbacks })),
      );
      expect(late[0]?.response).toMatchObject({ status: 408, body: { error: { type: "TimeoutError" } } });
    });
  });

  describe(`LangChain ${line}: media`, () => {
    it("that is inlined is described by type and size, in calls and in state", async () => {
      const chain = libs.RunnableLambda.from(async (messages: InstanceType<typeof libs.HumanMessage>[]) =>
        setting.chat().invoke(messages),
      );
      const records = await recordsOf((callbacks) => chain.invoke([message()], { callbacks }));
      expect(JSON.stringify(records)).not.toContain("iVBORw0KGgoiVBORw0KGgo");
      expect(JSON.stringify(records).match(/\[image\/png: 3300 bytes\]/g)?.length).toBeGreaterThanOrEqual(2);
    });

    it("is described in messages that are plain objects, as agents take them", async () => {
      const chatbot = new libs.StateGraph(libs.MessagesAnnotation)
        .addNode("chat", async ({ messages }) => ({ messages: [await setting.chat().invoke(messages)] }))
        .addEdge(libs.START, "chat")
        .compile();
      const content = [{ type: "image_url", image_url: { url: IMAGE } }];
      const records = await recordsOf((callbacks) =>
        chatbot.invoke({ messages: [{ role: "user", content }] }, { callbacks }),
      );
      expect(records).toHaveLength(3);
      expect(JSON.stringify(records)).not.toContain("iVBORw0KGgoiVBORw0KGgo");
      for (const record of records) expect(JSON.stringify(record)).toContain("[image/png: 3300 bytes]");
    });

    it("is kept where inlineMedia is true", async () => {
      const [record] = await recordsOf((callbacks) => setting.chat().invoke([message()], { callbacks }), {
        inlineMedia: true,
      });
      expect(JSON.stringify(record?.request.body)).toContain(IMAGE);
    });
  });

  describe(`LangChain ${line}: requests`, () => {
    it("have the schema of a structured answer", async () => {
      const person = libs.z.object({ name: libs.z.string() });
      const run = (method: "jsonSchema" | "functionCalling") =>
        recordsOf((callbacks) =>
          setting
            .chat()
            .withStructuredOutput(person, { name: "person", method })
            .invoke('[[json:{"name":"Ann"}]] x', { callbacks }),
        );
      const bySchema = (await run("jsonSchema")).find(({ request }) => request.provider === "openai");
      expect(bySchema?.request.body).toMatchObject({
        response_format: { type: "json_schema", json_schema: { name: "person" } },
      });
      const byFunction = (await run("functionCalling")).find(({ request }) => request.provider === "openai");
      expect(byFunction?.request.body).toMatchObject({
        tools: [{ type: "function", function: { name: "person" } }],
        tool_choice: { type: "function", function: { name: "person" } },
      });
    });

    it("say that an answer came from a cache", async () => {
      const model = setting.chat({ cache: new libs.InMemoryCache() });
      const records = await recordsOf(async (callbacks) => {
        await model.invoke("[[say:again]] cache me", { callbacks });
        await model.invoke("[[say:again]] cache me", { callbacks });
      });
      expect(records.map(({ response }) => (response.body["tracing"] as { cached?: true }).cached)).toEqual([
        undefined,
        true,
      ]);
    });
  });

  describe(`LangChain ${line}: metadata and threads`, () => {
    it("of the handler and of the call are joined; the call's wins", async () => {
      const options = { metadata: { _user: "all", _environment: "test" } };
      const config = { metadata: { _user: "ada", session: "s1" }, tags: ["t"], runName: "Named" };
      const [record] = await recordsOf(
        (callbacks) => libs.RunnableLambda.from((x: number) => x).invoke(1, { ...config, callbacks }),
        options,
      );
      expect(record?.metadata).toMatchObject({
        _user: "ada",
        _environment: "test",
        session: "s1",
        spanName: "Named",
        source_metadata: '{"type":"chain","status":"ok","tags":["t"]}',
      });
    });

    it("secrets in configurable do not leave", async () => {
      const configurable = { api_key: SECRET, __private: SECRET, password: SECRET, model: "m" };
      const records = await recordsOf((callbacks) =>
        libs.RunnableLambda.from((x: number) => x).invoke(1, { callbacks, configurable }),
      );
      expect(JSON.stringify(records)).not.toContain(SECRET);
    });

    it("node, step, checkpoint and thread are told; an interrupt and its resume share the thread", async () => {
      const all = await interrupted();
      expect(all.map((metadata) => metadata["thread_id"])).toEqual(Array(4).fill("thread-7"));
      expect(new Set(all.map(({ traceId }) => traceId)).size).toBe(2);
      expect(all[0]).toMatchObject({
        langgraph_node: "ask",
        langgraph_step: expect.stringMatching(/^\d+$/),
        langgraph_checkpoint_ns: expect.stringContaining("ask:"),
        source_metadata: '{"type":"chain","status":"interrupted"}',
      });
    });

    it("an interrupt and its resume are one trace where traceIdFromThread is true", async () => {
      const all = await interrupted({ traceIdFromThread: true });
      expect(new Set(all.map(({ traceId }) => traceId))).toEqual(new Set(["thread-7"]));
      const roots = all.filter(({ parentSpanId }) => parentSpanId === undefined);
      expect(roots).toHaveLength(2);
      expect(new Set(all.map(({ spanId }) => spanId)).size).toBe(4);
    });

    it("a trace id that is given with the call goes before the thread's", async () => {
      const records = await recordsOf(
        (callbacks) =>
          graph().invoke(
            { log: "" },
            { callbacks, configurable: { thread_id: "thread-8" }, metadata: { traceId: "order-7" } },
          ),
        { traceIdFromThread: true },
      );
      expect(new Set(records.map((record) => record.trace_id))).toEqual(new Set(["order-7"]));
    });

    it("LangGraph's own runs are shown on demand", async () => {
      const hidden = await recordsOf(ask);
      expect(hidden.map((record) => record.span_name)).toEqual(["ask", "Asker"]);
      const shown = await recordsOf(ask, { showHiddenRuns: true });
      expect(shown.map((record) => record.span_name)).toContain("__start__");
    });
  });
}
