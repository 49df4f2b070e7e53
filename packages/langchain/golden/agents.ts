import { drain, failing, ONLY_1, type Program, type Setting } from "./program.ts";

const ROME = { messages: [{ role: "user", content: '[[call:get_weather:{"city":"Rome"}]] go' }] };
const TWO_CALLS = '[[call:get_weather:{"city":"Paris"}]][[call:get_time:{"city":"Paris"}]] go';

const lookup = ({ libs }: Setting, name: string, answer: string) =>
  libs.tool(async ({ city }: { city: string }) => `${answer} in ${city}`, {
    name,
    description: name,
    schema: libs.z.object({ city: libs.z.string() }),
  });

const tools = (s: Setting) => [lookup(s, "get_weather", "sunny"), lookup(s, "get_time", "noon")];

/** Agents of LangChain and LangGraph, old and new. */
export const AGENTS: readonly Program[] = [
  {
    name: "an agent of LangGraph's, with two tools at once",
    order: "name",
    run: (s) =>
      s.libs
        .createReactAgent({ llm: s.chat(), tools: tools(s), name: "Clerk" })
        .invoke({ messages: [{ role: "user", content: TWO_CALLS }] }, { callbacks: s.callbacks }),
    expected: `
      agent Clerk
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
  },
  {
    name: "an agent of LangGraph's that needs no tool",
    run: (s) =>
      s.libs
        .createReactAgent({ llm: s.chat(), tools: tools(s) })
        .invoke({ messages: [{ role: "user", content: "[[say:no need]]" }] }, { callbacks: s.callbacks }),
    expected: `
      agent LangGraph
        chain agent
          chain RunnableSequence
            chain prompt
            llm ChatOpenAI 10+2=12 cached 3 reasoning 2
          chain Branch<agent,tools,__end__>`,
  },
  {
    name: "an agent that is streamed",
    order: "name",
    run: async (s) => {
      const agent = s.libs.createReactAgent({ llm: s.chat(), tools: tools(s) });
      await drain(await agent.stream(ROME, { callbacks: s.callbacks, streamMode: "messages" }));
    },
    expected: `
      agent LangGraph
        chain agent
          chain Branch<agent,tools,__end__>
          chain RunnableSequence
            chain prompt
            llm ChatOpenAI 10+7=17 cached 3 reasoning 2
        chain agent
          chain Branch<agent,tools,__end__>
          chain RunnableSequence
            chain prompt
            llm ChatOpenAI 30+5=35 cached 3 reasoning 2
        chain tools
          tool get_weather`,
  },
  {
    name: "an agent of LangGraph's whose tool fails",
    run: (s) => {
      const broken = s.libs.tool(() => Promise.reject(new Error("no service")), {
        name: "get_weather",
        description: "weather",
        schema: s.libs.z.object({ city: s.libs.z.string() }),
      });
      return s.libs
        .createReactAgent({ llm: s.chat(), tools: [broken as never] })
        .invoke(ROME, { callbacks: s.callbacks });
    },
    expected: `
      agent LangGraph
        chain agent
          chain RunnableSequence
            chain prompt
            llm ChatOpenAI 10+7=17 cached 3 reasoning 2
          chain Branch<agent,tools,__end__>
        chain tools
          tool get_weather error: no service
        chain agent
          chain RunnableSequence
            chain prompt
            llm ChatOpenAI 30+9=39 cached 3 reasoning 2
          chain Branch<agent,tools,__end__>`,
  },
  {
    name: "an agent that asks for a tool that is not there",
    run: (s) =>
      s.libs
        .createReactAgent({ llm: s.chat(), tools: tools(s) })
        .invoke({ messages: [{ role: "user", content: "[[call:teleport:{}]] go" }] }, { callbacks: s.callbacks }),
    expected: `
      agent LangGraph
        chain agent
          chain RunnableSequence
            chain prompt
            llm ChatOpenAI 10+7=17 cached 3 reasoning 2
          chain Branch<agent,tools,__end__>
        chain tools
        chain agent
          chain RunnableSequence
            chain prompt
            llm ChatOpenAI 30+11=41 cached 3 reasoning 2
          chain Branch<agent,tools,__end__>`,
  },
  {
    name: "an agent that gives its arguments wrongly",
    run: (s) =>
      s.libs
        .createReactAgent({ llm: s.chat(), tools: tools(s) })
        .invoke(
          { messages: [{ role: "user", content: '[[call:get_weather:{"town":1}]] go' }] },
          { callbacks: s.callbacks },
        ),
    expected: {
      "1": `
        agent LangGraph
          chain agent
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 10+7=17 cached 3 reasoning 2
            chain RunnableLambda
          chain tools
          chain agent
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 30+25=55 cached 3 reasoning 2
            chain RunnableLambda`,
      "1.0": `
        agent LangGraph
          chain agent
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 10+7=17 cached 3 reasoning 2
            chain Branch<agent,tools,__end__>
          chain tools
          chain agent
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 30+15=45 cached 3 reasoning 2
            chain Branch<agent,tools,__end__>`,
    },
  },
  {
    name: "an agent that never comes to an end",
    order: "name",
    run: (s) => {
      const script = Array.from({ length: 5 }, () => '[[call:get_weather:{"city":"Rome"}]]').join("[[next]]");
      const agent = s.libs.createReactAgent({ llm: s.chat(), tools: tools(s) });
      const input = { messages: [{ role: "user", content: script }] };
      return failing(() => agent.invoke(input, { callbacks: s.callbacks, recursionLimit: 3 }));
    },
    expected: `
      agent LangGraph error: Recursion limit of 3 reached without hitting a stop condition. You can increase the limit by setting the "recursionLimit" config key.
        chain agent
          chain Branch<agent,tools,__end__>
          chain RunnableSequence
            chain prompt
            llm ChatOpenAI 10+7=17 cached 3 reasoning 2
        chain agent
          chain Branch<agent,tools,__end__>
          chain RunnableSequence
            chain prompt
            llm ChatOpenAI 30+7=37 cached 3 reasoning 2
        chain tools
          tool get_weather`,
  },
  {
    name: "an agent inside the tool of another",
    run: (s) => {
      const inner = s.libs.createReactAgent({ llm: s.chat(), tools: tools(s), name: "Inner" });
      const delegate = s.libs.tool(
        async ({ task }: { task: string }) => {
          const { messages } = await inner.invoke({ messages: [{ role: "user", content: `[[say:done]] ${task}` }] });
          return `${messages.length} messages`;
        },
        { name: "delegate", description: "delegates", schema: s.libs.z.object({ task: s.libs.z.string() }) },
      );
      return s.libs
        .createReactAgent({ llm: s.chat(), tools: [delegate], name: "Outer" })
        .invoke(
          { messages: [{ role: "user", content: '[[call:delegate:{"task":"t"}]] go' }] },
          { callbacks: s.callbacks },
        );
    },
    expected: `
      agent Outer
        chain agent
          chain RunnableSequence
            chain prompt
            llm ChatOpenAI 10+7=17 cached 3 reasoning 2
          chain Branch<agent,tools,__end__>
        chain tools
          tool delegate
            agent Inner
              chain agent
                chain RunnableSequence
                  chain prompt
                  llm ChatOpenAI 10+1=11 cached 3 reasoning 2
                chain Branch<agent,tools,__end__>
        chain agent
          chain RunnableSequence
            chain prompt
            llm ChatOpenAI 30+4=34 cached 3 reasoning 2
          chain Branch<agent,tools,__end__>`,
  },
  {
    name: "an agent with a structured answer",
    run: (s) =>
      s.libs
        .createReactAgent({
          llm: s.chat(),
          tools: tools(s),
          responseFormat: s.libs.z.object({ mood: s.libs.z.string() }) as never,
        })
        .invoke(
          { messages: [{ role: "user", content: '[[json:{"mood":"good"}]] how are you?' }] },
          { callbacks: s.callbacks },
        ),
    expected: {
      "1": `
        agent LangGraph
          chain agent
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 10+5=15 cached 3 reasoning 2
            chain RunnableLambda
          chain generate_structured_response
            chain RunnableSequence
              llm ChatOpenAI 20+1=21 cached 3 reasoning 2
              chain RunnableLambda
                chain StructuredOutputParser`,
      "1.0": `
        agent LangGraph
          chain agent
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 10+5=15 cached 3 reasoning 2
            chain Branch<agent,tools,generate_structured_response>
          chain generate_structured_response
            chain RunnableSequence
              llm ChatOpenAI 20+1=21 cached 3 reasoning 2
              chain RunnableLambda
                chain StructuredOutputParser`,
      "0.3.40": `
        agent LangGraph
          chain agent
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 10+5=15 cached 3 reasoning 2
            chain Branch<agent,continue,__end__,generate_structured_response>
          chain generate_structured_response
            chain RunnableSequence
              llm ChatOpenAI 10+1=11 cached 3 reasoning 2
              chain StructuredOutputParser`,
    },
  },
  {
    name: "an agent written by hand after the manual",
    order: "name",
    run: (s) => {
      const { libs, callbacks } = s;
      const model = s.chat().bindTools(tools(s));
      const callModel = async (state: typeof libs.MessagesAnnotation.State) => ({
        messages: [await model.invoke(state.messages)],
      });
      const goesOn = ({ messages }: typeof libs.MessagesAnnotation.State) =>
        (messages.at(-1) as { tool_calls?: unknown[] }).tool_calls?.length ? "tools" : libs.END;
      return new libs.StateGraph(libs.MessagesAnnotation)
        .addNode("agent", callModel)
        .addNode("tools", new libs.ToolNode(tools(s)))
        .addEdge(libs.START, "agent")
        .addConditionalEdges("agent", goesOn, ["tools", libs.END])
        .addEdge("tools", "agent")
        .compile()
        .invoke(ROME, { callbacks });
    },
    expected: {
      "1": `
        agent LangGraph
          chain agent
            chain RunnableLambda
            llm ChatOpenAI 10+7=17 cached 3 reasoning 2
          chain agent
            chain RunnableLambda
            llm ChatOpenAI 30+5=35 cached 3 reasoning 2
          chain tools
            tool get_weather`,
      "1.0": `
        agent LangGraph
          chain agent
            chain Branch<agent,tools,__end__>
            llm ChatOpenAI 10+7=17 cached 3 reasoning 2
          chain agent
            chain Branch<agent,tools,__end__>
            llm ChatOpenAI 30+5=35 cached 3 reasoning 2
          chain tools
            tool get_weather`,
      "0.3.40": `
        agent LangGraph
          chain agent
            chain Branch<agent,tools,__end__>
            llm ChatOpenAI 10+7=17 cached 3 reasoning 2
          chain agent
            chain Branch<agent,tools,__end__>
            llm ChatOpenAI 30+5=35 cached 3 reasoning 2
          chain tools
            tool get_weather`,
    },
  },
  {
    name: "an agent of LangChain's is an agent, with its name",
    lines: ONLY_1,
    run: (s) =>
      s.libs
        .createAgent({ model: s.chat(), tools: tools(s), name: "Forecaster" })
        .invoke(ROME, { callbacks: s.callbacks }),
    expected: {
      "1": `
        agent Forecaster
          chain model_request
            llm ChatOpenAI 10+7=17 cached 3 reasoning 2
            chain RunnableLambda
          chain tools
            tool get_weather
          chain model_request
            llm ChatOpenAI 30+5=35 cached 3 reasoning 2
            chain RunnableLambda`,
      "1.0": `
        agent Forecaster
          chain model_request
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 10+7=17 cached 3 reasoning 2
            chain Branch<model_request,tools,__end__>
          chain tools
            tool get_weather
          chain model_request
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 30+5=35 cached 3 reasoning 2
            chain Branch<model_request,tools,__end__>`,
    },
  },
  {
    name: "an agent of LangChain's as a node of a graph",
    lines: ONLY_1,
    run: (s) => {
      const { libs, callbacks } = s;
      const agent = libs.createAgent({ model: s.chat(), tools: tools(s), name: "Forecaster" });
      return new libs.StateGraph(libs.MessagesAnnotation)
        .addNode("helper", async (state) => agent.invoke(state as never) as never)
        .addEdge(libs.START, "helper")
        .compile({ name: "Desk" })
        .invoke(ROME, { callbacks });
    },
    expected: {
      "1": `
        chain Desk
          chain helper
            agent Forecaster
              chain model_request
                llm ChatOpenAI 10+7=17 cached 3 reasoning 2
                chain RunnableLambda
              chain tools
                tool get_weather
              chain model_request
                llm ChatOpenAI 30+5=35 cached 3 reasoning 2
                chain RunnableLambda`,
      "1.0": `
        chain Desk
          chain helper
            agent Forecaster
              chain model_request
                chain RunnableSequence
                  chain prompt
                  llm ChatOpenAI 10+7=17 cached 3 reasoning 2
                chain Branch<model_request,tools,__end__>
              chain tools
                tool get_weather
              chain model_request
                chain RunnableSequence
                  chain prompt
                  llm ChatOpenAI 30+5=35 cached 3 reasoning 2
                chain Branch<model_request,tools,__end__>`,
    },
  },
  {
    name: "middleware around models and tools",
    lines: ONLY_1,
    run: (s) => {
      const audit = s.libs.createMiddleware({
        name: "Audit",
        beforeModel: () => undefined,
        afterModel: () => undefined,
        wrapModelCall: (request, handler) => handler(request),
        wrapToolCall: (request, handler) => handler(request),
      });
      return s.libs
        .createAgent({ model: s.chat(), tools: tools(s), middleware: [audit] })
        .invoke(ROME, { callbacks: s.callbacks });
    },
    expected: {
      "1": `
        agent LangGraph
          chain Audit.before_model
          chain model_request
            llm ChatOpenAI 10+7=17 cached 3 reasoning 2
          chain Audit.after_model
            chain RunnableLambda
          chain tools
            tool get_weather
          chain Audit.before_model
          chain model_request
            llm ChatOpenAI 30+5=35 cached 3 reasoning 2
          chain Audit.after_model
            chain RunnableLambda`,
      "1.0": `
        agent LangGraph
          chain Audit.before_model
          chain model_request
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 10+7=17 cached 3 reasoning 2
          chain Audit.after_model
            chain Branch<Audit.after_model,tools,model_request,__end__>
          chain tools
            tool get_weather
          chain Audit.before_model
          chain model_request
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 30+5=35 cached 3 reasoning 2
          chain Audit.after_model
            chain Branch<Audit.after_model,tools,model_request,__end__>`,
    },
  },
  {
    name: "middleware that sums a long conversation up",
    lines: ONLY_1,
    run: (s) => {
      const { libs } = s;
      const summary = libs.summarizationMiddleware({
        model: s.chat(),
        trigger: { messages: 3 },
        keep: { messages: 1 },
        maxTokensBeforeSummary: 1,
        messagesToKeep: 1,
        summaryPrompt: "[[say:so far]] {messages}",
        tokenCounter: (messages: unknown[]) => messages.length * 100,
      } as never);
      const messages = ["one", "two", "three"].flatMap((text) => [
        { role: "user", content: text },
        { role: "assistant", content: text },
      ]);
      const agent: { invoke(input: unknown, config: unknown): Promise<unknown> } = libs.createAgent({
        model: s.chat(),
        tools: [],
        middleware: [summary],
      } as never);
      return agent.invoke(
        { messages: [...messages, { role: "user", content: "[[say:short]]" }] },
        { callbacks: s.callbacks },
      );
    },
    expected: {
      "1": `
        agent LangGraph
          chain SummarizationMiddleware.before_model
            llm ChatOpenAI 10+2=12 cached 3 reasoning 2
          chain model_request
            llm ChatOpenAI 20+1=21 cached 3 reasoning 2`,
      "1.0": `
        agent LangGraph
          chain SummarizationMiddleware.before_model
            llm ChatOpenAI 10+2=12 cached 3 reasoning 2
          chain model_request
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 20+1=21 cached 3 reasoning 2`,
    },
  },
  {
    name: "a structured answer by way of a tool",
    lines: ONLY_1,
    run: (s) =>
      s.libs
        .createAgent({
          model: s.chat(),
          tools: [],
          responseFormat: s.libs.toolStrategy(s.libs.z.object({ mood: s.libs.z.string() })) as never,
        })
        .invoke(
          { messages: [{ role: "user", content: '[[call:extract-1:{"mood":"good"}]] how are you?' }] },
          { callbacks: s.callbacks },
        )
        .catch(() => "the tool has another name on this line"),
    expected: {
      "1": `
        agent LangGraph
          chain model_request
            llm ChatOpenAI 10+7=17 cached 3 reasoning 2`,
      "1.0": `
        agent LangGraph
          chain model_request
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 10+7=17 cached 3 reasoning 2`,
    },
  },
];
