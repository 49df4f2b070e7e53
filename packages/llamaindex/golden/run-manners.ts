import { createTracing, type Diagnostic } from "@portkey-tracing/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startModelServer } from "../../../examples/model-server.mjs";
import type * as Libs from "../../../fixtures/llamaindex-matched/libs.ts";
import { goldenTree, tree } from "../../../tests/support/golden.ts";
import { type Sink, startSink } from "../../../tests/support/sink.ts";
import { LlamaIndexCallbackHandler } from "../src/index.ts";
import { createTools, failing, SECRET, user } from "./program.ts";
import { createSetting } from "./setting.ts";

const QUERY_TREE = `
  query RetrieverQueryEngine
    retriever VectorIndexRetriever
      embedding text-embedding-3-small 3+0=3
    synthesizer CompactAndRefine
      llm gpt-4o-mini 10+1=11 cached 3 reasoning 2
`;

const ask = (engine: { query(params: { query: string }): Promise<unknown> }): Promise<unknown> =>
  engine.query({ query: "[[say:yes]] alpha?" });

/** What a handler does to the program that it watches: nothing that the program can tell. */
export function runManners(install: string, libs: typeof Libs): void {
  const { llamaindex: L, openai: O, workflow: W } = libs;
  const tools = createTools(libs);
  let models: Awaited<ReturnType<typeof startModelServer>>;
  let sink: Sink;
  beforeAll(async () => {
    models = await startModelServer();
  });
  afterAll(() => models.close());
  beforeEach(async () => {
    sink = await startSink();
  });
  afterEach(() => sink.close());

  const spansAfter = async (handler: LlamaIndexCallbackHandler): Promise<string> => {
    await handler.flush();
    return goldenTree(sink.spans());
  };

  describe(`LlamaIndex with ${install}: manners`, () => {
    it("keeps the manager and the listeners that are there", async () => {
      const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
      const heard: string[] = [];
      const listener = (event: { detail: { query: unknown } }) => heard.push(String(event.detail.query));
      L.Settings.callbackManager.on("query-start", listener);
      await ask(setting.index.asQueryEngine());
      L.Settings.callbackManager.off("query-start", listener);
      expect(heard).toEqual(["[[say:yes]] alpha?"]);
      expect(await spansAfter(setting.handler)).toBe(tree(QUERY_TREE));
      detach();
      await setting.handler.shutdown();
    });

    it("tells of a call that a listener makes, by `attach` and as the manager", async () => {
      for (const isSet of [false, true]) {
        const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
        const before = libs.core.Settings.callbackManager;
        if (isSet) {
          detach();
          libs.core.Settings.callbackManager = setting.handler.callbackManager;
        }
        const { callbackManager } = libs.core.Settings;
        const call = (text: string) => setting.llm.complete({ prompt: `[[say:${text}]]` });
        let heard: Promise<unknown> | undefined;
        const listener = () => {
          heard ??= call("one two");
        };
        callbackManager.on("llm-end", listener);
        await call("one");
        await heard;
        callbackManager.off("llm-end", listener);
        detach();
        await setting.handler.shutdown();
        if (isSet) libs.core.Settings.callbackManager = before;
      }
      const once = `
        llm gpt-4o-mini 10+1=11 cached 3 reasoning 2
          llm gpt-4o-mini 10+2=12 cached 3 reasoning 2`;
      expect(goldenTree(sink.spans())).toBe(tree(once + once));
    });

    it("makes each span once, however often it is attached", async () => {
      const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
      const second = setting.handler.attach(L.Settings, libs.core.Settings);
      await ask(setting.index.asQueryEngine());
      detach();
      await ask(setting.index.asQueryEngine());
      expect(await spansAfter(setting.handler)).toBe(tree(QUERY_TREE + QUERY_TREE));
      second();
      await setting.handler.shutdown();
    });

    it("lets two handlers watch the same program", async () => {
      const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
      const otherSink = await startSink();
      const other = new LlamaIndexCallbackHandler({ baseURL: otherSink.baseURL });
      const undo = other.attach(L.Settings);
      await ask(setting.index.asQueryEngine());
      detach();
      await ask(setting.index.asQueryEngine());
      undo();
      await other.shutdown();
      expect(goldenTree(otherSink.spans())).toBe(tree(QUERY_TREE + QUERY_TREE));
      expect(await spansAfter(setting.handler)).toBe(tree(QUERY_TREE));
      await Promise.all([setting.handler.shutdown(), otherSink.close()]);
    });

    it("follows a manager that is set later, and one for a scope", async () => {
      const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
      const before = L.Settings.callbackManager;
      L.Settings.callbackManager = new L.CallbackManager();
      await ask(setting.index.asQueryEngine());
      L.Settings.callbackManager = before;
      await L.Settings.withCallbackManager(new L.CallbackManager(), () => ask(setting.index.asQueryEngine()));
      expect(await spansAfter(setting.handler)).toBe(tree(QUERY_TREE + QUERY_TREE));
      detach();
      await setting.handler.shutdown();
    });

    it("lets no key, no vector and no model object out, whatever is traced", async () => {
      const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
      const { llm, index, handler } = setting;
      await new L.LLMAgent({ llm, tools: [tools.weather] }).chat({ message: '[[call:weather:{"city":"Rome"}]]' });
      await handler.traceWorkflow(W.agent({ llm, tools: [tools.weather] })).run("[[say:hi]]");
      await index.asChatEngine().chat({ message: "[[say:hi]]" });
      await ask(index.asQueryEngine());
      detach();
      await handler.shutdown();
      const text = sink.requests.map((request) => request.text).join("\n");
      expect(text).not.toContain(SECRET);
      expect(text).not.toMatch(/"embedding":\s*\[/);
      expect(text).not.toContain("additionalSessionOptions");
    });

    it("gives back what the program gives, throws what it throws, and changes no argument", async () => {
      const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
      const { llm, handler } = setting;
      const params = Object.freeze({ messages: Object.freeze(user("[[say:one]]")) as ReturnType<typeof user> });
      const answer = await llm.chat(params);
      expect(answer.message.content).toBe("one");
      expect(answer.raw).toMatchObject({ object: "chat.completion" });
      expect(llm).toBeInstanceOf(O.OpenAI);
      expect(Object.getPrototypeOf(llm)).toBe(O.OpenAI.prototype);
      expect(await failing(() => llm.chat({ messages: user("[[status:400]]") }))).toBe("400 scripted failure 400");
      const workflow = W.agent({ llm, tools: [tools.weather] });
      expect(handler.traceWorkflow(workflow)).toBe(workflow);
      detach();
      await handler.shutdown();
    });

    it("names the second attachment where a copy of core cannot be found", async () => {
      class Foreign {
        readonly model = "foreign-1";
        readonly metadata = { model: "foreign-1" };
        constructor() {
          this.chat = this.chat.bind(this);
        }
        async chat(_params: object) {
          return { raw: null, message: { role: "assistant", content: "hi" } };
        }
        async complete() {
          return { raw: null, text: "hi" };
        }
      }
      const { setting, detach, diagnostics } = await createSetting(libs, models.baseURL, sink.baseURL);
      const foreign = new Foreign();
      L.Settings.llm = foreign as unknown as typeof setting.llm;
      await foreign.chat({ messages: user("hi") });
      expect(diagnostics).toEqual([]);
      await foreign.chat({ messages: user("hi"), tools: [tools.weather] });
      expect(diagnostics).toMatchObject([{ code: "split_install" }]);
      expect(diagnostics[0]?.message).toContain('import { Settings as CoreSettings } from "@llamaindex/core/global"');
      detach();
      expect(await spansAfter(setting.handler)).toBe("llm foreign-1\nllm foreign-1");
      await setting.handler.shutdown();
    });

    it("knows a workflow for over when the client is flushed that it shares, and again when it went on", async () => {
      const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
      const tracing = createTracing({ baseURL: sink.baseURL });
      const handler = new LlamaIndexCallbackHandler({ tracing });
      const undo = handler.attach(L.Settings);
      detach();
      const start = W.workflowEvent<number>({ debugLabel: "start" });
      const workflow = handler.traceWorkflow(W.createWorkflow(), { name: "short" });
      let begun = 0;
      workflow.handle([start], function work(context, { data }) {
        begun += 1;
        if (data > 0) setTimeout(() => context.sendEvent(start.with(data - 1)), 10);
      });
      workflow.createContext().sendEvent(start.with(1));
      await tracing.flush();
      expect(goldenTree(sink.spans())).toBe("workflow short\n  step work");
      await expect.poll(() => begun).toBe(2);
      await tracing.flush();
      expect(goldenTree(sink.spans())).toBe("workflow short\n  step work\n  step work");
      undo();
      await Promise.all([tracing.shutdown(), setting.handler.shutdown()]);
    });

    it("says so when it is given something else than a workflow", async () => {
      const { setting, detach, diagnostics } = await createSetting(libs, models.baseURL, sink.baseURL);
      const thing = { run: () => 1 };
      expect(setting.handler.traceWorkflow(thing)).toBe(thing);
      expect(diagnostics).toMatchObject([{ code: "handler_failed" }]);
      detach();
      await setting.handler.shutdown();
    });

    it("says so when it is attached to something else than Settings or a model", async () => {
      const { setting, detach, diagnostics } = await createSetting(libs, models.baseURL, sink.baseURL);
      const before = Object.getOwnPropertyDescriptors(setting.index);
      setting.handler.attach(setting.index as never)();
      expect(Object.getOwnPropertyDescriptors(setting.index)).toEqual(before);
      expect(diagnostics).toMatchObject([{ message: expect.stringContaining("neither Settings nor a model") }]);
      expect(() => setting.handler.attach(undefined as never)).not.toThrow();
      detach();
      await setting.handler.shutdown();
    });

    it("does nothing while tracing is off", async () => {
      const said: Diagnostic[] = [];
      const handler = new LlamaIndexCallbackHandler({ onDiagnostic: (one) => said.push(one) });
      const before = Object.getOwnPropertyDescriptors(L.Settings);
      handler.attach(L.Settings)();
      expect(Object.getOwnPropertyDescriptors(L.Settings)).toEqual(before);
      expect(said).toMatchObject([{ code: "disabled" }]);
      expect(await handler.shutdown()).toMatchObject({ recorded: 0 });
    });

    it("has model, messages, tools, parameters and answer in OpenAI's shape", async () => {
      const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
      await setting.llm.chat({
        messages: [{ role: "system", content: "be brief" }, ...user('[[call:weather:{"city":"Rome"}]]')],
        tools: [tools.weather],
      });
      detach();
      await setting.handler.shutdown();
      expect(sink.spans()[0]).toMatchObject({
        model: { provider: "openai", url: `${models.baseURL}/chat/completions` },
        input: {
          model: "gpt-4o-mini",
          temperature: 0.1,
          messages: [{ role: "system", content: "be brief" }, { role: "user" }],
          tools: [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }],
        },
        output: {
          object: "chat.completion",
          model: "gpt-4o-mini-2024-07-18",
          choices: [
            {
              index: 0,
              finish_reason: "tool_calls",
              message: { role: "assistant", content: null, tool_calls: [{ type: "function" }] },
            },
          ],
          usage: { prompt_tokens: 20, completion_tokens: 7, total_tokens: 27 },
        },
      });
    });

    it("has the text, the time of the first token and the tool calls of a stream", async () => {
      const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
      const chat = (text: string) => setting.llm.chat({ messages: user(text), stream: true, tools: [tools.weather] });
      for await (const _chunk of await chat("[[say:a b c]]"));
      for await (const _chunk of await chat('[[call:weather:{"city":"Rome"}]]'));
      for await (const _chunk of await chat("[[say:a b c d]]")) break;
      detach();
      await setting.handler.shutdown();
      const [text, call, left] = sink.spans();
      expect(text).toMatchObject({
        model: { streamed: true, timeToFirstTokenMs: expect.any(Number) },
        output: { choices: [{ message: { content: "a b c" }, finish_reason: "stop" }] },
      });
      expect(call).toMatchObject({
        output: {
          choices: [{ message: { tool_calls: [{ function: { name: "weather", arguments: '{"city":"Rome"}' } }] } }],
        },
      });
      expect(left).toMatchObject({
        status: { code: "cancelled" },
        output: { choices: [{ message: { content: "a " } }] },
      });
    });

    it("has the retrieved nodes with id, score and text, and an embedding's size", async () => {
      const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
      await setting.index.asRetriever({ similarityTopK: 1 }).retrieve({ query: "alpha" });
      detach();
      await setting.handler.shutdown();
      const spans = sink.spans();
      expect(spans.find((span) => span.type === "retriever")).toMatchObject({
        input: "alpha",
        output: [{ id: expect.any(String), score: expect.any(Number), text: expect.stringContaining("letter") }],
      });
      expect(spans.find((span) => span.type === "embedding")).toMatchObject({
        input: { model: "text-embedding-3-small", input: ["alpha"], count: 1 },
        output: { count: 1, dimensions: expect.any(Number) },
      });
    });
  });
}
