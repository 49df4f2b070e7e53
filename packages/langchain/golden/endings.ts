import { failing, type Program, type Setting, settled, sleep } from "./program.ts";

const SLOW = "[[chunkdelay:5]][[say:a b c d e f g h]]";

const chain = (s: Setting) =>
  s.libs.ChatPromptTemplate.fromTemplate("{x}").pipe(s.chat()).pipe(new s.libs.StringOutputParser());

/** Reads so many chunks, and then does something with the stream instead of reading on. */
async function readSome<T>(stream: AsyncIterable<T>, chunks: number, then: (chunk: T) => void): Promise<void> {
  let seen = 0;
  for await (const chunk of stream) {
    seen += 1;
    if (seen === chunks) {
      then(chunk);
      break;
    }
  }
}

const stop = (): never => {
  throw new Error("the reader failed");
};

/** Runs whose end LangChain does not tell, or tells late or oddly. */
export const ENDINGS: readonly Program[] = [
  {
    name: "a neighbour that raises its error stops the program",
    run: async (s) => {
      class Raising extends s.libs.BaseCallbackHandler {
        name = "raising";
        override awaitHandlers = true;
        override raiseError = true;
        override handleChatModelStart(): void {
          throw new Error("the neighbour failed");
        }
      }
      const callbacks = [...s.callbacks, new Raising()];
      await failing(() => chain(s).invoke({ x: "[[say:never]]" }, { callbacks }));
    },
    expected: `
      chain RunnableSequence error: the neighbour failed
        chain ChatPromptTemplate
        llm ChatOpenAI unfinished`,
  },
  {
    name: "events of version 2 that are left",
    run: async (s) => {
      const events = chain(s).streamEvents({ x: SLOW }, { version: "v2", callbacks: s.callbacks });
      await failing(() => readSome(events, 6, stop));
      await settled(s);
    },
    expected: `
      chain RunnableSequence unfinished
        chain ChatPromptTemplate
        llm ChatOpenAI cancelled
        chain StrOutputParser unfinished`,
  },
  {
    name: "events of version 1 that are left",
    run: async (s) => {
      const events = chain(s).streamEvents({ x: SLOW }, { version: "v1", callbacks: s.callbacks });
      for (let read = 0; read < 6; read++) await events.next();
      await settled(s);
    },
    expected: `
      chain RunnableSequence
        chain ChatPromptTemplate
        llm ChatOpenAI 10+8=18 cached 3 reasoning 2
        chain StrOutputParser`,
  },
  {
    name: "the log of a stream that is left",
    run: async (s) => {
      const log = chain(s).streamLog({ x: SLOW }, { callbacks: s.callbacks });
      for (let read = 0; read < 6; read++) await log.next();
      await settled(s);
    },
    expected: `
      chain RunnableSequence
        chain ChatPromptTemplate
        llm ChatOpenAI 10+8=18 cached 3 reasoning 2
        chain StrOutputParser`,
  },
  {
    name: "a tool that returns something else than it promised",
    run: (s) =>
      failing(() =>
        s.libs
          .tool(async () => "no tuple", {
            name: "promises",
            description: "promises two things",
            schema: s.libs.z.object({}),
            responseFormat: "content_and_artifact",
          })
          .invoke({}, { callbacks: s.callbacks }),
      ),
    expected: "tool promises unfinished",
  },
  {
    name: "an executor whose stream is left",
    run: async (s) => {
      const { libs, callbacks } = s;
      const add = libs.tool(async ({ a }: { a: number }) => `${a}`, {
        name: "add",
        description: "adds",
        schema: libs.z.object({ a: libs.z.number() }),
      });
      const prompt = libs.ChatPromptTemplate.fromMessages([
        ["human", "{input}"],
        ["placeholder", "{agent_scratchpad}"],
      ]);
      const agent = libs.createToolCallingAgent({ llm: s.chat(), tools: [add], prompt });
      const stream = await new libs.AgentExecutor({ agent, tools: [add] }).stream(
        { input: '[[call:add:{"a":1}]] go' },
        { callbacks },
      );
      await readSome(stream, 1, () => undefined);
      await settled(s);
    },
    expected: `
      agent AgentExecutor unfinished [agent_action]
        chain ToolCallingAgent
          chain RunnableAssign
            chain RunnableMap
              chain RunnableLambda
          chain ChatPromptTemplate
          llm ChatOpenAI 10+7=17 cached 3 reasoning 2
          chain ToolCallingAgentOutputParser
        tool add`,
  },
  {
    name: "a chain whose memory fails after the answer",
    run: (s) => {
      class Forgetful extends s.libs.BufferMemory {
        override saveContext(): Promise<never> {
          return Promise.reject(new Error("nothing can be saved"));
        }
      }
      const conversation = new s.libs.ConversationChain({ llm: s.chat(), memory: new Forgetful() });
      return failing(() => conversation.invoke({ input: "[[say:hello]]" }, { callbacks: s.callbacks }));
    },
    expected: `
      chain ConversationChain unfinished
        llm ChatOpenAI 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "a lambda that never ends",
    run: async (s) => {
      void s.libs.RunnableLambda.from(() => new Promise(() => undefined)).invoke("x", { callbacks: s.callbacks });
      await sleep(10);
    },
    expected: "chain RunnableLambda unfinished",
  },
  {
    name: "a lambda that takes too long",
    lines: ["1.1", "1"],
    run: async (s) => {
      const slow = s.libs.RunnableLambda.from(() => sleep(200));
      await failing(() => slow.invoke("x", { callbacks: s.callbacks, timeout: 20 }));
    },
    expected: "chain RunnableLambda error: The operation was aborted due to timeout",
  },
  {
    name: "a model that takes too long",
    run: async (s) => {
      await failing(() => chain(s).invoke({ x: "[[delay:300]]" }, { callbacks: s.callbacks, timeout: 30 }));
      await sleep(30);
    },
    expected: {
      "1": `
        chain RunnableSequence error: The operation was aborted due to timeout
          chain ChatPromptTemplate
          llm ChatOpenAI error: The operation was aborted due to timeout`,
      "1.0": `
        chain RunnableSequence error: Request was aborted.
          chain ChatPromptTemplate
          llm ChatOpenAI error: The operation was aborted due to timeout`,
    },
  },
  {
    name: "an agent whose stream of messages is left",
    order: "name",
    run: async (s) => {
      const add = s.libs.tool(async ({ a }: { a: number }) => `${a}`, {
        name: "add",
        description: "adds",
        schema: s.libs.z.object({ a: s.libs.z.number() }),
      });
      const agent = s.libs.createReactAgent({ llm: s.chat(), tools: [add] });
      const input = { messages: [{ role: "user", content: SLOW }] };
      await readSome(await agent.stream(input, { callbacks: s.callbacks, streamMode: "messages" }), 3, () => undefined);
      await settled(s);
    },
    expected: {
      "1": `
        agent LangGraph error: Abort
          chain agent error: This operation was aborted
            chain RunnableSequence error: AbortError
              chain prompt
              llm ChatOpenAI error: AbortError`,
      "1.1": `
        agent LangGraph unfinished
          chain agent
            chain RunnableLambda
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 10+8=18 cached 3 reasoning 2`,
      "1.0": `
        agent LangGraph unfinished
          chain agent
            chain Branch<agent,tools,__end__>
            chain RunnableSequence
              chain prompt
              llm ChatOpenAI 10+8=18 cached 3 reasoning 2`,
    },
  },
];
