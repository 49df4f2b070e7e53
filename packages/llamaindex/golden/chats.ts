import { drain, failing, leaveAfter, type Program } from "./program.ts";

/** Chat engines: LlamaIndex emits no event of theirs. */
export const CHATS: readonly Program[] = [
  {
    name: "a chat over an index, twice",
    run: async ({ index }) => {
      const engine = index.asChatEngine();
      await engine.chat({ message: "[[say:one]] hi" });
      await engine.chat({ message: "[[say:one two]] again" });
    },
    expected: `
      chat_engine ContextChatEngine
        retriever VectorIndexRetriever
          embedding text-embedding-3-small 3+0=3
        llm gpt-4o-mini 20+1=21 cached 3 reasoning 2
      chat_engine ContextChatEngine
        retriever VectorIndexRetriever
          embedding text-embedding-3-small 3+0=3
        llm gpt-4o-mini 40+2=42 cached 3 reasoning 2`,
  },
  {
    name: "a plain chat, whose second answer is streamed",
    run: async ({ L }) => {
      const engine = new L.SimpleChatEngine();
      await engine.chat({ message: "[[say:one]] hi" });
      await drain(await engine.chat({ message: "[[say:one two]] again", stream: true }));
    },
    expected: `
      chat_engine SimpleChatEngine
        llm gpt-4o-mini 10+1=11 cached 3 reasoning 2
      chat_engine SimpleChatEngine
        llm gpt-4o-mini`,
  },
  {
    name: "a chat that condenses the question first",
    run: ({ L, index }) =>
      new L.CondenseQuestionChatEngine({ queryEngine: index.asQueryEngine(), chatHistory: [] }).chat({
        message: "[[say:what is beta?]] and beta?",
      }),
    expected: `
      chat_engine CondenseQuestionChatEngine
        llm gpt-4o-mini 10+3=13 cached 3 reasoning 2
        query RetrieverQueryEngine
          retriever VectorIndexRetriever
            embedding text-embedding-3-small 3+0=3
          synthesizer CompactAndRefine
            llm gpt-4o-mini 10+5=15 cached 3 reasoning 2`,
  },
  {
    name: "a chat whose model fails, the first time and the second",
    run: async ({ L }) => {
      const engine = new L.SimpleChatEngine();
      await failing(() => engine.chat({ message: "[[status:500]] hi" }));
      await failing(() => engine.chat({ message: "[[status:500]] again" }));
    },
    expected: `
      chat_engine SimpleChatEngine error: 500 scripted failure 500
        llm gpt-4o-mini error: 500 scripted failure 500
      chat_engine SimpleChatEngine error: 500 scripted failure 500
        llm gpt-4o-mini error: 500 scripted failure 500`,
  },
  {
    name: "a streamed chat that its reader leaves",
    run: async ({ L }) => {
      const engine = new L.SimpleChatEngine();
      await engine.chat({ message: "[[say:one]] hi" });
      await leaveAfter(1, await engine.chat({ message: "[[say:a b c d]] again", stream: true }));
    },
    expected: `
      chat_engine SimpleChatEngine
        llm gpt-4o-mini 10+1=11 cached 3 reasoning 2
      chat_engine SimpleChatEngine cancelled
        llm gpt-4o-mini cancelled`,
  },
];
