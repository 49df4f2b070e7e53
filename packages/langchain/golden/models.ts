import { drain, failing, type Program } from "./program.ts";

/** Model calls: where the tokens are, how they fail and how they are left. */
export const MODELS: readonly Program[] = [
  {
    name: "two prompts in one call are two runs",
    order: "name",
    run: ({ libs, chat, callbacks }) =>
      chat().generate([[new libs.HumanMessage("[[say:x]]")], [new libs.HumanMessage("[[say:x y]]")]], { callbacks }),
    expected: `
      llm ChatOpenAI 10+1=11 cached 3 reasoning 2
      llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
  },
  {
    name: "two choices of one call share its tokens",
    run: ({ chat, callbacks }) => chat({ n: 2 }).invoke("[[say:a b c]]", { callbacks }),
    expected: "llm ChatOpenAI 10+3=13 cached 3 reasoning 2",
  },
  {
    name: "Responses API",
    run: ({ chat, callbacks }) => chat({ useResponsesApi: true }).invoke("[[say:a b c]]", { callbacks }),
    expected: "llm ChatOpenAI 10+3=13 cached 3 reasoning 2",
  },
  {
    name: "completion model",
    run: ({ libs, baseURL, callbacks }) =>
      new libs.OpenAI({ model: "gpt-3.5-turbo-instruct", apiKey: "sk", configuration: { baseURL } }).invoke(
        "[[say:a b c]]",
        { callbacks },
      ),
    expected: "llm OpenAI 10+3=13",
  },
  {
    name: "an endpoint without usage has no tokens, not zero",
    run: ({ chat, callbacks }) => chat().invoke("[[nousage]][[say:a b c]]", { callbacks }),
    expected: "llm ChatOpenAI",
  },
  {
    name: "a cached answer spends nothing, and the first call keeps its tokens",
    run: async ({ libs, chat, callbacks }) => {
      const model = chat({ cache: new libs.InMemoryCache() });
      await model.invoke("[[say:a b c]] cached?", { callbacks });
      await model.invoke("[[say:a b c]] cached?", { callbacks });
    },
    expected: `
      llm ChatOpenAI 10+3=13 cached 3 reasoning 2
      llm ChatOpenAI 0+0=0`,
  },
  {
    name: "a failed call is one run, whatever the client tried",
    run: ({ chat, callbacks }) => failing(() => chat({ maxRetries: 1 }).invoke("[[status:500]]", { callbacks })),
    expected: "llm ChatOpenAI error: 500 scripted failure 500",
  },
  {
    name: "a connection that breaks in the middle of a stream",
    run: ({ chat, callbacks }) =>
      failing(async () => drain(await chat().stream("[[midabort]][[say:a b c d]]", { callbacks }))),
    expected: {
      "1": "llm ChatOpenAI error: terminated",
      "0.3.40": "llm ChatOpenAI error: Premature close",
    },
  },
  {
    name: "a stream without any chunk",
    run: async ({ chat, callbacks }) => drain(await chat({ streamUsage: false }).stream("[[empty]]", { callbacks })),
    expected: "llm ChatOpenAI",
  },
  {
    name: "a model of another kind",
    run: ({ libs, callbacks }) => new libs.FakeListChatModel({ responses: ["fake"] }).invoke("x", { callbacks }),
    expected: "llm FakeListChatModel",
  },
];
