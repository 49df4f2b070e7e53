import { failing, type Program, type Setting } from "./program.ts";

const ROME = { messages: [{ role: "user", content: '[[call:get_weather:{"city":"Rome"}]] go' }] };
const lookup = ({ libs }: Setting, name: string, answer: string) =>
  libs.tool(async ({ city }: { city: string }) => `${answer} in ${city}`, {
    name,
    description: name,
    schema: libs.z.object({ city: libs.z.string() }),
  });

const tools = (s: Setting) => [lookup(s, "get_weather", "sunny"), lookup(s, "get_time", "noon")];

/** Agents of LangGraph's that fail, hold others, answer in a shape, or are written by hand. */
export const AGENT_SHAPES: readonly Program[] = [
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
];
