import { failing, type Program, type Setting, sleep } from "./program.ts";

const chain = (s: Setting, fields?: Record<string, unknown>) =>
  s.libs.ChatPromptTemplate.fromTemplate("{x}").pipe(s.chat(fields)).pipe(new s.libs.StringOutputParser());

/** Where a handler is given, and which parents it then knows. */
export const PLACES: readonly Program[] = [
  {
    name: "the same handler in the model and at invoke counts once",
    run: (s) => chain(s, { callbacks: s.callbacks }).invoke({ x: "[[say:both places]]" }, { callbacks: s.callbacks }),
    expected: `
      chain RunnableSequence
        chain ChatPromptTemplate
        llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain StrOutputParser`,
  },
  {
    name: "the same handler by withConfig and at invoke counts once",
    run: (s) =>
      chain(s).withConfig({ callbacks: s.callbacks }).invoke({ x: "[[say:both places]]" }, { callbacks: s.callbacks }),
    expected: `
      chain RunnableSequence
        chain ChatPromptTemplate
        llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain StrOutputParser`,
  },
  {
    name: "the same handler twice in one array counts once",
    run: (s) => chain(s).invoke({ x: "[[say:both places]]" }, { callbacks: [...s.callbacks, ...s.callbacks] }),
    expected: `
      chain RunnableSequence
        chain ChatPromptTemplate
        llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain StrOutputParser`,
  },
  {
    name: "everywhere at once, and streamed",
    run: async (s) => {
      const stream = await chain(s, { callbacks: s.callbacks })
        .withConfig({ callbacks: s.callbacks })
        .stream({ x: "[[say:all places]]" }, { callbacks: [...s.callbacks, ...s.callbacks] });
      for await (const _chunk of stream);
    },
    expected: `
      chain RunnableSequence
        chain ChatPromptTemplate
        llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain StrOutputParser`,
  },
  {
    name: "what the program dispatches counts once, wherever the handler is",
    run: ({ libs, callbacks }) =>
      libs.RunnableLambda.from(async (x: string) => {
        await libs.dispatchCustomEvent("loaded", { pages: 3 });
        await libs.dispatchCustomEvent("tick", 1);
        await libs.dispatchCustomEvent("tick", 1);
        return x;
      })
        .withConfig({ callbacks })
        .invoke("q", { callbacks: [...callbacks, ...callbacks] }),
    expected: "chain RunnableLambda [loaded, tick, tick]",
  },
  {
    name: "what chains and agents say on their way counts once, wherever the handler is",
    run: async ({ libs, chat, callbacks }) => {
      const step = (text: string) => new libs.LLMChain({ llm: chat(), prompt: libs.PromptTemplate.fromTemplate(text) });
      await new libs.SimpleSequentialChain({
        chains: [step("[[say:one]] {input}"), step("[[say:two]] {x}")],
        callbacks,
      })
        .withConfig({ callbacks })
        .invoke({ input: "q" }, { callbacks });
    },
    expected: `
      chain SimpleSequentialChain [text, text]
        chain LLMChain
          llm ChatOpenAI 10+1=11 cached 3 reasoning 2
        chain LLMChain
          llm ChatOpenAI 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "a handler on the model alone sees the model alone",
    run: (s) => chain(s, { callbacks: s.callbacks }).invoke({ x: "[[say:model only]]" }),
    expected: "llm ChatOpenAI 10+2=12 cached 3 reasoning 2",
  },
  {
    name: "a handler on a tool alone, inside an agent",
    run: async (s) => {
      const add = s.libs.tool(async ({ a }: { a: number }) => `${a}`, {
        name: "add",
        description: "adds",
        schema: s.libs.z.object({ a: s.libs.z.number() }),
        callbacks: s.callbacks,
      } as never);
      const agent = s.libs.createReactAgent({ llm: s.chat(), tools: [add as never] });
      await agent.invoke({ messages: [{ role: "user", content: '[[call:add:{"a":1}]] go' }] });
    },
    expected: "tool tools",
  },
  {
    name: "a handler on a retriever alone, inside a chain with another one",
    run: async (s) => {
      const store = new s.libs.MemoryVectorStore(new s.libs.FakeEmbeddings());
      await store.addDocuments([new s.libs.Document({ pageContent: "Paris" })]);
      const retriever = store.asRetriever({ k: 1, callbacks: s.callbacks });
      class Other extends s.libs.BaseCallbackHandler {
        name = "other";
      }
      await retriever.pipe((found: unknown[]) => found.length).invoke("x", { callbacks: [new Other()] });
    },
    expected: "retriever VectorStoreRetriever",
  },
  {
    name: "a nested call with callbacks of its own is another trace",
    run: (s) =>
      s.libs.RunnableLambda.from(async (x: string) =>
        s.chat().invoke(`[[say:apart]] ${x}`, { callbacks: s.callbacks }),
      ).invoke("q", { callbacks: s.callbacks }),
    expected: `
      chain RunnableLambda
      llm ChatOpenAI 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "a config that is passed on keeps the trace together",
    run: (s) =>
      s.libs.RunnableLambda.from(async (x: string, config) => s.chat().invoke(`[[say:together]] ${x}`, config)).invoke(
        "q",
        { callbacks: s.callbacks },
      ),
    expected: `
      chain RunnableLambda
        llm ChatOpenAI 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "a run id that is used twice stands for two runs",
    run: async ({ libs, callbacks }) => {
      const config = { callbacks, runId: "11111111-2222-4333-8444-666666666666" };
      const lambda = libs.RunnableLambda.from((n: number) => n + 1);
      await lambda.invoke(1, { ...config });
      await lambda.invoke(2, { ...config });
    },
    expected: `
      chain RunnableLambda
      chain RunnableLambda`,
  },
  {
    name: "a call that nobody waits for ends after its root",
    run: async ({ libs, chat, callbacks }) => {
      let late: Promise<unknown> = Promise.resolve();
      await libs.RunnableLambda.from(async () => {
        late = chat().invoke("[[delay:40]][[say:late bird]]");
        await sleep(5);
        return "done";
      }).invoke("q", { callbacks });
      await late;
    },
    expected: `
      chain RunnableLambda
        llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
  },
  {
    name: "a call that begins after its root has ended",
    run: async ({ libs, chat, callbacks }) => {
      let late: Promise<unknown> = Promise.resolve();
      await libs.RunnableLambda.from(async (_x: string, config) => {
        late = sleep(20).then(() => chat().invoke("[[say:even later]]", config));
        return "done";
      }).invoke("q", { callbacks });
      await late;
    },
    expected: `
      chain RunnableLambda
        llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
  },
  {
    name: "a call that nobody waits for fails after its root",
    run: async ({ libs, chat, callbacks }) => {
      let late: Promise<unknown> = Promise.resolve();
      await libs.RunnableLambda.from(async () => {
        late = failing(() => chat().invoke("[[delay:20]][[status:400]]"));
        return "done";
      }).invoke("q", { callbacks });
      await late;
    },
    expected: `
      chain RunnableLambda
        llm ChatOpenAI error: 400 scripted failure 400`,
  },
];
