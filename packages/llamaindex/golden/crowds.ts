import { type Program, type Setting, user } from "./program.ts";

type Task = (setting: Setting, tag: string) => Promise<unknown>;

const chat: Task = ({ llm }, tag) => llm.chat({ messages: user(`[[jitter:20]][[say:${tag}]]`) });

const query: Task = ({ index }, tag) => index.asQueryEngine().query({ query: `[[jitter:20]][[say:${tag}]]` });

const agent: Task = ({ L, tools }, tag) =>
  new L.LLMAgent({ tools: [tools.weather] }).chat({
    message: `[[jitter:20]][[call:weather:{"city":"${tag}"}]][[next]][[say:${tag}]]`,
  });

const workflow: Task = ({ W, llm, tools, handler }, tag) =>
  handler
    .traceWorkflow(W.agent({ name: "guide", llm, tools: [tools.weather] }))
    .run(`[[jitter:20]][[call:weather:{"city":"${tag}"}]][[next]][[say:${tag}]]`);

const TASKS: readonly Task[] = [chat, query, agent, workflow];

/** Many runs at once, on one handler. */
export const CROWDS: readonly Program[] = [
  {
    name: "twenty queries on one engine",
    order: "name",
    run: ({ index }) => {
      const engine = index.asQueryEngine();
      return Promise.all(Array.from({ length: 20 }, () => engine.query({ query: "[[jitter:30]][[say:yes]]" })));
    },
    expected: `
      query RetrieverQueryEngine
        retriever VectorIndexRetriever
          embedding text-embedding-3-small 3+0=3
        synthesizer CompactAndRefine
          llm gpt-4o-mini 10+1=11 cached 3 reasoning 2
`.repeat(20),
  },
  {
    name: "fifty-two runs of four kinds",
    order: "name",
    run: (setting) => Promise.all(Array.from({ length: 52 }, (_, n) => TASKS[n % 4]?.(setting, `tag${n}`))),
    expected: [
      `
      agent LLMAgent
        llm gpt-4o-mini 10+7=17 cached 3 reasoning 2
        llm gpt-4o-mini 30+1=31 cached 3 reasoning 2
        tool weather
`,
      `
      llm gpt-4o-mini 10+1=11 cached 3 reasoning 2
`,
      `
      query RetrieverQueryEngine
        retriever VectorIndexRetriever
          embedding text-embedding-3-small 3+0=3
        synthesizer CompactAndRefine
          llm gpt-4o-mini 10+1=11 cached 3 reasoning 2
`,
      `
      workflow AgentWorkflow
        agent guide
          llm gpt-4o-mini
          llm gpt-4o-mini
          tool weather
`,
    ]
      .map((kind) => kind.repeat(13))
      .join(""),
  },
];
