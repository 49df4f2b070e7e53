import { drain, failing, leaveAfter, type Program, sleep } from "./program.ts";

const TRIP = '[[call:weather:{"city":"Rome"}]][[next]][[say:it is sunny]] how is Rome?';

/** Agents of the callback kind. */
export const AGENTS: readonly Program[] = [
  {
    name: "an agent with a tool, asked twice",
    run: async ({ L, tools }) => {
      const agent = new L.LLMAgent({ tools: [tools.weather] });
      await agent.chat({ message: TRIP });
      agent.reset();
      await agent.chat({ message: TRIP });
    },
    expected: `
      agent LLMAgent
        llm gpt-4o-mini 10+7=17 cached 3 reasoning 2
        tool weather
        llm gpt-4o-mini 30+3=33 cached 3 reasoning 2
      agent LLMAgent
        llm gpt-4o-mini 10+7=17 cached 3 reasoning 2
        tool weather
        llm gpt-4o-mini 30+3=33 cached 3 reasoning 2`,
  },
  {
    name: "OpenAI's agent",
    run: ({ O, llm, tools }) => new O.OpenAIAgent({ llm, tools: [tools.weather] }).chat({ message: TRIP }),
    expected: `
      agent OpenAIAgent
        llm gpt-4o-mini 10+7=17 cached 3 reasoning 2
        tool weather
        llm gpt-4o-mini 30+3=33 cached 3 reasoning 2`,
  },
  {
    name: "two calls of tools in one step, of which one throws",
    run: ({ L, tools }) =>
      new L.LLMAgent({ tools: [tools.weather, tools.broken] }).chat({
        message: '[[call:broken:{}]][[call:weather:{"city":"Rome"}]][[next]][[say:half of it]] go',
      }),
    expected: `
      agent LLMAgent
        llm gpt-4o-mini 10+14=24 cached 3 reasoning 2
        tool broken error: out of order
        tool weather
        llm gpt-4o-mini 40+3=43 cached 3 reasoning 2`,
  },
  {
    name: "a tool that does not exist",
    run: ({ L, tools }) =>
      new L.LLMAgent({ tools: [tools.weather] }).chat({ message: "[[call:missing:{}]][[next]][[say:sorry]] go" }),
    expected: `
      agent LLMAgent
        llm gpt-4o-mini 10+7=17 cached 3 reasoning 2
        llm gpt-4o-mini 30+1=31 cached 3 reasoning 2`,
  },
  {
    name: "a tool that answers with nothing, which LlamaIndex takes for a failure",
    run: ({ L, z }) => {
      const silent = L.tool({
        name: "silent",
        description: "says nothing",
        parameters: z.object({}),
        execute: () => undefined as unknown as string,
      });
      return new L.LLMAgent({ tools: [silent] }).chat({ message: "[[call:silent:{}]][[next]][[say:hm]]" });
    },
    expected: `
      agent LLMAgent
        llm gpt-4o-mini 10+7=17 cached 3 reasoning 2
        tool silent error: the tool's answer is not a JSON value, or holds null
        llm gpt-4o-mini 30+1=31 cached 3 reasoning 2`,
  },
  {
    name: "an agent whose model fails, the first time and the second",
    run: async ({ L, tools }) => {
      const agent = new L.LLMAgent({ tools: [tools.weather] });
      await failing(() => agent.chat({ message: "[[status:500]]" }));
      await failing(() => agent.chat({ message: "[[status:500]]" }));
    },
    expected: `
      agent LLMAgent error: 500 scripted failure 500
        llm gpt-4o-mini error: 500 scripted failure 500
      agent LLMAgent error: 500 scripted failure 500
        llm gpt-4o-mini error: 500 scripted failure 500`,
  },
  {
    name: "an agent that thinks aloud",
    run: ({ L, tools }) => {
      const action = 'Thought: I look.\nAction: weather\nInput: {"city":"Rome"}';
      return new L.ReActAgent({ tools: [tools.weather] }).chat({ message: `[[say:${action}]]` });
    },
    expected: `
      agent ReActAgent
        llm gpt-4o-mini 20+7=27 cached 3 reasoning 2
        tool weather
        llm gpt-4o-mini 40+5=45 cached 3 reasoning 2`,
  },
  {
    name: "a query engine as a tool",
    run: ({ L, index, z }) => {
      const engine = index.asQueryEngine();
      const library = L.tool({
        name: "library",
        description: "knows letters",
        parameters: z.object({ question: z.string() }),
        execute: async ({ question }) => (await engine.query({ query: question })).response,
      });
      const message = '[[call:library:{"question":"what is alpha?"}]][[next]][[say:done]]';
      return new L.LLMAgent({ tools: [library] }).chat({ message });
    },
    expected: `
      agent LLMAgent
        llm gpt-4o-mini 10+7=17 cached 3 reasoning 2
        tool library
          query RetrieverQueryEngine
            retriever VectorIndexRetriever
              embedding text-embedding-3-small 3+0=3
            synthesizer CompactAndRefine
              llm gpt-4o-mini 10+5=15 cached 3 reasoning 2
        llm gpt-4o-mini 30+1=31 cached 3 reasoning 2`,
  },
  {
    name: "an agent whose answer is streamed",
    run: async ({ L, tools }) => {
      const agent = new L.LLMAgent({ tools: [tools.weather] });
      await drain(await agent.chat({ message: TRIP, stream: true }));
      agent.reset();
      await drain(await agent.chat({ message: TRIP, stream: true }));
    },
    expected: `
      agent LLMAgent
        llm gpt-4o-mini
        tool weather
        llm gpt-4o-mini
      agent LLMAgent
        llm gpt-4o-mini
        tool weather
        llm gpt-4o-mini`,
  },
  {
    name: "an agent as a tool of an agent",
    run: ({ L, tools, z }) => {
      const inner = new L.LLMAgent({ tools: [tools.weather] });
      const traveller = L.tool({
        name: "traveller",
        description: "travels",
        parameters: z.object({}),
        execute: async () => (await inner.chat({ message: TRIP })).response,
      });
      return new L.LLMAgent({ tools: [traveller] }).chat({ message: "[[call:traveller:{}]][[next]][[say:done]]" });
    },
    expected: `
      agent LLMAgent
        llm gpt-4o-mini 10+7=17 cached 3 reasoning 2
        tool traveller
          agent LLMAgent
            llm gpt-4o-mini 10+7=17 cached 3 reasoning 2
            tool weather
            llm gpt-4o-mini 30+3=33 cached 3 reasoning 2
        llm gpt-4o-mini 30+1=31 cached 3 reasoning 2`,
  },
  {
    name: "an agent whose streamed answer is read by a reader",
    run: async ({ L, tools }) => {
      const agent = new L.LLMAgent({ tools: [tools.weather] });
      for (const _time of [1, 2]) {
        const reader = (await agent.chat({ message: "[[chunkdelay:3]][[say:a b c]]", stream: true })).getReader();
        for (let step = await reader.read(); !step.done; step = await reader.read());
      }
    },
    expected: `
      agent LLMAgent
        llm gpt-4o-mini
      agent LLMAgent
        llm gpt-4o-mini`,
  },
  {
    name: "an agent that is driven step by step",
    run: async ({ L, tools }) => {
      const agent = new L.LLMAgent({ tools: [tools.weather] });
      await drain(agent.createTask(TRIP));
      await drain(agent.createTask(TRIP));
    },
    expected: `
      agent LLMAgent
        llm gpt-4o-mini 10+7=17 cached 3 reasoning 2
        tool weather
        llm gpt-4o-mini 30+3=33 cached 3 reasoning 2
      agent LLMAgent
        llm gpt-4o-mini 10+7=17 cached 3 reasoning 2
        tool weather
        llm gpt-4o-mini 30+3=33 cached 3 reasoning 2`,
  },
  {
    name: "an agent that is driven step by step to a streamed answer",
    run: async ({ L, tools }) => {
      for await (const step of new L.LLMAgent({ tools: [tools.weather] }).createTask(TRIP, true)) {
        if (step.isLast && step.output instanceof ReadableStream) await drain(step.output);
      }
    },
    expected: `
      agent LLMAgent
        llm gpt-4o-mini
        tool weather
        llm gpt-4o-mini`,
  },
  {
    name: "an agent that is left after its first step, and one whose model fails",
    run: async (setting) => {
      const { L, tools } = setting;
      const agent = new L.LLMAgent({ tools: [tools.weather] });
      await leaveAfter(1, agent.createTask(TRIP));
      await failing(() => drain(new L.LLMAgent({ tools: [] }).createTask("[[status:500]]")));
      await sleep(20);
    },
    expected: `
      agent LLMAgent cancelled
        llm gpt-4o-mini 10+7=17 cached 3 reasoning 2
        tool weather
        llm gpt-4o-mini 30+3=33 cached 3 reasoning 2
      agent LLMAgent error: 500 scripted failure 500
        llm gpt-4o-mini error: 500 scripted failure 500`,
  },
  {
    name: "an agent whose streamed answer is piped, to its end and not",
    run: async ({ L, tools }) => {
      const agent = new L.LLMAgent({ tools: [tools.weather] });
      const pipe = async (message: string) =>
        (await agent.chat({ message, stream: true })).pipeThrough(new TransformStream());
      await drain(await pipe("[[say:a b c]]"));
      await leaveAfter(1, await pipe("[[chunkdelay:3]][[say:a b c d e f g h]]"));
      await failing(async () => drain(await pipe("[[say:a b c d]][[midabort]]")));
    },
    expected: `
      agent LLMAgent
        llm gpt-4o-mini
      agent LLMAgent cancelled
        llm gpt-4o-mini cancelled
      agent LLMAgent error: terminated
        llm gpt-4o-mini error: terminated`,
  },
];
