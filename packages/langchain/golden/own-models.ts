import { drain, failing, type Program, type Setting } from "./program.ts";

type Manager = { handleLLMNewToken(token: string, ...more: unknown[]): Promise<void> } | undefined;

/** A model as people write one: it answers with what it was asked. */
const echo = ({ libs }: Setting) => {
  class Echo extends libs.SimpleChatModel {
    _llmType(): string {
      return "echo";
    }
    async _call(messages: { text: string }[]): Promise<string> {
      return messages.at(-1)?.text ?? "";
    }
  }
  return new Echo({});
};

/** One that streams, and hands its chunks to LangChain. */
const streaming = ({ libs }: Setting) => {
  class Words extends libs.SimpleChatModel {
    _llmType(): string {
      return "words";
    }
    async _call(): Promise<string> {
      return "whole";
    }
    override async *_streamResponseChunks(_messages: unknown, _options: unknown, manager?: Manager) {
      for (const text of ["one ", "two ", "three"]) {
        yield new libs.ChatGenerationChunk({ text, message: new libs.AIMessageChunk(text) });
        await manager?.handleLLMNewToken(text);
      }
    }
  }
  return new Words({});
};

const completion = ({ libs }: Setting) => {
  class Plain extends libs.LLM {
    _llmType(): string {
      return "plain";
    }
    async _call(prompt: string): Promise<string> {
      if (prompt === "fail") throw new Error("the model is broken");
      return prompt.toUpperCase();
    }
  }
  return new Plain({});
};

/** Models that people write themselves, and handlers of other kinds beside ours. */
export const OWN_MODELS: readonly Program[] = [
  {
    name: "a chat model of one's own",
    run: (s) =>
      s.libs.ChatPromptTemplate.fromTemplate("{x}").pipe(echo(s)).invoke({ x: "hi" }, { callbacks: s.callbacks }),
    expected: `
      chain RunnableSequence
        chain ChatPromptTemplate
        llm Echo`,
  },
  {
    name: "a chat model of one's own that streams",
    run: async (s) => drain(await streaming(s).stream("hi", { callbacks: s.callbacks })),
    expected: "llm Words",
  },
  {
    name: "the same, made to stream by the events of a chain",
    run: async (s) => {
      const chain = streaming(s).pipe(new s.libs.StringOutputParser());
      await drain(chain.streamEvents("hi", { version: "v2", callbacks: s.callbacks }));
    },
    expected: `
      chain RunnableSequence
        llm Words
        chain StrOutputParser`,
  },
  {
    name: "the same, left by its reader",
    run: async (s) => {
      let chunks = 0;
      for await (const _chunk of await streaming(s).stream("hi", { callbacks: s.callbacks })) if (++chunks === 2) break;
    },
    expected: "llm Words unfinished",
  },
  {
    name: "a completion model of one's own, and its failure",
    run: async (s) => {
      await completion(s).invoke("hi", { callbacks: s.callbacks });
      await failing(() => completion(s).invoke("fail", { callbacks: s.callbacks }));
    },
    expected: `
      llm Plain
      llm Plain error: the model is broken`,
  },
  {
    name: "several prompts at once",
    order: "name",
    run: (s) => completion(s).batch(["a", "b", "c"], { callbacks: s.callbacks, maxConcurrency: 2 }),
    expected: `
      llm Plain
      llm Plain
      llm Plain`,
  },
  {
    name: "a tracer of LangChain's beside the handler",
    run: async (s) => {
      class Quiet extends s.libs.BaseTracer {
        name = "quiet_tracer";
        protected persistRun(): Promise<void> {
          return Promise.resolve();
        }
      }
      const callbacks = [...s.callbacks, new Quiet()];
      const inner = s.libs.RunnableLambda.from(async (x: string) => echo(s).invoke(x));
      await s.libs.RunnableLambda.from(async (x: string) => inner.invoke(x)).invoke("hi", { callbacks });
    },
    expected: `
      chain RunnableLambda
        chain RunnableLambda
          llm Echo`,
  },
  {
    name: "a handler that fails beside ours",
    run: (s) => {
      class Failing extends s.libs.BaseCallbackHandler {
        name = "failing";
        override handleChainStart(): void {
          throw new Error("not ours");
        }
        override handleLLMEnd(): Promise<never> {
          return Promise.reject(new Error("not ours either"));
        }
      }
      const callbacks = [new Failing(), ...s.callbacks];
      return s.libs.ChatPromptTemplate.fromTemplate("{x}").pipe(echo(s)).invoke({ x: "hi" }, { callbacks });
    },
    expected: `
      chain RunnableSequence
        chain ChatPromptTemplate
        llm Echo`,
  },
];
