import { ONLY_1, type Program, type Setting } from "./program.ts";

const ROME = { messages: [{ role: "user", content: '[[call:get_weather:{"city":"Rome"}]] go' }] };
const lookup = ({ libs }: Setting, name: string, answer: string) =>
  libs.tool(async ({ city }: { city: string }) => `${answer} in ${city}`, {
    name,
    description: name,
    schema: libs.z.object({ city: libs.z.string() }),
  });

const tools = (s: Setting) => [lookup(s, "get_weather", "sunny"), lookup(s, "get_time", "noon")];

/** Agents of LangChain 1, with their middleware. */
export const CREATED_AGENTS: readonly Program[] = [
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
      const summarize = libs.summarizationMiddleware as (options: unknown) => unknown;
      const summary = summarize({
        model: s.chat(),
        trigger: { messages: 3 },
        keep: { messages: 1 },
        maxTokensBeforeSummary: 1,
        messagesToKeep: 1,
        summaryPrompt: "[[say:so far]] {messages}",
        tokenCounter: (counted: unknown[]) => counted.length * 100,
      });
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
        ),
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
