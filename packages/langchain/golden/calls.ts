import { drain, type Program, type Setting } from "./program.ts";

const model = (s: Setting, text: string) =>
  s.libs.ChatPromptTemplate.fromTemplate(`[[say:${text}]] {x}`).pipe(s.chat()).pipe(new s.libs.StringOutputParser());

/** Ways of calling them, one inside the other. */
export const CALLS: readonly Program[] = [
  {
    name: "events of version 1, read to the end",
    run: async (s) => drain(model(s, "one event").streamEvents({ x: "q" }, { version: "v1", callbacks: s.callbacks })),
    expected: `
      chain RunnableSequence
        chain ChatPromptTemplate
        llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain StrOutputParser`,
  },
  {
    name: "events of version 2, read to the end",
    run: async (s) => drain(model(s, "two events").streamEvents({ x: "q" }, { version: "v2", callbacks: s.callbacks })),
    expected: `
      chain RunnableSequence
        chain ChatPromptTemplate
        llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain StrOutputParser`,
  },
  {
    name: "the log of a stream, read to the end",
    run: async (s) => drain(model(s, "logged").streamLog({ x: "q" }, { callbacks: s.callbacks })),
    expected: `
      chain RunnableSequence
        chain ChatPromptTemplate
        llm ChatOpenAI 10+1=11 cached 3 reasoning 2
        chain StrOutputParser`,
  },
  {
    name: "a chain as a tool",
    run: (s) =>
      model(s, "as a tool")
        .asTool({ name: "asker", description: "asks", schema: s.libs.z.object({ x: s.libs.z.string() }) as never })
        .invoke({ x: "q" } as never, { callbacks: s.callbacks }),
    expected: `
      chain asker
        chain asker:parse_input
        chain RunnableSequence
          chain ChatPromptTemplate
          llm ChatOpenAI 10+3=13 cached 3 reasoning 2
          chain StrOutputParser`,
  },
  {
    name: "names, tags and metadata by withConfig",
    run: (s) =>
      model(s, "named")
        .withConfig({ runName: "Named", tags: ["t"], metadata: { m: 1 } })
        .invoke({ x: "q" }, { callbacks: s.callbacks }),
    expected: `
      chain Named
        chain ChatPromptTemplate
        llm ChatOpenAI 10+1=11 cached 3 reasoning 2
        chain StrOutputParser`,
  },
  {
    name: "a lambda in a lambda in a lambda",
    run: ({ libs, callbacks, chat }) => {
      const third = libs.RunnableLambda.from(
        async (x: string) => (await chat().invoke(`[[say:deep]] ${x}`)).text,
      ).withConfig({ runName: "third" });
      const second = libs.RunnableLambda.from(async (x: string) => third.invoke(x)).withConfig({ runName: "second" });
      return libs.RunnableLambda.from(async (x: string) => second.invoke(x))
        .withConfig({ runName: "first" })
        .invoke("q", { callbacks });
    },
    expected: `
      chain first
        chain second
          chain third
            llm ChatOpenAI 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "a step with no callbacks is not seen",
    run: ({ libs, callbacks, chat }) =>
      libs.RunnableLambda.from(async (x: string) => {
        await chat().invoke(`[[say:unseen]] ${x}`, { callbacks: [] });
        return (await chat().invoke(`[[say:seen]] ${x}`)).text;
      }).invoke("q", { callbacks }),
    expected: `
      chain RunnableLambda
        llm ChatOpenAI 10+1=11 cached 3 reasoning 2`,
  },
];
