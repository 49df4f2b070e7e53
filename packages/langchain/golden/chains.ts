import { drain, failing, type Program, type Setting, sleep } from "./program.ts";

const ask = ({ libs, chat }: Setting, fields?: Record<string, unknown>) =>
  libs.ChatPromptTemplate.fromMessages([
    ["system", "You are terse."],
    ["human", "{q}"],
  ])
    .pipe(chat(fields))
    .pipe(new libs.StringOutputParser());

/** Chains, compositions and retrieval. */
export const CHAINS: readonly Program[] = [
  {
    name: "prompt, model and parser, invoked",
    run: (s) => ask(s).invoke({ q: "[[say:alpha beta gamma]] hi" }, { callbacks: s.callbacks }),
    expected: `
      chain RunnableSequence
        chain ChatPromptTemplate
        llm ChatOpenAI 20+3=23 cached 3 reasoning 2
        chain StrOutputParser`,
  },
  {
    name: "the same, streamed to the end",
    run: async (s) => drain(await ask(s).stream({ q: "[[say:one two three four]] hi" }, { callbacks: s.callbacks })),
    expected: `
      chain RunnableSequence
        chain ChatPromptTemplate
        llm ChatOpenAI 20+4=24 cached 3 reasoning 2
        chain StrOutputParser`,
  },
  {
    name: "a batch",
    order: "name",
    run: (s) =>
      ask(s).batch(
        [1, 2, 3].map((n) => ({ q: `[[say:number ${n}]] ?` })),
        { callbacks: s.callbacks },
      ),
    expected: `
      chain RunnableSequence
        chain ChatPromptTemplate
        chain StrOutputParser
        llm ChatOpenAI 20+2=22 cached 3 reasoning 2
      chain RunnableSequence
        chain ChatPromptTemplate
        chain StrOutputParser
        llm ChatOpenAI 20+2=22 cached 3 reasoning 2
      chain RunnableSequence
        chain ChatPromptTemplate
        chain StrOutputParser
        llm ChatOpenAI 20+2=22 cached 3 reasoning 2`,
  },
  {
    name: "20 roots at once on one handler",
    order: "name",
    run: (s) =>
      Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          ask(s).invoke(
            { q: `[[jitter:20]][[say:${"word ".repeat(n + 1)}]]` },
            { callbacks: s.callbacks, runName: `root-${String(n).padStart(2, "0")}` },
          ),
        ),
      ),
    expected: Array.from(
      { length: 20 },
      (_, n) => `
      chain root-${String(n).padStart(2, "0")}
        chain ChatPromptTemplate
        chain StrOutputParser
        llm ChatOpenAI 20+${n + 1}=${n + 21} cached 3 reasoning 2`,
    ).join(""),
  },
  {
    name: "branches of a map",
    order: "name",
    run: ({ libs, chat, callbacks }) =>
      libs.RunnableMap.from({
        joke: libs.ChatPromptTemplate.fromTemplate("[[say:ha ha]] {t}").pipe(chat()),
        poem: libs.ChatPromptTemplate.fromTemplate("[[say:roses are red]] {t}").pipe(chat()),
        raw: new libs.RunnablePassthrough(),
      }).invoke({ t: "bears" }, { callbacks }),
    expected: `
      chain RunnableMap
        chain RunnablePassthrough
        chain RunnableSequence
          chain ChatPromptTemplate
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain RunnableSequence
          chain ChatPromptTemplate
          llm ChatOpenAI 10+3=13 cached 3 reasoning 2`,
  },
  {
    name: "a model inside a lambda that passes no config",
    run: ({ libs, chat, callbacks }) =>
      libs.RunnableLambda.from(async (q: string) => {
        await sleep(2);
        return (await chat().invoke(`[[say:nested]] ${q}`)).content;
      }).invoke("q", { callbacks }),
    expected: `
      chain RunnableLambda
        llm ChatOpenAI 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "retrieval: documents, question, answer",
    run: async ({ libs, chat, callbacks }) => {
      const store = new libs.MemoryVectorStore(new libs.FakeEmbeddings());
      await store.addDocuments([new libs.Document({ pageContent: "Paris is in France", metadata: { id: 1 } })]);
      return libs.RunnableSequence.from([
        { context: store.asRetriever(1), question: new libs.RunnablePassthrough() },
        libs.ChatPromptTemplate.fromTemplate("[[say:in France]] {context} {question}"),
        chat(),
      ]).invoke("Where is Paris?", { callbacks });
    },
    order: "name",
    expected: `
      chain RunnableSequence
        chain ChatPromptTemplate
        chain RunnableMap
          chain RunnablePassthrough
          retriever VectorStoreRetriever
        llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
  },
  {
    name: "a retriever that fails",
    run: ({ libs, callbacks }) => {
      class Offline extends libs.BaseRetriever {
        lc_namespace = ["test"];
        override _getRelevantDocuments(): Promise<never> {
          return Promise.reject(new Error("index offline"));
        }
      }
      return failing(() => new Offline().pipe((documents: unknown[]) => documents.length).invoke("x", { callbacks }));
    },
    expected: `
      chain RunnableSequence error: index offline
        retriever Offline error: index offline`,
  },
  {
    name: "what is thrown need not be an error",
    run: async ({ libs, callbacks }) => {
      for (const thrown of ["just text", undefined, { code: 42 }]) {
        const lambda = libs.RunnableLambda.from(() => {
          throw thrown;
        });
        await failing(() => lambda.invoke("x", { callbacks })).catch(() => "threw undefined");
      }
    },
    expected: `
      chain RunnableLambda error: just text
      chain RunnableLambda error: undefined
      chain RunnableLambda error: {"code":42}`,
  },
  {
    name: "custom events are marks of the run around them",
    run: ({ libs, callbacks }) =>
      libs.RunnableLambda.from(async (x: string) => {
        await libs.dispatchCustomEvent("progress", { done: 0.5 });
        return x;
      }).invoke("q", { callbacks }),
    expected: "chain RunnableLambda [progress]",
  },
];
