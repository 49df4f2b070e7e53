import { ONLY_1, type Program, type Setting } from "./program.ts";

const thread = ({ callbacks }: Setting) => ({
  callbacks,
  configurable: { thread_id: `thread-${Math.random()}` },
});

/** Waiting inside tools, tasks and agents, and threads with several turns. */
export const INTERRUPTS_INSIDE: readonly Program[] = [
  {
    name: "an interrupt inside an agent's tool",
    run: async (s) => {
      const { libs } = s;
      const pay = libs.tool(async ({ sum }: { sum: number }) => `paid ${sum}: ${libs.interrupt({ pay: sum })}`, {
        name: "pay",
        description: "pays",
        schema: libs.z.object({ sum: libs.z.number() }),
      });
      const agent = libs.createReactAgent({
        llm: s.chat(),
        tools: [pay],
        checkpointSaver: new libs.MemorySaver(),
      });
      const config = thread(s);
      await agent.invoke({ messages: [{ role: "user", content: '[[call:pay:{"sum":5}]] go' }] }, config);
      await agent.invoke(new libs.Command({ resume: "yes" }) as never, config);
    },
    expected: {
      "1": `
        agent LangGraph
          chain agent
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 10+7=17 cached 3 reasoning 2
            chain RunnableLambda
          chain tools interrupted
            tool pay interrupted
        agent LangGraph
          chain tools
            tool pay
          chain agent
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 30+5=35 cached 3 reasoning 2
            chain RunnableLambda`,
      "1.0": `
        agent LangGraph
          chain agent
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 10+7=17 cached 3 reasoning 2
            chain Branch<agent,tools,__end__>
          chain tools interrupted
            tool pay interrupted
        agent LangGraph
          chain tools
            tool pay
          chain agent
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 30+5=35 cached 3 reasoning 2
            chain Branch<agent,tools,__end__>`,
      "0.3.40": `
        agent LangGraph
          chain agent
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 10+7=17 cached 3 reasoning 2
            chain Branch<agent,continue,__end__>
          chain tools
            tool pay interrupted
          chain agent
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 30+24=54 cached 3 reasoning 2
            chain Branch<agent,continue,__end__>
        chain LangGraph`,
    },
  },
  {
    name: "an interrupt in a task of an entrypoint",
    run: async (s) => {
      const { libs } = s;
      const review = libs.task("review", async (text: string) => `${text} ${libs.interrupt({ text })}`);
      const flow = libs.entrypoint({ name: "flow", checkpointer: new libs.MemorySaver() }, (text: string) =>
        review(text),
      );
      const config = thread(s);
      await flow.invoke("draft", config);
      await flow.invoke(new libs.Command({ resume: "good" }), config);
    },
    expected: `
      chain flow
        chain flow interrupted
        chain review interrupted
      chain flow
        chain flow
        chain review`,
  },
  {
    name: "a turn after a turn on one thread",
    run: async (s) => {
      const { libs } = s;
      const graph = new libs.StateGraph(libs.MessagesAnnotation)
        .addNode("chatbot", async ({ messages }) => ({ messages: [await s.chat().invoke(messages)] }))
        .addEdge(libs.START, "chatbot")
        .compile({ checkpointer: new libs.MemorySaver() });
      const config = thread(s);
      await graph.invoke({ messages: [{ role: "user", content: "[[say:one]]" }] }, config);
      await graph.invoke({ messages: [{ role: "user", content: "[[say:two]]" }] }, config);
    },
    expected: `
      chain LangGraph
        chain chatbot
          llm ChatOpenAI 10+1=11 cached 3 reasoning 2
      chain LangGraph
        chain chatbot
          llm ChatOpenAI 30+1=31 cached 3 reasoning 2`,
  },
  {
    name: "a human in the loop of an agent of LangChain's",
    lines: ONLY_1,
    run: async (s) => {
      const { libs } = s;
      const pay = libs.tool(async ({ sum }: { sum: number }) => `paid ${sum}`, {
        name: "pay",
        description: "pays",
        schema: libs.z.object({ sum: libs.z.number() }),
      });
      const approval = libs.humanInTheLoopMiddleware({
        interruptOn: { pay: { allowedDecisions: ["approve"] } },
      } as never);
      const agent: { invoke(input: unknown, config: unknown): Promise<unknown> } = libs.createAgent({
        model: s.chat(),
        tools: [pay],
        middleware: [approval],
        checkpointer: new libs.MemorySaver(),
      } as never);
      const config = thread(s);
      await agent.invoke({ messages: [{ role: "user", content: '[[call:pay:{"sum":5}]] go' }] }, config);
      await agent.invoke(new libs.Command({ resume: { decisions: [{ type: "approve" }] } }), config);
    },
    expected: {
      "1": `
        agent LangGraph
          chain model_request
            llm ChatOpenAI 10+7=17 cached 3 reasoning 2
          chain HumanInTheLoopMiddleware.after_model interrupted
        agent LangGraph
          chain HumanInTheLoopMiddleware.after_model
            chain RunnableLambda
          chain tools
            tool pay
          chain model_request
            llm ChatOpenAI 30+4=34 cached 3 reasoning 2
          chain HumanInTheLoopMiddleware.after_model
            chain RunnableLambda`,
      "1.0": `
        agent LangGraph
          chain model_request
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 10+7=17 cached 3 reasoning 2
          chain HumanInTheLoopMiddleware.after_model interrupted
        agent LangGraph
          chain HumanInTheLoopMiddleware.after_model
            chain Branch<HumanInTheLoopMiddleware.after_model,tools,model_request
          chain tools
            tool pay
          chain model_request
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 30+4=34 cached 3 reasoning 2
          chain HumanInTheLoopMiddleware.after_model
            chain Branch<HumanInTheLoopMiddleware.after_model,tools,model_request`,
    },
  },
];
