import type { Program, Setting } from "./program.ts";

async function store({ libs }: Setting) {
  const vectors = new libs.MemoryVectorStore(new libs.FakeEmbeddings());
  await vectors.addDocuments([
    new libs.Document({ pageContent: "Paris is in France", metadata: { id: 1 } }),
    new libs.Document({ pageContent: "Rome is in Italy", metadata: { id: 2 } }),
  ]);
  return vectors;
}

const documents = ({ libs }: Setting) => [
  new libs.Document({ pageContent: "Paris is in France" }),
  new libs.Document({ pageContent: "Rome is in Italy" }),
];

const question = (s: Setting) =>
  s.libs.ChatPromptTemplate.fromMessages([
    ["system", "Use this: {context}"],
    ["human", "[[say:in France]] {input}"],
  ]);

/** Counting tokens would fetch a vocabulary. */
function withoutCounting(s: Setting) {
  return Object.assign(s.chat(), { getNumTokens: async () => 10 });
}

/** Retrieval, and chains over documents, old and new. */
export const RETRIEVAL: readonly Program[] = [
  {
    name: "createRetrievalChain over createStuffDocumentsChain",
    order: "name",
    run: async (s) => {
      const combineDocsChain = await s.libs.createStuffDocumentsChain({ llm: s.chat(), prompt: question(s) });
      const retriever = (await store(s)).asRetriever(1);
      const chain = await s.libs.createRetrievalChain({ retriever, combineDocsChain });
      await chain.invoke({ input: "Where is Paris?" }, { callbacks: s.callbacks });
    },
    expected: `
      chain retrieval_chain
        chain RunnableMap
          chain RunnableLambda
          chain retrieve_documents
            chain RunnableLambda
            retriever VectorStoreRetriever
        chain RunnableMap
          chain RunnableSequence
            chain ChatPromptTemplate
            chain RunnableMap
              chain RunnableSequence
                chain RunnableLambda
                  chain document_formatter
                chain RunnablePick
            chain StrOutputParser
            llm ChatOpenAI 20+2=22 cached 3 reasoning 2`,
  },
  {
    name: "a history-aware retriever asks again when there is a history",
    order: "name",
    run: async (s) => {
      const rephrasePrompt = s.libs.ChatPromptTemplate.fromMessages([
        new s.libs.MessagesPlaceholder("chat_history"),
        ["human", "[[say:Where is Paris?]] {input}"],
      ]);
      const retriever = await s.libs.createHistoryAwareRetriever({
        llm: s.chat(),
        retriever: (await store(s)).asRetriever(1),
        rephrasePrompt,
      });
      const chat_history = [new s.libs.HumanMessage("I like Paris"), new s.libs.AIMessage("So do I")];
      await retriever.invoke({ input: "Where is it?", chat_history }, { callbacks: s.callbacks });
    },
    expected: `
      chain history_aware_retriever
        chain RunnableLambda
        chain RunnableSequence
          chain ChatPromptTemplate
          chain StrOutputParser
          llm ChatOpenAI 30+3=33 cached 3 reasoning 2
          retriever VectorStoreRetriever`,
  },
  {
    name: "a multi-query retriever",
    order: "name",
    run: async (s) => {
      const retriever = s.libs.MultiQueryRetriever.fromLLM({
        llm: s.chat(),
        retriever: (await store(s)).asRetriever(1),
        queryCount: 2,
        prompt: s.libs.PromptTemplate.fromTemplate(
          "[[say:<questions>\nWhere?\nWhen?\n</questions>]] {queryCount} {question}",
        ),
      });
      await retriever.invoke("Where is Paris?", { callbacks: s.callbacks });
    },
    expected: `
      retriever MultiQueryRetriever
        chain LLMChain
          llm ChatOpenAI 10+4=14 cached 3 reasoning 2
        retriever VectorStoreRetriever
        retriever VectorStoreRetriever`,
  },
  {
    name: "contextual compression",
    order: "name",
    run: async (s) => {
      const retriever = new s.libs.ContextualCompressionRetriever({
        baseCompressor: s.libs.LLMChainExtractor.fromLLM(s.chat()),
        baseRetriever: (await store(s)).asRetriever(2),
      });
      await retriever.invoke("Where is Paris?", { callbacks: s.callbacks });
    },
    expected: `
      retriever ContextualCompressionRetriever
        retriever VectorStoreRetriever`,
  },
  {
    name: "an ensemble of retrievers",
    order: "name",
    run: async (s) => {
      const vectors = await store(s);
      const retriever = new s.libs.EnsembleRetriever({ retrievers: [vectors.asRetriever(1), vectors.asRetriever(2)] });
      await retriever.invoke("Where is Paris?", { callbacks: s.callbacks });
    },
    expected: `
      retriever EnsembleRetriever
        retriever VectorStoreRetriever
        retriever VectorStoreRetriever`,
  },
  {
    name: "RetrievalQAChain",
    order: "name",
    run: async (s) => {
      const chain = s.libs.RetrievalQAChain.fromLLM(s.chat(), (await store(s)).asRetriever(1));
      await chain.invoke({ query: "[[say:in France]] Where is Paris?" }, { callbacks: s.callbacks });
    },
    expected: `
      chain RetrievalQAChain
        chain StuffDocumentsChain
          chain LLMChain
            llm ChatOpenAI 20+2=22 cached 3 reasoning 2
        retriever VectorStoreRetriever`,
  },
  {
    name: "ConversationalRetrievalQAChain with memory",
    order: "name",
    run: async (s) => {
      const chain = s.libs.ConversationalRetrievalQAChain.fromLLM(s.chat(), (await store(s)).asRetriever(1), {
        memory: new s.libs.BufferMemory({ memoryKey: "chat_history", returnMessages: true }),
      });
      await chain.invoke({ question: "[[say:in France]] Where is Paris?" }, { callbacks: s.callbacks });
      await chain.invoke({ question: "[[say:in Italy]] And Rome?" }, { callbacks: s.callbacks });
    },
    expected: `
      chain ConversationalRetrievalQAChain
        chain LLMChain
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain StuffDocumentsChain
          chain LLMChain
            llm ChatOpenAI 20+5=25 cached 3 reasoning 2
        retriever VectorStoreRetriever
      chain ConversationalRetrievalQAChain
        chain StuffDocumentsChain
          chain LLMChain
            llm ChatOpenAI 20+2=22 cached 3 reasoning 2
        retriever VectorStoreRetriever`,
  },
  {
    name: "map and reduce over documents",
    order: "name",
    run: (s) =>
      s.libs
        .loadQAMapReduceChain(withoutCounting(s))
        .invoke({ input_documents: documents(s), question: "[[say:short]] Where?" }, { callbacks: s.callbacks }),
    expected: `
      chain MapReduceDocumentsChain
        chain StuffDocumentsChain
          chain LLMChain
            llm ChatOpenAI 20+1=21 cached 3 reasoning 2`,
  },
  {
    name: "refine over documents",
    order: "name",
    run: (s) =>
      s.libs
        .loadQARefineChain(s.chat())
        .invoke({ input_documents: documents(s), question: "[[say:short]] Where?" }, { callbacks: s.callbacks }),
    expected: `
      chain RefineDocumentsChain
        chain LLMChain
          llm ChatOpenAI 20+1=21 cached 3 reasoning 2
        chain LLMChain
          llm ChatOpenAI 30+1=31 cached 3 reasoning 2`,
  },
  {
    name: "LLMChain and ConversationChain",
    run: async (s) => {
      const { libs, callbacks } = s;
      const prompt = libs.PromptTemplate.fromTemplate("[[say:legacy reply]] {q}");
      await new libs.LLMChain({ llm: s.chat(), prompt }).invoke({ q: "x" }, { callbacks });
      await new libs.ConversationChain({ llm: s.chat() }).invoke({ input: "[[say:hello]]" }, { callbacks });
    },
    expected: `
      chain LLMChain
        llm ChatOpenAI 10+2=12 cached 3 reasoning 2
      chain ConversationChain
        llm ChatOpenAI 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "chains in a sequence, with what they say on the way",
    run: async (s) => {
      const { libs, callbacks } = s;
      const chain = (text: string, from: string, to: string) =>
        new libs.LLMChain({
          llm: s.chat(),
          prompt: libs.PromptTemplate.fromTemplate(`[[say:${text}]] {${from}}`),
          outputKey: to,
        });
      await new libs.SequentialChain({
        chains: [chain("a title", "topic", "title"), chain("a review", "title", "review")],
        inputVariables: ["topic"],
      }).invoke({ topic: "bears" }, { callbacks });
      await new libs.SimpleSequentialChain({
        chains: [chain("a title", "topic", "title"), chain("a review", "title", "review")],
      }).invoke({ input: "bears" }, { callbacks });
    },
    expected: `
      chain SequentialChain
        chain LLMChain
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain LLMChain
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
      chain SimpleSequentialChain [text, text]
        chain LLMChain
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain LLMChain
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
  },
  {
    name: "a retriever inside a tool",
    run: async (s) => {
      const retriever = (await store(s)).asRetriever(1);
      await s.libs
        .tool(async ({ q }: { q: string }) => (await retriever.invoke(q)).map((found) => found.pageContent).join(), {
          name: "search",
          description: "searches",
          schema: s.libs.z.object({ q: s.libs.z.string() }),
        })
        .invoke({ q: "Paris" }, { callbacks: s.callbacks });
    },
    expected: `
      tool search
        retriever VectorStoreRetriever`,
  },
];
