import { drain, type Program, type Setting } from "./program.ts";

const ROME = { messages: [{ role: "user", content: '[[call:get_weather:{"city":"Rome"}]] go' }] };
const TWO_CALLS = '[[call:get_weather:{"city":"Paris"}]][[call:get_time:{"city":"Paris"}]] go';

const lookup = ({ libs }: Setting, name: string, answer: string) =>
  libs.tool(async ({ city }: { city: string }) => `${answer} in ${city}`, {
    name,
    description: name,
    schema: libs.z.object({ city: libs.z.string() }),
  });

const tools = (s: Setting) => [lookup(s, "get_weather", "sunny"), lookup(s, "get_time", "noon")];

/** Agents of LangGraph's. */
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
];
