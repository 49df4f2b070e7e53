import { drain, failing, type Program, type Setting, sleep } from "./program.ts";

const model = (s: Setting, text: string) =>
  s.libs.ChatPromptTemplate.fromTemplate(`[[say:${text}]] {x}`).pipe(s.chat()).pipe(new s.libs.StringOutputParser());

/** Ways of putting runnables together. */
export const COMPOSITIONS: readonly Program[] = [
  {
    name: "assign and pick",
    run: ({ libs, callbacks, ...s }) =>
      libs.RunnablePassthrough.assign({ answer: model({ libs, callbacks, ...s }, "assigned") })
        .pipe(new libs.RunnablePick("answer"))
        .invoke({ x: "q" }, { callbacks }),
    expected: `
      chain RunnableSequence
        chain RunnableMap
          chain RunnableSequence
            chain ChatPromptTemplate
            llm ChatOpenAI 10+1=11 cached 3 reasoning 2
            chain StrOutputParser
        chain RunnablePick`,
  },
  {
    name: "a branch",
    run: (s) =>
      s.libs.RunnableBranch.from<{ x: string }, string>([
        [(input) => input.x === "no", model(s, "not this")],
        [(input) => input.x === "yes", model(s, "this one")],
        model(s, "otherwise"),
      ]).invoke({ x: "yes" }, { callbacks: s.callbacks }),
    expected: `
      chain RunnableBranch
        chain RunnableLambda
        chain RunnableLambda
        chain RunnableSequence
          chain ChatPromptTemplate
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
          chain StrOutputParser`,
  },
  {
    name: "a branch that is streamed",
    run: async (s) =>
      drain(
        await s.libs.RunnableBranch.from<{ x: string }, string>([
          [(input) => input.x === "no", model(s, "not this")],
          model(s, "otherwise then"),
        ]).stream({ x: "yes" }, { callbacks: s.callbacks }),
      ),
    expected: `
      chain RunnableBranch
        chain RunnableLambda
        chain RunnableSequence
          chain ChatPromptTemplate
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
          chain StrOutputParser`,
  },
  {
    name: "a router",
    run: (s) =>
      new s.libs.RouterRunnable({ runnables: { a: model(s, "route a"), b: model(s, "route b") } }).invoke(
        { key: "b", input: { x: "q" } },
        { callbacks: s.callbacks },
      ),
    expected: `
      chain RunnableSequence
        chain ChatPromptTemplate
        llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain StrOutputParser`,
  },
  {
    name: "each of a list",
    order: "name",
    run: (s) =>
      new s.libs.RunnableEach({ bound: model(s, "each one") }).invoke([{ x: "1" }, { x: "2" }], {
        callbacks: s.callbacks,
      }),
    expected: `
      chain RunnableEach
        chain RunnableSequence
          chain ChatPromptTemplate
          chain StrOutputParser
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain RunnableSequence
          chain ChatPromptTemplate
          chain StrOutputParser
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
  },
  {
    name: "a lambda that returns a runnable",
    run: (s) =>
      s.libs.RunnableLambda.from((input: { x: string }) => (input.x === "" ? "none" : model(s, "chosen late"))).invoke(
        { x: "q" },
        { callbacks: s.callbacks },
      ),
    expected: `
      chain RunnableLambda
        chain RunnableSequence
          chain ChatPromptTemplate
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
          chain StrOutputParser`,
  },
  {
    name: "a generator between model and reader",
    run: async (s) => {
      const shout = s.libs.RunnableLambda.from(async function* (input: string) {
        yield input.toUpperCase();
        yield "!";
      } as never);
      return drain(await model(s, "quiet words").pipe(shout).stream({ x: "q" }, { callbacks: s.callbacks }));
    },
    expected: `
      chain RunnableSequence
        chain ChatPromptTemplate
        llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain StrOutputParser
        chain RunnableLambda`,
  },
  {
    name: "a map that is streamed",
    order: "name",
    run: async (s) =>
      drain(
        await s.libs.RunnableMap.from({ one: model(s, "first of two"), two: model(s, "second") }).stream(
          { x: "q" },
          { callbacks: s.callbacks },
        ),
      ),
    expected: `
      chain RunnableMap
        chain RunnableSequence
          chain ChatPromptTemplate
          chain StrOutputParser
          llm ChatOpenAI 10+1=11 cached 3 reasoning 2
        chain RunnableSequence
          chain ChatPromptTemplate
          chain StrOutputParser
          llm ChatOpenAI 10+3=13 cached 3 reasoning 2`,
  },
  {
    name: "a conversation with history",
    run: async (s) => {
      const { libs, callbacks } = s;
      const histories = new Map<string, InstanceType<typeof libs.InMemoryChatMessageHistory>>();
      const chain = new libs.RunnableWithMessageHistory({
        runnable: libs.ChatPromptTemplate.fromMessages([
          new libs.MessagesPlaceholder("history"),
          ["human", "{x}"],
        ]).pipe(s.chat()),
        getMessageHistory: (id: string) => {
          const history = histories.get(id) ?? new libs.InMemoryChatMessageHistory();
          histories.set(id, history);
          return history;
        },
        inputMessagesKey: "x",
        historyMessagesKey: "history",
      });
      const config = { callbacks, configurable: { sessionId: "s1" } };
      await chain.invoke({ x: "[[say:first answer]]" }, config);
      await chain.invoke({ x: "[[say:second]]" }, config);
    },
    expected: `
      chain RunnableWithMessageHistory
        chain insertHistory
          chain loadHistory
        chain RunnableSequence
          chain ChatPromptTemplate
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
      chain RunnableWithMessageHistory
        chain insertHistory
          chain loadHistory
        chain RunnableSequence
          chain ChatPromptTemplate
          llm ChatOpenAI 30+1=31 cached 3 reasoning 2`,
  },
  {
    name: "a batch in which one fails",
    order: "name",
    run: ({ libs, callbacks }) =>
      libs.RunnableLambda.from((n: number) => {
        if (n === 2) throw new Error("two is too much");
        return n;
      }).batch([1, 2, 3], { callbacks, maxConcurrency: 1 }, { returnExceptions: true }),
    expected: `
      chain RunnableLambda
      chain RunnableLambda
      chain RunnableLambda error: two is too much`,
  },
  {
    name: "a batch that fails while others run",
    order: "name",
    run: async ({ libs, callbacks }) => {
      const step = libs.RunnableLambda.from(async (n: number) => {
        if (n === 2) throw new Error("two is too much");
        await sleep(20);
        return n;
      });
      await failing(() => step.batch([1, 2, 3], { callbacks }));
      await sleep(40);
    },
    expected: `
      chain RunnableLambda
      chain RunnableLambda
      chain RunnableLambda error: two is too much`,
  },
];
