import { drain, failing, type Program, type Setting, sleep } from "./program.ts";

const TWO_CALLS = '[[call:get_weather:{"city":"Paris"}]][[call:get_time:{"city":"Paris"}]] go';

const lookup = ({ libs }: Setting, name: string, answer: string) =>
  libs.tool(async ({ city }: { city: string }) => `${answer} in ${city}`, {
    name,
    description: name,
    schema: libs.z.object({ city: libs.z.string() }),
  });

const tools = (s: Setting) => [lookup(s, "get_weather", "sunny"), lookup(s, "get_time", "noon")];

const state = ({ libs }: Setting) =>
  libs.Annotation.Root({
    log: libs.Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
    route: libs.Annotation<string>(),
  });

/** Tools, agents and graphs. */
export const GRAPHS: readonly Program[] = [
  {
    name: "a tool that fails",
    run: ({ libs, callbacks }) => {
      const bad = libs.tool(
        async () => {
          throw new RangeError("tool exploded");
        },
        { name: "bad", description: "bad", schema: libs.z.object({ a: libs.z.number() }) },
      );
      return failing(() => bad.invoke({ a: 1 }, { callbacks }));
    },
    expected: "tool bad error: tool exploded",
  },
  {
    name: "a tool that asks a model",
    run: ({ libs, chat, callbacks }) =>
      libs
        .tool(async ({ q }: { q: string }) => (await chat().invoke(`[[say:from the tool]] ${q}`)).text, {
          name: "ask",
          description: "asks",
          schema: libs.z.object({ q: libs.z.string() }),
        })
        .invoke({ q: "x" }, { callbacks }),
    expected: `
      tool ask
        llm ChatOpenAI 10+3=13 cached 3 reasoning 2`,
  },
  {
    name: "an agent of LangGraph's, with two tools at once",
    order: "name",
    run: (s) =>
      s.libs
        .createReactAgent({ llm: s.chat(), tools: tools(s) })
        .invoke({ messages: [{ role: "user", content: TWO_CALLS }] }, { callbacks: s.callbacks }),
    expected: {
      "1": `
        chain LangGraph
          chain agent
            chain RunnableLambda
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 10+14=24 cached 3 reasoning 2
          chain agent
            chain RunnableLambda
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 40+9=49 cached 3 reasoning 2
          chain tools
            tool get_time
            tool get_weather`,
      "0.3": `
        chain LangGraph
          chain agent
            chain Branch<agent,tools,__end__>
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 10+14=24 cached 3 reasoning 2
          chain agent
            chain Branch<agent,tools,__end__>
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 40+9=49 cached 3 reasoning 2
          chain tools
            tool get_time
            tool get_weather`,
      "0.3.40": `
        chain LangGraph
          chain agent
            chain Branch<agent,continue,__end__>
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 10+14=24 cached 3 reasoning 2
          chain agent
            chain Branch<agent,continue,__end__>
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 40+9=49 cached 3 reasoning 2
          chain tools
            tool get_time
            tool get_weather`,
    },
  },
  {
    name: "an agent of LangChain's is an agent, with its name",
    lines: ["1"],
    run: (s) =>
      s.libs
        .createAgent({ model: s.chat(), tools: tools(s), name: "Forecaster" })
        .invoke(
          { messages: [{ role: "user", content: '[[call:get_weather:{"city":"Rome"}]] go' }] },
          { callbacks: s.callbacks },
        ),
    expected: `
      agent Forecaster
        chain model_request
          llm ChatOpenAI 10+7=17 cached 3 reasoning 2
          chain RunnableLambda
        chain tools
          tool get_weather
        chain model_request
          llm ChatOpenAI 30+5=35 cached 3 reasoning 2
          chain RunnableLambda`,
  },
  {
    name: "an executor with its actions",
    run: async (s) => {
      const { libs, chat, callbacks } = s;
      const prompt = libs.ChatPromptTemplate.fromMessages([
        ["system", "You are an agent."],
        ["human", "{input}"],
        ["placeholder", "{agent_scratchpad}"],
      ]);
      const agent = libs.createToolCallingAgent({ llm: chat(), tools: tools(s), prompt });
      await new libs.AgentExecutor({ agent, tools: tools(s) }).invoke(
        { input: '[[call:get_weather:{"city":"Paris"}]] go' },
        { callbacks },
      );
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
        tool get_weather
        chain ToolCallingAgent
          chain RunnableAssign
            chain RunnableMap
              chain RunnableLambda
          chain ChatPromptTemplate
          llm ChatOpenAI 40+5=45 cached 3 reasoning 2
          chain ToolCallingAgentOutputParser`,
  },
  {
    name: "a graph that fans out and joins",
    order: "name",
    run: (s) => {
      const { libs, chat, callbacks } = s;
      return new libs.StateGraph(state(s))
        .addNode("plan", async () => ({ log: ["plan"] }))
        .addNode("worker", async (input: { n?: number }) => ({
          log: [(await chat().invoke(`[[say:worker ${input.n}]]`)).text],
        }))
        .addNode("join", async () => ({ log: ["join"] }))
        .addEdge(libs.START, "plan")
        .addConditionalEdges("plan", () => [1, 2].map((n) => new libs.Send("worker", { n })), ["worker"])
        .addEdge("worker", "join")
        .addEdge("join", libs.END)
        .compile()
        .invoke({ log: [] }, { callbacks });
    },
    expected: {
      "1": `
        chain LangGraph
          chain join
          chain plan
            chain RunnableLambda
          chain worker
            llm ChatOpenAI 10+2=12 cached 3 reasoning 2
          chain worker
            llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
      "0.3": `
        chain LangGraph
          chain join
          chain plan
            chain Branch<plan,worker>
          chain worker
            llm ChatOpenAI 10+2=12 cached 3 reasoning 2
          chain worker
            llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
    },
  },
  {
    name: "an interrupt is no error, and its resume a trace of its own",
    run: async (s) => {
      const { libs, callbacks } = s;
      const graph = new libs.StateGraph(state(s))
        .addNode("ask", async () => ({ log: [`answer=${libs.interrupt({ question: "ok?" })}`] }))
        .addEdge(libs.START, "ask")
        .addEdge("ask", libs.END)
        .compile({ checkpointer: new libs.MemorySaver() });
      const config = { configurable: { thread_id: `thread-${Math.random()}` }, callbacks };
      await graph.invoke({ log: [] }, config);
      await graph.invoke(new libs.Command({ resume: "yes" }), config);
    },
    expected: `
      chain LangGraph
        chain ask interrupted
      chain LangGraph
        chain ask`,
  },
  {
    name: "a command to the parent graph is control flow",
    run: (s) => {
      const { libs, callbacks } = s;
      const inner = new libs.StateGraph(state(s))
        .addNode(
          "inner",
          async () => new libs.Command({ graph: libs.Command.PARENT, goto: "after", update: { log: ["inner"] } }),
        )
        .addEdge(libs.START, "inner")
        .compile({ name: "Sub" });
      return new libs.StateGraph(state(s))
        .addNode("sub", inner, { ends: ["after"] })
        .addNode("after", async () => ({ log: ["after"] }))
        .addEdge(libs.START, "sub")
        .addEdge("after", libs.END)
        .compile({ name: "Main" })
        .invoke({ log: [] }, { callbacks });
    },
    expected: `
      chain Main
        chain sub
          chain Sub
            chain inner
        chain after`,
  },
  {
    name: "a node that fails stops its neighbour",
    order: "name",
    run: (s) => {
      const { libs, callbacks } = s;
      const graph = new libs.StateGraph(state(s))
        .addNode("bad", async () => {
          throw new Error("node exploded");
        })
        .addNode("slow", async () => {
          await sleep(30);
          return { log: ["slow"] };
        })
        .addEdge(libs.START, "bad")
        .addEdge(libs.START, "slow")
        .addEdge("bad", libs.END)
        .addEdge("slow", libs.END)
        .compile();
      return failing(() => graph.invoke({ log: [] }, { callbacks }));
    },
    expected: {
      "1": `
        chain LangGraph error: node exploded
          chain bad error: node exploded
          chain slow error: This operation was aborted`,
      "0.3": `
        chain LangGraph error: node exploded
          chain bad error: node exploded
          chain slow error: Aborted`,
      // LangGraph 0.2 tells nothing of the neighbour's end.
      "0.3.40": `
        chain LangGraph error: node exploded
          chain bad error: node exploded
          chain slow unfinished`,
    },
  },
  {
    name: "a graph whose reader leaves the stream of updates",
    lines: ["1"],
    run: async (s) => {
      const { libs, callbacks } = s;
      const graph = new libs.StateGraph(state(s))
        .addNode("one", async () => ({ log: ["1"] }))
        .addNode("two", async () => {
          await sleep(20);
          return { log: ["2"] };
        })
        .addEdge(libs.START, "one")
        .addEdge("one", "two")
        .addEdge("two", libs.END)
        .compile();
      for await (const _update of await graph.stream({ log: [] }, { callbacks, streamMode: "updates" })) break;
      await sleep(50);
    },
    expected: `
      chain LangGraph error: Abort
        chain one
        chain two error: This operation was aborted`,
  },
  {
    name: "an agent that is streamed",
    order: "name",
    lines: ["1"],
    run: async (s) => {
      const agent = s.libs.createReactAgent({ llm: s.chat(), tools: tools(s) });
      const input = { messages: [{ role: "user", content: '[[call:get_weather:{"city":"Rome"}]] go' }] };
      await drain(await agent.stream(input, { callbacks: s.callbacks, streamMode: "messages" }));
    },
    expected: `
      chain LangGraph
        chain agent
          chain RunnableLambda
          chain RunnableSequence
            chain prompt
            llm ChatOpenAI 10+7=17 cached 3 reasoning 2
        chain agent
          chain RunnableLambda
          chain RunnableSequence
            chain prompt
            llm ChatOpenAI 30+5=35 cached 3 reasoning 2
        chain tools
          tool get_weather`,
  },
];
