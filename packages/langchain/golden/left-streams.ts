import { failing, type Program, type Setting, sleep } from "./program.ts";

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

/** Streams that their readers leave, in all the ways there are. */
export const LEFT_STREAMS: readonly Program[] = [
  {
    name: "a chain whose stream is left",
    run: async (s) => readSome(await chain(s).stream({ x: SLOW }, { callbacks: s.callbacks }), 2, () => undefined),
    expected: `
      chain RunnableSequence unfinished
        chain ChatPromptTemplate
        llm ChatOpenAI unfinished
        chain StrOutputParser unfinished`,
  },
  {
    name: "a reader that throws",
    run: async (s) => {
      const stream = await chain(s).stream({ x: SLOW }, { callbacks: s.callbacks });
      await failing(() => readSome(stream, 2, stop));
    },
    expected: `
      chain RunnableSequence unfinished
        chain ChatPromptTemplate
        llm ChatOpenAI unfinished
        chain StrOutputParser unfinished`,
  },
  {
    name: "a stream that is cancelled",
    run: async (s) => {
      const stream = await chain(s).stream({ x: SLOW }, { callbacks: s.callbacks });
      const reader = stream.getReader();
      await reader.read();
      await reader.cancel("the client left");
    },
    expected: `
      chain RunnableSequence unfinished
        chain ChatPromptTemplate
        llm ChatOpenAI unfinished
        chain StrOutputParser unfinished`,
  },
  {
    name: "a stream that nobody reads on",
    run: async (s) => {
      const stream = await chain(s).stream({ x: SLOW }, { callbacks: s.callbacks });
      await stream.next();
    },
    expected: `
      chain RunnableSequence unfinished
        chain ChatPromptTemplate
        llm ChatOpenAI unfinished
        chain StrOutputParser unfinished`,
  },
  {
    name: "a map whose stream is left",
    order: "name",
    run: async (s) => {
      const map = s.libs.RunnableMap.from({ one: chain(s), two: chain(s) });
      await readSome(await map.stream({ x: SLOW }, { callbacks: s.callbacks }), 2, () => undefined);
      await sleep(100);
    },
    expected: `
      chain RunnableMap unfinished
        chain RunnableSequence unfinished
          chain ChatPromptTemplate
          chain StrOutputParser unfinished
          llm ChatOpenAI unfinished
        chain RunnableSequence unfinished
          chain ChatPromptTemplate
          chain StrOutputParser unfinished
          llm ChatOpenAI unfinished`,
  },
  {
    name: "a signal while the reader holds a chunk",
    run: async (s) => {
      const controller = new AbortController();
      const stream = await chain(s).stream({ x: SLOW }, { callbacks: s.callbacks, signal: controller.signal });
      await failing(async () => {
        for await (const _chunk of stream) controller.abort();
      });
      await sleep(50);
    },
    expected: `
      chain RunnableSequence unfinished
        chain ChatPromptTemplate
        llm ChatOpenAI cancelled
        chain StrOutputParser unfinished`,
  },
  {
    name: "a signal before the first chunk",
    run: async (s) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 30);
      const config = { callbacks: s.callbacks, signal: controller.signal };
      await failing(() => chain(s).invoke({ x: `[[delay:300]]${SLOW}` }, config));
      await sleep(30);
    },
    expected: {
      "1": `
        chain RunnableSequence error: This operation was aborted
          chain ChatPromptTemplate
          llm ChatOpenAI error: Request was aborted.`,
      "0.3": `
        chain RunnableSequence error: Aborted
          chain ChatPromptTemplate
          llm ChatOpenAI error: Request was aborted.`,
    },
  },
  {
    name: "a model's stream that is left inside a lambda",
    run: async (s) => {
      await s.libs.RunnableLambda.from(async (x: string) => {
        for await (const chunk of await s.chat().stream(x)) if (chunk.text !== "") return chunk.text;
        return "";
      }).invoke(SLOW, { callbacks: s.callbacks });
    },
    expected: `
      chain RunnableLambda
        llm ChatOpenAI unfinished`,
  },
  {
    name: "a model's stream that is left inside a tool",
    run: (s) =>
      s.libs
        .tool(
          async ({ q }: { q: string }) => {
            for await (const chunk of await s.chat().stream(q)) if (chunk.text !== "") return chunk.text;
            return "";
          },
          { name: "peek", description: "peeks", schema: s.libs.z.object({ q: s.libs.z.string() }) },
        )
        .invoke({ q: SLOW }, { callbacks: s.callbacks }),
    expected: `
      tool peek
        llm ChatOpenAI unfinished`,
  },
];
