import { drain, failing, type Program, type Setting, settled, sleep } from "./program.ts";

const state = ({ libs }: Setting) =>
  libs.Annotation.Root({
    log: libs.Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
    route: libs.Annotation<string>(),
  });

const step = (text: string) => async () => ({ log: [text] });

const two = (s: Setting) =>
  new s.libs.StateGraph(state(s))
    .addNode("one", step("1"))
    .addNode("two", async () => ({ log: [(await s.chat().invoke("[[say:second node]]")).text] }))
    .addEdge(s.libs.START, "one")
    .addEdge("one", "two")
    .addEdge("two", s.libs.END);

/** Tasks of LangGraph, and ways in which graphs run and fail. */
export const GRAPH_RUNS: readonly Program[] = [
  {
    name: "an entrypoint with tasks",
    order: "name",
    run: ({ libs, chat, callbacks }) => {
      const draft = libs.task("draft", async (topic: string) => (await chat().invoke(`[[say:on ${topic}]]`)).text);
      const flow = libs.entrypoint("flow", async (topics: string[]) =>
        Promise.all(topics.map((topic) => draft(topic))),
      );
      return flow.invoke(["bears", "owls"], { callbacks });
    },
    expected: `
      chain flow
        chain draft
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain draft
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain flow`,
  },
  {
    name: "a task that fails",
    run: ({ libs, callbacks }) => {
      const broken = libs.task("broken", async () => {
        throw new Error("no luck");
      });
      const flow = libs.entrypoint("flow", async (_input: string) => broken());
      return failing(() => flow.invoke("x", { callbacks }));
    },
    expected: {
      "1": `
        chain flow error: no luck
          chain flow error: This operation was aborted
          chain broken error: no luck`,
      "0.3": `
        chain flow error: no luck
          chain flow error: Aborted
          chain broken error: no luck`,
      "0.3.40": `
        chain flow error: no luck
          chain flow error: no luck
          chain broken error: no luck`,
    },
  },
  {
    name: "a node that fails stops its neighbour",
    order: "name",
    run: (s) => {
      const { libs, callbacks } = s;
      const graph = new libs.StateGraph(state(s))
        .addNode("bad", async () => {
          throw new Error("node exploded");
        })
        .addNode("slow", async () => {
          await sleep(30);
          return { log: ["slow"] };
        })
        .addEdge(libs.START, "bad")
        .addEdge(libs.START, "slow")
        .addEdge("bad", libs.END)
        .addEdge("slow", libs.END)
        .compile();
      return failing(() => graph.invoke({ log: [] }, { callbacks }));
    },
    expected: {
      "1": `
        chain LangGraph error: node exploded
          chain bad error: node exploded
          chain slow error: This operation was aborted`,
      "0.3": `
        chain LangGraph error: node exploded
          chain bad error: node exploded
          chain slow error: Aborted`,
      "0.3.40": `
        chain LangGraph error: node exploded
          chain bad error: node exploded
          chain slow unfinished`,
    },
  },
  {
    name: "a graph in all stream modes",
    run: async (s) => {
      const graph = two(s).compile();
      const streamMode = ["values", "updates", "messages", "custom", "debug"] as never;
      await drain(await graph.stream({ log: [] }, { callbacks: s.callbacks, streamMode, subgraphs: true }));
    },
    expected: `
      chain LangGraph
        chain one
        chain two
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
  },
  {
    name: "a graph by its events",
    run: async (s) => drain(two(s).compile().streamEvents({ log: [] }, { version: "v2", callbacks: s.callbacks })),
    expected: `
      chain LangGraph
        chain one
        chain two
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
  },
  {
    name: "a batch of a graph",
    order: "name",
    run: (s) =>
      two(s)
        .compile()
        .batch([{ log: [] }, { log: ["x"] }], { callbacks: s.callbacks }),
    expected: `
      chain LangGraph
        chain one
        chain two
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
      chain LangGraph
        chain one
        chain two
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
  },
  {
    name: "a graph whose reader leaves the stream of updates",
    run: async (s) => {
      const { libs, callbacks } = s;
      const graph = new libs.StateGraph(state(s))
        .addNode("one", step("1"))
        .addNode("two", async () => {
          await sleep(20);
          return { log: ["2"] };
        })
        .addEdge(libs.START, "one")
        .addEdge("one", "two")
        .addEdge("two", libs.END)
        .compile();
      for await (const _update of await graph.stream({ log: [] }, { callbacks, streamMode: "updates" })) break;
      await settled(s);
    },
    expected: {
      "1": `
        chain LangGraph error: Abort
          chain one
          chain two error: This operation was aborted`,
      "1.1": `
        chain LangGraph
          chain one
          chain two`,
      "0.3.40": `
        chain LangGraph unfinished
          chain one
          chain two`,
    },
  },
  {
    name: "a node that is tried again",
    run: (s) => {
      const { libs, callbacks } = s;
      let tries = 0;
      return new libs.StateGraph(state(s))
        .addNode(
          "flaky",
          async () => {
            tries += 1;
            if (tries < 2) throw new Error("not yet");
            return { log: ["done"] };
          },
          { retryPolicy: { maxAttempts: 3, initialInterval: 1, retryOn: () => true, logWarning: false } },
        )
        .addEdge(libs.START, "flaky")
        .compile()
        .invoke({ log: [] }, { callbacks });
    },
    expected: `
      chain LangGraph
        chain flaky error: not yet
        chain flaky`,
  },
  {
    name: "a subgraph that is tried again",
    run: (s) => {
      const { libs, callbacks } = s;
      let tries = 0;
      const inner = new libs.StateGraph(state(s))
        .addNode("flaky", async () => {
          tries += 1;
          if (tries < 2) throw new Error("not yet");
          return { log: ["done"] };
        })
        .addEdge(libs.START, "flaky")
        .compile({ name: "Inner" });
      return new libs.StateGraph(state(s))
        .addNode("inner", inner, {
          retryPolicy: { maxAttempts: 3, initialInterval: 1, retryOn: () => true, logWarning: false },
        })
        .addEdge(libs.START, "inner")
        .compile()
        .invoke({ log: [] }, { callbacks });
    },
    expected: `
      chain LangGraph
        chain inner error: not yet
          chain Inner error: not yet
            chain flaky error: not yet
        chain inner
          chain Inner
            chain flaky`,
  },
  {
    name: "a graph whose state is changed by hand, and which goes on from an earlier one",
    run: async (s) => {
      const graph = two(s).compile({ checkpointer: new s.libs.MemorySaver(), interruptBefore: ["two"] });
      const config = { callbacks: s.callbacks, configurable: { thread_id: `thread-${Math.random()}` } };
      await graph.invoke({ log: [] }, config);
      const earlier = await graph.updateState(config, { log: ["by hand"] });
      await graph.invoke(null, { ...earlier, callbacks: s.callbacks });
    },
    expected: `
      chain LangGraph
        chain one
      chain LangGraphUpdateState
      chain LangGraph
        chain two
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
  },
];
