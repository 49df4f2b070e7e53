import { drain, failing, leaveAfter, type Program, user } from "./program.ts";

const USED = "cached 3 reasoning 2";
const ONE = `llm gpt-4o-mini 10+1=11 ${USED}`;

/** Parts that a program writes itself, and those of LlamaIndex's that it uses in its own way. */
export const OWN_PARTS: readonly Program[] = [
  {
    name: "a model of the program's that asks others: their tokens count once",
    run: async ({ L, llm, model }) => {
      const broken = model({ model: "broken" });
      class Fallback extends L.BaseLLM {
        readonly metadata = {
          model: "fallback",
          temperature: 0,
          topP: 1,
          contextWindow: 4096,
          tokenizer: undefined,
          structuredOutput: false,
        };
        override async chat(params: never): Promise<never> {
          const { stream } = params as { stream?: boolean };
          if (stream !== true) await failing(() => broken.chat({ messages: user("[[status:500]]") }));
          return (await llm.chat(params)) as never;
        }
      }
      L.Settings.llm = new Fallback();
      await L.Settings.llm.chat({ messages: user("[[say:one]]") });
      const additionalChatOptions = { stream_options: { include_usage: true } };
      await drain(await L.Settings.llm.chat({ messages: user("[[say:one]]"), stream: true, additionalChatOptions }));
    },
    expected: `
      llm fallback
        llm broken error: 500 scripted failure 500
        ${ONE}
      llm fallback
        ${ONE}`,
  },
  {
    name: "a model that is made for one call, which fails, or whose stream is left",
    run: async ({ model }) => {
      await failing(() => model({ model: "gpt-4.1" }).chat({ messages: user("[[status:500]]") }));
      await leaveAfter(1, await model({ model: "gpt-4.1" }).chat({ messages: user("[[say:a b c]]"), stream: true }));
    },
    expected: `
      llm gpt-4.1 error: 500 scripted failure 500
      llm gpt-4.1 cancelled`,
  },
  {
    name: "a copy of a model, and a proxy for one",
    run: async ({ L, llm }) => {
      const copy = Object.assign(Object.create(Object.getPrototypeOf(llm) as object), llm) as typeof llm;
      L.Settings.llm = copy;
      await copy.chat({ messages: user("[[say:one]]") });
      L.Settings.llm = new Proxy(llm, {});
      await L.Settings.llm.chat({ messages: user("[[say:one]]") });
    },
    expected: `
      ${ONE}
      ${ONE}`,
  },
  {
    name: "a streamed `exec` that is left at its first chunk, and at its second",
    run: async ({ llm, tools }) => {
      for (const count of [1, 2]) {
        const messages = user("[[chunkdelay:2]][[say:a b c d]]");
        const { stream } = await llm.exec({ messages, tools: [tools.weather], stream: true });
        await leaveAfter(count, stream);
      }
    },
    expected: `
      llm gpt-4o-mini cancelled
      llm gpt-4o-mini cancelled`,
  },
  {
    name: "a streamed `exec` that calls tools, of which one throws",
    run: async ({ llm, tools }) => {
      const messages = user('[[call:broken:{}]][[call:weather:{"city":"Rome"}]]');
      const { stream } = await llm.exec({ messages, tools: [tools.weather, tools.broken], stream: true });
      await drain(stream);
    },
    expected: `
      llm gpt-4o-mini
      tool broken error: out of order
      tool weather`,
  },
  {
    name: "a stream that its reader throws into",
    run: async ({ llm }) => {
      const stream = await llm.chat({ messages: user("[[chunkdelay:2]][[say:a b c]]"), stream: true });
      const generator = stream as AsyncGenerator;
      await generator.next();
      await failing(() => generator.throw(new Error("enough")));
    },
    expected: "llm gpt-4o-mini cancelled",
  },
  {
    name: "an agent whose streamed answer is cancelled before it is read",
    run: async ({ L, tools }) => {
      const agent = new L.LLMAgent({ tools: [tools.weather] });
      const stream = await agent.chat({ message: "[[chunkdelay:2]][[say:a b c d e f]]", stream: true });
      await stream.cancel("enough");
    },
    expected: `
      agent LLMAgent cancelled
        llm gpt-4o-mini cancelled`,
  },
  {
    name: "tools of a workflow of agents that nobody traces: what they do is below them, and they fail",
    run: async ({ W, L, z, llm, index, tools }) => {
      const library = L.tool({
        name: "library",
        description: "knows letters",
        parameters: z.object({}),
        execute: async () => (await index.asQueryEngine().query({ query: "[[say:one]]" })).response,
      });
      await W.agent({ llm, tools: [library, tools.broken] }).run(
        "[[call:library:{}]][[call:broken:{}]][[next]][[say:ok]]",
      );
    },
    expected: `
      llm gpt-4o-mini
      tool library
        query RetrieverQueryEngine
          retriever VectorIndexRetriever
            embedding text-embedding-3-small 3+0=3
          synthesizer CompactAndRefine
            ${ONE}
      tool broken error: out of order
      llm gpt-4o-mini`,
  },
  {
    name: "retrievers with a way of their own: around LlamaIndex's, instead of it, and of no class of its",
    run: async ({ L, index }) => {
      class Around extends L.BaseRetriever {
        // oxlint-disable-next-line no-useless-constructor -- the inherited one is protected
        constructor() {
          super();
        }
        override _retrieve = (query: { query: string }) => index.asRetriever().retrieve(query);
        override async retrieve(query: { query: string }) {
          return (await super.retrieve(query)).slice(0, 1);
        }
      }
      class Instead extends Around {
        override async retrieve(query: { query: string }) {
          return index.asRetriever().retrieve(query);
        }
      }
      class Duck {
        async retrieve() {
          return [{ node: new L.TextNode({ text: "alpha" }), score: 1 }];
        }
      }
      for (const retriever of [new Around(), new Instead(), new Duck()]) {
        await new L.RetrieverQueryEngine(retriever as Around).query({ query: "[[say:one]]" });
      }
    },
    expected: `
      query RetrieverQueryEngine
        retriever Around
          retriever VectorIndexRetriever
            embedding text-embedding-3-small 3+0=3
        synthesizer CompactAndRefine
          ${ONE}
      query RetrieverQueryEngine
        retriever Instead
          retriever VectorIndexRetriever
            embedding text-embedding-3-small 3+0=3
        synthesizer CompactAndRefine
          ${ONE}
      query RetrieverQueryEngine
        retriever Duck
        synthesizer CompactAndRefine
          ${ONE}`,
  },
  {
    name: "texts and images that are embedded",
    run: async ({ L }) => {
      class Clip extends L.MultiModalEmbedding {
        readonly model = "clip";
        // oxlint-disable-next-line no-useless-constructor -- the inherited one is protected
        constructor() {
          super();
        }
        override getTextEmbedding = async () => [1, 0];
        override getImageEmbedding = async () => [0, 1];
      }
      const clip = new Clip();
      L.Settings.embedModel = clip;
      await clip.getImageEmbeddings([new Blob(["a"]), new Blob(["b"])]);
      await clip([new L.TextNode({ text: "alpha" }), new L.ImageNode({ image: new Blob(["a"]) })]);
    },
    expected: `
      embedding clip
      embedding clip
      embedding clip`,
  },
];
