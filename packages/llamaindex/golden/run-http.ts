import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startModelServer } from "../../../examples/model-server.mjs";
import type * as Libs from "../../../fixtures/llamaindex-matched/libs.ts";
import { goldenTree, tree } from "../../../tests/support/golden.ts";
import { startSink } from "../../../tests/support/sink.ts";
import { drain, failing, leaveAfter, type Setting, user } from "./program.ts";
import { createSetting } from "./setting.ts";

interface Client {
  fetch: typeof fetch;
}

const JSON_REQUEST = { method: "POST", headers: { "content-type": "application/json" } };

async function* read(response: Response) {
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) yield { delta: decoder.decode(bytes, { stream: true }) };
}

/** What is read from HTTP answers: counts of tokens that LlamaIndex drops, and nothing that the program could tell. */
export function runHttp(install: string, libs: typeof Libs): void {
  const { llamaindex: L, openai: O } = libs;
  let models: Awaited<ReturnType<typeof startModelServer>>;
  beforeAll(async () => {
    models = await startModelServer();
  });
  afterAll(() => models.close());

  async function traced(program: (setting: Setting) => Promise<unknown>): Promise<string> {
    const sink = await startSink();
    const { setting, diagnostics, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
    await program(setting);
    detach();
    await setting.handler.shutdown();
    await sink.close();
    expect(diagnostics).toEqual([]);
    return goldenTree(sink.spans());
  }

  describe(`LlamaIndex with ${install}: answers of models`, () => {
    it("leaves the client's own fetch in place, and restores it", async () => {
      await traced(async ({ model, handler, L: { Settings } }) => {
        const calls: unknown[] = [];
        const own: typeof fetch = (...args) => {
          calls.push(args[0]);
          return fetch(...args);
        };
        const embedModel = new O.OpenAIEmbedding({
          apiKey: "sk-golden-SECRET",
          baseURL: models.baseURL,
          additionalSessionOptions: { fetch: own },
        });
        const llm = model({ additionalSessionOptions: { fetch: own } });
        Settings.embedModel = embedModel;
        await llm.chat({ messages: user("[[say:one]]") });
        await embedModel.getTextEmbedding("alpha");
        const client = (await embedModel.session) as unknown as Client;
        expect(calls).toHaveLength(2);
        expect(client.fetch).not.toBe(own);
        await handler.shutdown();
        expect(client.fetch).toBe(own);
      });
    });

    it("counts a batch that takes several requests once", async () => {
      const spans = await traced(async ({ L: { Settings } }) => {
        await Settings.embedModel.getTextEmbeddingsBatch(Array.from({ length: 25 }, (_, n) => `text ${n}`));
      });
      expect(spans).toBe("embedding text-embedding-3-small 75+0=75");
    });

    it("gives a client of the user's the very response, whole or streamed, and its errors", async () => {
      class Own {
        readonly model = "own-1";
        readonly metadata = { model: "own-1" };
        readonly ask: typeof fetch;
        constructor(ask: typeof fetch) {
          this.ask = ask;
        }
        async chat({ messages, stream }: { messages: object[]; stream?: boolean }) {
          const body = JSON.stringify({
            model: "own-1",
            messages,
            stream,
            ...(stream === true ? { stream_options: { include_usage: true } } : {}),
          });
          const response = await this.ask(`${models.baseURL}/chat/completions`, { ...JSON_REQUEST, body });
          expect(response).toBeInstanceOf(Response);
          expect(response.url).toBe(`${models.baseURL}/chat/completions`);
          expect(response.body).toBeInstanceOf(ReadableStream);
          if (!response.ok) throw new Error(`status ${response.status}`);
          return stream === true ? read(response) : ((await response.json()) as object);
        }
        async complete() {
          throw new Error("not asked");
        }
      }
      const spans = await traced(async ({ handler, L: { Settings } }) => {
        const own = new Own(handler.fetch);
        Settings.llm = own as unknown as typeof Settings.llm;
        await own.chat({ messages: user("[[say:one two]]") });
        const stream = (await own.chat({ messages: user("[[say:a b c]]"), stream: true })) as AsyncIterable<object>;
        const parts = (await drain(stream)) as { delta: string }[];
        expect(parts.map(({ delta }) => delta).join("")).toContain("data: [DONE]");
        await leaveAfter(
          1,
          (await own.chat({ messages: user("[[chunkdelay:5]][[say:a b]]"), stream: true })) as AsyncIterable<object>,
        );
        expect(await failing(() => own.chat({ messages: user("[[status:503]]") }))).toBe("status 503");
        const refused = () => handler.fetch("http://127.0.0.1:9/");
        await expect(refused()).rejects.toThrow(TypeError);
        await expect(handler.fetch(models.baseURL, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
      });
      expect(spans).toBe(
        tree(`
          llm own-1
          llm own-1 10+3=13 cached 3 reasoning 2
          llm own-1 cancelled
          llm own-1 error: status 503`),
      );
    });

    it("does not read what is no answer to a model's call", async () => {
      const spans = await traced(async ({ handler, llm }) => {
        const answer = await handler.withTrace({ name: "by hand" }, async () => {
          const client = (await llm.session) as unknown as Client;
          const body = JSON.stringify({ model: "m", messages: user("[[say:one]]") });
          return client.fetch(`${models.baseURL}/chat/completions`, { ...JSON_REQUEST, body });
        });
        expect(Object.getOwnPropertyNames(answer)).toEqual([]);
      });
      expect(spans).toBe("span by hand");
    });

    it("traces one model alone, and nothing else", async () => {
      const sink = await startSink();
      const { setting, detach, diagnostics } = await createSetting(libs, models.baseURL, sink.baseURL);
      detach();
      const { handler, llm, model, index } = setting;
      const alone = model({ model: "gpt-4.1" });
      const undo = handler.attach(alone);
      await alone.chat({ messages: user("[[say:one]]") });
      await failing(() => alone.chat({ messages: user("[[status:500]]") }));
      await drain(await alone.chat({ messages: user("[[say:a b]]"), stream: true }));
      await alone.chat({ messages: user("[[say:one]]"), tools: [setting.tools.weather] });
      await llm.chat({ messages: user("[[say:one]]") });
      await index.asRetriever().retrieve("alpha");
      undo();
      await alone.chat({ messages: user("[[say:one]]") });
      await handler.shutdown();
      await sink.close();
      expect(goldenTree(sink.spans())).toBe(
        tree(`
          llm gpt-4.1 10+1=11 cached 3 reasoning 2
          llm gpt-4.1 error: 500 scripted failure 500
          llm gpt-4.1
          llm gpt-4.1 10+1=11 cached 3 reasoning 2`),
      );
      expect(diagnostics).toEqual([]);
    });

    it("needs no client that can be made: the error is the program's", async () => {
      const spans = await traced(async () => {
        const llm = new O.OpenAI({ baseURL: models.baseURL, maxRetries: 0 });
        L.Settings.llm = llm;
        await failing(() => llm.chat({ messages: user("hi") }));
      });
      expect(spans).toMatch(/^llm gpt-4o error: .*OPENAI_API_KEY/);
    });
  });
}
