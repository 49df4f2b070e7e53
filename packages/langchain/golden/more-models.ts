import { drain, failing, type Program, type Setting } from "./program.ts";

/** Estimating tokens would fetch a vocabulary. */
function withoutCounting(s: Setting, fields: Record<string, unknown>) {
  const model = s.chat(fields);
  const inner = model as unknown as { completions?: object; responses?: object };
  for (const part of [model, inner.completions, inner.responses]) {
    if (part !== undefined) Object.assign(part, { getNumTokens: async () => 99 });
  }
  return model;
}

const person = ({ libs }: Setting) => libs.z.object({ name: libs.z.string() });

/** Streams, structured answers, other models, and calls that end badly. */
export const MORE_MODELS: readonly Program[] = [
  {
    name: "a model that streams inside an invoke: its counts are no estimate",
    run: (s) => withoutCounting(s, { streaming: true }).invoke("[[say:a b c]]", { callbacks: s.callbacks }),
    expected: "llm ChatOpenAI 10+3=13 cached 3 reasoning 2",
  },
  {
    name: "a stream without usage has no tokens",
    run: async ({ chat, callbacks }) => drain(await chat({ streamUsage: false }).stream("[[say:a b]]", { callbacks })),
    expected: "llm ChatOpenAI",
  },
  {
    name: "a stream of the Responses API",
    run: async ({ chat, callbacks }) =>
      drain(await chat({ useResponsesApi: true }).stream("[[say:a b c]]", { callbacks })),
    expected: "llm ChatOpenAI 10+3=13 cached 3 reasoning 2",
  },
  {
    name: "a stream of tool calls",
    run: async (s) => {
      const add = s.libs.tool(async () => "", {
        name: "add",
        description: "adds",
        schema: s.libs.z.object({ a: s.libs.z.number() }),
      });
      const model = s.chat().bindTools([add], { tool_choice: "add" });
      await drain(await model.stream('[[call:add:{"a":1}]] go', { callbacks: s.callbacks }));
    },
    expected: "llm ChatOpenAI 10+7=17 cached 3 reasoning 2",
  },
  {
    name: "a completion model that is streamed",
    run: async ({ libs, baseURL, callbacks }) => {
      const model = new libs.OpenAI({ model: "gpt-3.5-turbo-instruct", apiKey: "sk", configuration: { baseURL } });
      await drain(await model.stream("[[say:a b c]]", { callbacks }));
    },
    expected: "llm OpenAI",
  },
  {
    name: "structured output by a JSON schema",
    run: (s) =>
      s
        .chat()
        .withStructuredOutput(person(s), { name: "person" })
        .invoke('[[json:{"name":"Ann"}]] x', { callbacks: s.callbacks }),
    expected: {
      "1": `
        chain RunnableSequence
          llm ChatOpenAI 10+1=11 cached 3 reasoning 2
          chain RunnableLambda
            chain StructuredOutputParser`,
      "0.3.40": `
        chain RunnableSequence
          llm ChatOpenAI 10+1=11 cached 3 reasoning 2
          chain StructuredOutputParser`,
    },
  },
  {
    name: "structured output by a function",
    run: (s) =>
      s
        .chat()
        .withStructuredOutput(person(s), { name: "person", method: "functionCalling" })
        .invoke('[[json:{"name":"Ann"}]] x', { callbacks: s.callbacks }),
    expected: `
      chain RunnableSequence
        llm ChatOpenAI 10+7=17 cached 3 reasoning 2
        chain JsonOutputKeyToolsParser`,
  },
  {
    name: "structured output beside the raw answer",
    run: (s) =>
      s
        .chat()
        .withStructuredOutput(person(s), { name: "person", method: "functionCalling", includeRaw: true })
        .invoke('[[json:{"name":"Ann"}]] x', { callbacks: s.callbacks }),
    expected: `
      chain RunnableSequence
        chain RunnableMap
          llm ChatOpenAI 10+7=17 cached 3 reasoning 2
        chain RunnableWithFallbacks
          chain RunnableMap
            chain RunnableLambda
              chain JsonOutputKeyToolsParser`,
  },
  {
    name: "structured output that does not fit",
    run: (s) =>
      failing(() =>
        s
          .chat()
          .withStructuredOutput(person(s), { name: "person", method: "functionCalling" })
          .invoke('[[json:{"age":3}]] x', { callbacks: s.callbacks }),
      ),
    expected: `
      chain RunnableSequence error: Failed to parse. Text: "{
        llm ChatOpenAI 10+7=17 cached 3 reasoning 2
        chain JsonOutputKeyToolsParser error: Failed to parse. Text: "{`,
  },
  {
    name: "a parser that fails",
    run: ({ libs, chat, callbacks }) =>
      failing(() => chat().pipe(new libs.JsonOutputParser()).invoke("[[say:no json]]", { callbacks })),
    expected: `
      chain RunnableSequence error: Unexpected token 'o', "no json" is not valid JSON
        llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain JsonOutputParser error: Unexpected token 'o', "no json" is not valid JSON`,
  },
  {
    name: "a model of LangChain's own that streams",
    run: async ({ libs, callbacks }) =>
      drain(
        await new libs.FakeStreamingChatModel({ responses: [new libs.AIMessage("one two")] }).stream("x", {
          callbacks,
        }),
      ),
    expected: "llm FakeStreamingChatModel",
  },
  {
    name: "a stream that the server ends with an error",
    run: ({ chat, callbacks }) =>
      failing(async () => drain(await chat().stream("[[sseerror]][[say:a b c d]]", { callbacks }))),
    expected: "llm ChatOpenAI error: scripted stream failure",
  },
  {
    name: "a call that the server refuses",
    run: ({ chat, callbacks }) => failing(() => chat().invoke("[[status:401]]", { callbacks })),
    expected: "llm ChatOpenAI error: 401 scripted failure 401",
  },
];
