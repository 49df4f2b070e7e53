import type { Program, Setting } from "./program.ts";

const add = ({ libs }: Setting) =>
  libs.tool(async ({ a, b }: { a: number; b: number }) => `${a + b}`, {
    name: "add",
    description: "adds",
    schema: libs.z.object({ a: libs.z.number(), b: libs.z.number() }),
  });

const executor = (s: Setting, tool = add(s)) => {
  const prompt = s.libs.ChatPromptTemplate.fromMessages([
    ["system", "You are an agent."],
    ["human", "{input}"],
    ["placeholder", "{agent_scratchpad}"],
  ]);
  const agent = s.libs.createToolCallingAgent({ llm: s.chat(), tools: [tool], prompt });
  return new s.libs.AgentExecutor({ agent, tools: [tool], handleParsingErrors: true });
};

/** Tools on their own, and LangChain's older executor. */
export const EXECUTORS: readonly Program[] = [
  {
    name: "a tool that is invoked, and one that fails",
    run: async (s) => {
      await add(s).invoke({ a: 1, b: 2 }, { callbacks: s.callbacks });
      const bad = s.libs.tool(() => Promise.reject(new RangeError("tool exploded")), {
        name: "bad",
        description: "bad",
        schema: s.libs.z.object({}),
      });
      await bad.invoke({}, { callbacks: s.callbacks }).catch(() => "as expected");
    },
    expected: `
      tool add
      tool bad error: tool exploded`,
  },
  {
    name: "a tool that asks a model",
    run: (s) =>
      s.libs
        .tool(async ({ q }: { q: string }) => (await s.chat().invoke(`[[say:from the tool]] ${q}`)).text, {
          name: "ask",
          description: "asks",
          schema: s.libs.z.object({ q: s.libs.z.string() }),
        })
        .invoke({ q: "x" }, { callbacks: s.callbacks }),
    expected: `
      tool ask
        llm ChatOpenAI 10+3=13 cached 3 reasoning 2`,
  },
  {
    name: "a tool that is a class, and passes its manager on",
    run: (s) => {
      class Ask extends s.libs.StructuredTool {
        name = "ask";
        description = "asks";
        schema = s.libs.z.object({ q: s.libs.z.string() }) as never;
        protected override async _call(input: { q: string }, manager?: { getChild(): unknown }): Promise<string> {
          return (await s.chat().invoke(`[[say:of a class]] ${input.q}`, { callbacks: manager?.getChild() as never }))
            .text;
        }
      }
      return new Ask().invoke({ q: "x" } as never, { callbacks: s.callbacks });
    },
    expected: `
      tool Ask
        llm ChatOpenAI 10+3=13 cached 3 reasoning 2`,
  },
  {
    name: "a tool whose input is refused is not seen",
    run: (s) =>
      add(s)
        .invoke({ a: "no number" } as never, { callbacks: s.callbacks })
        .catch(() => "as expected"),
    expected: "",
  },
  {
    name: "an executor with its actions",
    run: (s) => executor(s).invoke({ input: '[[call:add:{"a":1,"b":2}]] go' }, { callbacks: s.callbacks }),
    expected: `
      agent AgentExecutor [agent_action, agent_finish]
        chain ToolCallingAgent
          chain RunnableAssign
            chain RunnableMap
              chain RunnableLambda
          chain ChatPromptTemplate
          llm ChatOpenAI 20+7=27 cached 3 reasoning 2
          chain ToolCallingAgentOutputParser
        tool add
        chain ToolCallingAgent
          chain RunnableAssign
            chain RunnableMap
              chain RunnableLambda
          chain ChatPromptTemplate
          llm ChatOpenAI 40+3=43 cached 3 reasoning 2
          chain ToolCallingAgentOutputParser`,
  },
  {
    name: "an executor whose tool fails",
    run: (s) => {
      const broken = s.libs.tool(() => Promise.reject(new Error("no sum")), {
        name: "add",
        description: "adds",
        schema: s.libs.z.object({ a: s.libs.z.number(), b: s.libs.z.number() }),
      });
      return executor(s, broken as never)
        .invoke({ input: '[[call:add:{"a":1,"b":2}]] go' }, { callbacks: s.callbacks })
        .catch(() => "as expected");
    },
    expected: `
      agent AgentExecutor [agent_action, agent_finish]
        chain ToolCallingAgent
          chain RunnableAssign
            chain RunnableMap
              chain RunnableLambda
          chain ChatPromptTemplate
          llm ChatOpenAI 20+7=27 cached 3 reasoning 2
          chain ToolCallingAgentOutputParser
        tool add error: no sum
        chain ToolCallingAgent
          chain RunnableAssign
            chain RunnableMap
              chain RunnableLambda
          chain ChatPromptTemplate
          llm ChatOpenAI 40+2=42 cached 3 reasoning 2
          chain ToolCallingAgentOutputParser`,
  },
  {
    name: "an executor that is streamed",
    run: async (s) => {
      const stream = await executor(s).stream({ input: '[[call:add:{"a":1,"b":2}]] go' }, { callbacks: s.callbacks });
      for await (const _step of stream);
    },
    expected: `
      agent AgentExecutor [agent_action, agent_finish]
        chain ToolCallingAgent
          chain RunnableAssign
            chain RunnableMap
              chain RunnableLambda
          chain ChatPromptTemplate
          llm ChatOpenAI 20+7=27 cached 3 reasoning 2
          chain ToolCallingAgentOutputParser
        tool add
        chain ToolCallingAgent
          chain RunnableAssign
            chain RunnableMap
              chain RunnableLambda
          chain ChatPromptTemplate
          llm ChatOpenAI 40+3=43 cached 3 reasoning 2
          chain ToolCallingAgentOutputParser`,
  },
];
