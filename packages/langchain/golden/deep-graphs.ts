import { drain, failing, type Program, type Setting, settled, sleep } from "./program.ts";

const state = ({ libs }: Setting) =>
  libs.Annotation.Root({
    log: libs.Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });

const step = (text: string) => async () => ({ log: [text] });

/** Graphs in graphs, side by side and one below the other, and what stops them. */
export const DEEP_GRAPHS: readonly Program[] = [
  {
    name: "a graph of graphs of graphs",
    run: (s) => {
      const { libs, callbacks } = s;
      const wrap = (name: string, node: never) =>
        new libs.StateGraph(state(s)).addNode("node", node).addEdge(libs.START, "node").compile({ name });
      const third = wrap("Third", step("deep") as never);
      const second = wrap("Second", third as never);
      return wrap("First", second as never).invoke({ log: [] }, { callbacks });
    },
    expected: `
      chain First
        chain node
          chain Second
            chain node
              chain Third
                chain node`,
  },
  {
    name: "subgraphs that are sent to, side by side",
    order: "name",
    run: (s) => {
      const { libs, callbacks } = s;
      const worker = new libs.StateGraph(state(s))
        .addNode("work", async () => ({ log: [(await s.chat().invoke("[[jitter:20]][[say:done]]")).text] }))
        .addEdge(libs.START, "work")
        .compile({ name: "Worker" });
      return new libs.StateGraph(state(s))
        .addNode("worker", worker)
        .addConditionalEdges(libs.START, () => [1, 2].map((n) => new libs.Send("worker", { log: [`${n}`] })), [
          "worker",
        ])
        .compile({ name: "Boss" })
        .invoke({ log: [] }, { callbacks });
    },
    expected: `
      chain Boss
        chain worker
          chain Worker
            chain work
              llm ChatOpenAI 10+1=11 cached 3 reasoning 2
        chain worker
          chain Worker
            chain work
              llm ChatOpenAI 10+1=11 cached 3 reasoning 2`,
  },
  {
    name: "an interrupt while a neighbour goes on",
    order: "name",
    run: (s) => {
      const { libs, callbacks } = s;
      return new libs.StateGraph(state(s))
        .addNode("asks", async () => ({ log: [`${libs.interrupt("ok?")}`] }))
        .addNode("works", async () => {
          await sleep(20);
          return { log: ["worked"] };
        })
        .addEdge(libs.START, "asks")
        .addEdge(libs.START, "works")
        .compile({ checkpointer: new libs.MemorySaver() })
        .invoke({ log: [] }, { callbacks, configurable: { thread_id: `t-${Math.random()}` } });
    },
    expected: `
      chain LangGraph
        chain asks interrupted
        chain works`,
  },
  {
    name: "a graph as a step of a chain",
    run: (s) => {
      const { libs, callbacks } = s;
      const graph = new libs.StateGraph(state(s)).addNode("one", step("1")).addEdge(libs.START, "one").compile();
      return libs.RunnableLambda.from((x: string) => ({ log: [x] }))
        .pipe(graph as never)
        .pipe(libs.RunnableLambda.from((result: { log: string[] }) => result.log.length) as never)
        .invoke("x", { callbacks });
    },
    expected: `
      chain RunnableSequence
        chain RunnableLambda
        chain LangGraph
          chain one
        chain RunnableLambda`,
  },
  {
    name: "a chain as a node",
    run: (s) => {
      const { libs, callbacks } = s;
      const chain = libs.ChatPromptTemplate.fromTemplate("[[say:as a node]] {log}")
        .pipe(s.chat())
        .pipe((message: { text: string }) => ({ log: [message.text] }));
      return new libs.StateGraph(state(s))
        .addNode("chain", chain as never)
        .addEdge(libs.START, "chain")
        .compile()
        .invoke({ log: [] }, { callbacks });
    },
    expected: `
      chain LangGraph
        chain chain
          chain RunnableSequence
            chain ChatPromptTemplate
            llm ChatOpenAI 10+3=13 cached 3 reasoning 2
            chain RunnableLambda`,
  },
  {
    name: "a node that streams its model, in a graph that is streamed by messages",
    run: async (s) => {
      const { libs, callbacks } = s;
      const graph = new libs.StateGraph(libs.MessagesAnnotation)
        .addNode("chat", async ({ messages }) => {
          let text = "";
          for await (const chunk of await s.chat().stream(messages)) text += chunk.text;
          return { messages: [new libs.AIMessage(text)] };
        })
        .addEdge(libs.START, "chat")
        .compile();
      const input = { messages: [{ role: "user", content: "[[say:streamed words]]" }] };
      await drain(await graph.stream(input, { callbacks, streamMode: "messages" }));
    },
    expected: `
      chain LangGraph
        chain chat
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
  },
  {
    name: "an entrypoint inside an entrypoint, streamed",
    run: async ({ libs, callbacks }) => {
      const add = libs.task("add", async (n: number) => n + 1);
      const inner = libs.entrypoint("inner", async (n: number) => add(n));
      const outer = libs.entrypoint("outer", async (n: number) => (await add(n)) + (await inner.invoke(n)));
      await drain(await outer.stream(1, { callbacks }));
    },
    expected: `
      chain outer
        chain outer
          chain inner
            chain inner
            chain add
        chain add`,
  },
  {
    name: "a graph that is aborted in the middle",
    order: "name",
    run: async (s) => {
      const { libs, callbacks } = s;
      const controller = new AbortController();
      const graph = new libs.StateGraph(state(s))
        .addNode("one", step("1"))
        .addNode("two", async () => {
          controller.abort();
          await sleep(20);
          return { log: ["2"] };
        })
        .addEdge(libs.START, "one")
        .addEdge("one", "two")
        .compile();
      await failing(() => graph.invoke({ log: [] }, { callbacks, signal: controller.signal }));
      await settled(s);
    },
    expected: {
      "1": `
        chain LangGraph unfinished
          chain one
          chain two error: This operation was aborted`,
      "1.0": `
        chain LangGraph error: Abort
          chain one
          chain two error: This operation was aborted`,
      "0.3": `
        chain LangGraph error: Abort
          chain one
          chain two error: Aborted`,
    },
  },
  {
    name: "a graph whose node asks for too much",
    run: (s) => {
      const { libs, callbacks } = s;
      const graph = new libs.StateGraph(state(s))
        .addNode("again", step("again"))
        .addEdge(libs.START, "again")
        .addConditionalEdges("again", () => "again", ["again"])
        .compile();
      return failing(() => graph.invoke({ log: [] }, { callbacks, recursionLimit: 3 }));
    },
    expected: `
      chain LangGraph error: Recursion limit of 3 reached without hitting a stop condition. You can increase the limit by setting the "recursionLimit" config key.
        chain again
          chain Branch<again,again>
        chain again
          chain Branch<again,again>
        chain again
          chain Branch<again,again>`,
  },
  {
    name: "a graph of which version 3 events are read",
    lines: ["1"],
    run: async (s) => {
      const { libs, callbacks } = s;
      const graph = new libs.StateGraph(libs.MessagesAnnotation)
        .addNode("chat", async ({ messages }) => ({ messages: [await s.chat().invoke(messages)] }))
        .addEdge(libs.START, "chat")
        .compile();
      const input = { messages: [{ role: "user", content: "[[say:third version]]" }] };
      const events = await (graph.streamEvents as (...args: unknown[]) => unknown).call(graph, input, {
        version: "v3",
        callbacks,
      });
      await drain(events as AsyncIterable<unknown>);
    },
    expected: `
      chain LangGraph
        chain chat
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
  },
];
