import { drain, failing, leaveAfter, type Program, user } from "./program.ts";

/** Calls of models. */
export const MODELS: readonly Program[] = [
  {
    name: "a chat",
    run: ({ llm }) => llm.chat({ messages: user("[[say:one two three]] hi") }),
    expected: "llm gpt-4o-mini 10+3=13 cached 3 reasoning 2",
  },
  {
    name: "a completion",
    run: ({ llm }) => llm.complete({ prompt: "[[say:one two]] hi" }),
    expected: "llm gpt-4o-mini 10+2=12 cached 3 reasoning 2",
  },
  {
    name: "a streamed chat with token counts",
    run: async ({ llm }) => {
      const additionalChatOptions = { stream_options: { include_usage: true } };
      return drain(await llm.chat({ messages: user("[[say:a b c d]] hi"), stream: true, additionalChatOptions }));
    },
    expected: "llm gpt-4o-mini 10+4=14 cached 3 reasoning 2",
  },
  {
    name: "a streamed completion",
    run: async ({ llm }) => drain(await llm.complete({ prompt: "[[say:a b c d]] hi", stream: true })),
    expected: "llm gpt-4o-mini",
  },
  {
    name: "a stream that its reader leaves",
    run: async ({ llm }) => leaveAfter(2, await llm.chat({ messages: user("[[say:a b c d e f]] hi"), stream: true })),
    expected: "llm gpt-4o-mini cancelled",
  },
  {
    name: "a stream that is pulled by hand",
    run: async ({ llm }) => {
      const stream = await llm.chat({ messages: user("[[say:a b c]] hi"), stream: true });
      const iterator = stream[Symbol.asyncIterator]();
      for (let step = await iterator.next(); step.done !== true; step = await iterator.next());
    },
    expected: "llm gpt-4o-mini",
  },
  {
    name: "a stream that nobody reads",
    run: ({ llm }) => llm.chat({ messages: user("[[say:a b c]] hi"), stream: true }),
    expected: "llm gpt-4o-mini unfinished",
  },
  {
    name: "a stream whose connection breaks",
    run: async ({ llm }) => {
      const stream = await llm.chat({ messages: user("[[say:a b c d]][[midabort]] hi"), stream: true });
      await failing(() => drain(stream));
    },
    expected: "llm gpt-4o-mini error: terminated",
  },
  {
    name: "a stream that sends an error",
    run: async ({ llm }) => {
      const stream = await llm.chat({ messages: user("[[say:a b c d]][[sseerror]] hi"), stream: true });
      await failing(() => drain(stream));
    },
    expected: "llm gpt-4o-mini error: scripted stream failure",
  },
  {
    name: "a streamed chat that the server refuses",
    run: async ({ llm }) => {
      const stream = await llm.chat({ messages: user("[[status:500]] hi"), stream: true });
      await failing(() => drain(stream));
    },
    expected: "llm gpt-4o-mini error: 500 scripted failure 500",
  },
  {
    name: "a chat that the server refuses",
    run: ({ llm }) => failing(() => llm.chat({ messages: user("[[status:429]] hi") })),
    expected: "llm gpt-4o-mini error: 429 scripted failure 429",
  },
  {
    name: "a chat that the client repeats",
    run: ({ model, L }) => {
      L.Settings.llm = model({ maxRetries: 2 });
      return L.Settings.llm.chat({ messages: user("[[flaky:500:1]][[say:at last]] hi") });
    },
    expected: `
      llm gpt-4o-mini 10+2=12 cached 3 reasoning 2
        attempt attempt 1 error: HTTP 500
        attempt attempt 2`,
  },
  {
    name: "a model that was never set anywhere: its first call makes it known",
    run: async ({ model }) => {
      const other = model({ model: "gpt-4.1-mini" });
      await other.chat({ messages: user("[[say:one]] hi") });
      await failing(() => other.chat({ messages: user("[[status:500]] hi") }));
    },
    expected: `
      llm gpt-4.1-mini 10+1=11 cached 3 reasoning 2
      llm gpt-4.1-mini error: 500 scripted failure 500`,
  },
  {
    name: "a model for a scope",
    run: ({ model, L }) =>
      L.Settings.withLLM(model({ model: "gpt-4.1" }), () => L.Settings.llm.chat({ messages: user("[[say:one]]") })),
    expected: "llm gpt-4.1 10+1=11 cached 3 reasoning 2",
  },
  {
    name: "the model of OpenAI's other API, which LlamaIndex tells nothing of",
    run: ({ L, O, baseURL }) => {
      L.Settings.llm = new O.OpenAIResponses({ apiKey: "sk-golden-SECRET", baseURL, model: "gpt-4o", maxRetries: 0 });
      return L.Settings.llm.chat({ messages: user("[[say:one two]] hi") });
    },
    expected: "llm gpt-4o 10+2=12 cached 3 reasoning 2",
  },
  {
    name: "a model that calls a tool",
    run: ({ llm, tools }) => llm.exec({ messages: user('[[call:weather:{"city":"Rome"}]]'), tools: [tools.weather] }),
    expected: `
      llm gpt-4o-mini 10+7=17 cached 3 reasoning 2
      tool weather`,
  },
  {
    name: "a model that calls two tools, of which one throws",
    run: ({ llm, tools }) =>
      llm.exec({
        messages: user('[[call:broken:{}]][[call:weather:{"city":"Rome"}]]'),
        tools: [tools.weather, tools.broken],
      }),
    expected: `
      llm gpt-4o-mini 10+14=24 cached 3 reasoning 2
      tool broken error: out of order
      tool weather`,
  },
  {
    name: "a structured answer",
    run: ({ llm, z }) =>
      llm.exec({
        messages: user('[[call:format_output:{"city":"Rome"}]]'),
        responseFormat: z.object({ city: z.string() }),
      }),
    expected: `
      llm gpt-4o-mini 10+7=17 cached 3 reasoning 2
      tool format_output`,
  },
  {
    name: "an embedding of one text and of many",
    run: async ({ L }) => {
      await L.Settings.embedModel.getTextEmbedding("alpha");
      await L.Settings.embedModel.getTextEmbeddingsBatch(Array.from({ length: 25 }, (_, n) => `text ${n}`));
      await failing(() => L.Settings.embedModel.getTextEmbedding("[[status:500]]"));
    },
    expected: `
      embedding text-embedding-3-small 3+0=3
      embedding text-embedding-3-small 75+0=75
      embedding text-embedding-3-small error: 500 scripted failure 500`,
  },
  {
    name: "calls inside a trace of the user's",
    run: ({ handler, llm }) =>
      handler.withTrace({ name: "checkout" }, () =>
        Promise.all([llm.chat({ messages: user("[[say:one]]") }), llm.chat({ messages: user("[[say:one]]") })]),
      ),
    expected: `
      span checkout
        llm gpt-4o-mini 10+1=11 cached 3 reasoning 2
        llm gpt-4o-mini 10+1=11 cached 3 reasoning 2`,
  },
];
