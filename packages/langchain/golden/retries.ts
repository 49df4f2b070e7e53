import { drain, failing, type Line, type Program } from "./program.ts";

/** LangChain waits for a second and more between attempts: what is the same on all lines runs on some. */
const SOME: readonly Line[] = ["0.3", "1"];

const once = (script: string): string => `${script} ${Math.random()}`;

/** Attempts that fail, and what comes in their place. */
export const RETRIES: readonly Program[] = [
  {
    name: "withRetry: a run for each attempt",
    run: ({ chat, callbacks }) =>
      chat().withRetry({ stopAfterAttempt: 3 }).invoke(once("[[flaky:503:1]][[say:second]]"), { callbacks }),
    expected: `
      chain ChatOpenAI
        llm ChatOpenAI error: 503 scripted failure 503
        llm ChatOpenAI 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "withRetry around a chain: a tree for each attempt",
    lines: SOME,
    run: ({ libs, chat, callbacks }) =>
      libs.ChatPromptTemplate.fromTemplate("{x}")
        .pipe(chat())
        .withRetry({ stopAfterAttempt: 2 })
        .invoke({ x: once("[[flaky:503:1]][[say:second]]") }, { callbacks }),
    expected: `
      chain RunnableSequence
        chain RunnableSequence error: 503 scripted failure 503
          chain ChatPromptTemplate
          llm ChatOpenAI error: 503 scripted failure 503
        chain RunnableSequence
          chain ChatPromptTemplate
          llm ChatOpenAI 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "withRetry that gives up",
    lines: SOME,
    run: ({ chat, callbacks }) =>
      failing(() => chat().withRetry({ stopAfterAttempt: 2 }).invoke("[[status:503]]", { callbacks })),
    expected: `
      chain ChatOpenAI error: 503 scripted failure 503
        llm ChatOpenAI error: 503 scripted failure 503
        llm ChatOpenAI error: 503 scripted failure 503`,
  },
  {
    name: "withFallbacks: a run for each model",
    run: ({ chat, callbacks }) =>
      chat({ model: "first" })
        .withFallbacks({ fallbacks: [chat({ model: "second" })] })
        .invoke(once("[[flaky:500:1]][[say:saved]]"), { callbacks }),
    expected: `
      chain RunnableWithFallbacks
        llm ChatOpenAI error: 500 scripted failure 500
        llm ChatOpenAI 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "withFallbacks that all fail",
    run: ({ chat, callbacks }) =>
      failing(() =>
        chat()
          .withFallbacks({ fallbacks: [chat({ model: "second" })] })
          .invoke("[[status:500]]", { callbacks }),
      ),
    expected: `
      chain RunnableWithFallbacks error: 500 scripted failure 500
        llm ChatOpenAI error: 500 scripted failure 500
        llm ChatOpenAI error: 500 scripted failure 500`,
  },
  {
    name: "withFallbacks that are streamed",
    run: async ({ libs, chat, callbacks }) =>
      drain(
        await chat({ model: "first" })
          .withFallbacks({ fallbacks: [chat({ model: "second" })] })
          .pipe(new libs.StringOutputParser())
          .stream(once("[[flaky:500:1]][[say:saved and streamed]]"), { callbacks }),
      ),
    expected: `
      chain RunnableSequence
        chain RunnableWithFallbacks
          llm ChatOpenAI error: 500 scripted failure 500
          llm ChatOpenAI 10+3=13 cached 3 reasoning 2
        chain StrOutputParser`,
  },
  {
    name: "retries inside fallbacks",
    lines: SOME,
    run: ({ chat, callbacks }) =>
      chat({ model: "first" })
        .withRetry({ stopAfterAttempt: 2 })
        .withFallbacks({ fallbacks: [chat({ model: "second" })] })
        .invoke(once("[[flaky:503:2]][[say:saved]]"), { callbacks }),
    expected: `
      chain RunnableWithFallbacks
        chain ChatOpenAI error: 503 scripted failure 503
          llm ChatOpenAI error: 503 scripted failure 503
          llm ChatOpenAI error: 503 scripted failure 503
        llm ChatOpenAI 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "a client that tries again by itself is one run",
    lines: SOME,
    run: ({ chat, callbacks }) =>
      chat({ maxRetries: 3 }).invoke(once("[[flaky:503:2]][[say:third time]]"), { callbacks }),
    expected: "llm ChatOpenAI 10+2=12 cached 3 reasoning 2",
  },
  {
    name: "a batch with retries",
    lines: SOME,
    order: "name",
    run: ({ chat, callbacks }) =>
      chat()
        .withRetry({ stopAfterAttempt: 2 })
        .batch([once("[[flaky:503:1]][[say:again]]"), once("[[say:at once]]")], { callbacks }),
    expected: `
      chain ChatOpenAI
        llm ChatOpenAI 10+1=11 cached 3 reasoning 2
        llm ChatOpenAI error: 503 scripted failure 503
      chain ChatOpenAI
        llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
  },
];
