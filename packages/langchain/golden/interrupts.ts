import { failing, type Program, type Setting } from "./program.ts";

const state = ({ libs }: Setting) =>
  libs.Annotation.Root({
    log: libs.Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });

const asking =
  ({ libs }: Setting, question: string) =>
  async () => ({ log: [`${question} ${libs.interrupt({ question })}`] });

const thread = ({ callbacks }: Setting) => ({
  callbacks,
  configurable: { thread_id: `thread-${Math.random()}` },
});

/** Graphs that wait for a human, and go on. */
export const INTERRUPTS: readonly Program[] = [
  {
    name: "an interrupt is no error, and its resume a trace of its own",
    run: async (s) => {
      const { libs } = s;
      const graph = new libs.StateGraph(state(s))
        .addNode("ask", asking(s, "ok?"))
        .addEdge(libs.START, "ask")
        .addEdge("ask", libs.END)
        .compile({ checkpointer: new libs.MemorySaver() });
      const config = thread(s);
      await graph.invoke({ log: [] }, config);
      await graph.invoke(new libs.Command({ resume: "yes" }), config);
    },
    expected: `
      chain LangGraph
        chain ask interrupted
      chain LangGraph
        chain ask`,
  },
  {
    name: "an interrupt inside a subgraph",
    run: async (s) => {
      const { libs } = s;
      const inner = new libs.StateGraph(state(s))
        .addNode("ask", asking(s, "deep?"))
        .addEdge(libs.START, "ask")
        .compile({ name: "Inner" });
      const graph = new libs.StateGraph(state(s))
        .addNode("sub", inner)
        .addEdge(libs.START, "sub")
        .compile({ name: "Outer", checkpointer: new libs.MemorySaver() });
      const config = thread(s);
      await graph.invoke({ log: [] }, config);
      await graph.invoke(new libs.Command({ resume: "yes" }), config);
    },
    expected: `
      chain Outer
        chain sub interrupted
          chain Inner interrupted
            chain ask interrupted
      chain Outer
        chain sub
          chain Inner
            chain ask`,
  },
  {
    name: "two interrupts at once",
    order: "name",
    run: async (s) => {
      const { libs } = s;
      const graph = new libs.StateGraph(state(s))
        .addNode("left", asking(s, "left?"))
        .addNode("right", asking(s, "right?"))
        .addEdge(libs.START, "left")
        .addEdge(libs.START, "right")
        .compile({ checkpointer: new libs.MemorySaver() });
      await graph.invoke({ log: [] }, thread(s));
    },
    expected: `
      chain LangGraph
        chain left interrupted
        chain right interrupted`,
  },
  {
    name: "two interrupts of one node, one after the other",
    run: async (s) => {
      const { libs } = s;
      const graph = new libs.StateGraph(state(s))
        .addNode("ask", async () => ({ log: [`${libs.interrupt("first?")} ${libs.interrupt("second?")}`] }))
        .addEdge(libs.START, "ask")
        .compile({ checkpointer: new libs.MemorySaver() });
      const config = thread(s);
      await graph.invoke({ log: [] }, config);
      await graph.invoke(new libs.Command({ resume: "one" }), config);
      await graph.invoke(new libs.Command({ resume: "two" }), config);
    },
    expected: `
      chain LangGraph
        chain ask interrupted
      chain LangGraph
        chain ask interrupted
      chain LangGraph
        chain ask`,
  },
  {
    name: "a stop before a node, and after one",
    run: async (s) => {
      const { libs } = s;
      const graph = new libs.StateGraph(state(s))
        .addNode("one", async () => ({ log: ["1"] }))
        .addNode("two", async () => ({ log: ["2"] }))
        .addNode("three", async () => ({ log: ["3"] }))
        .addEdge(libs.START, "one")
        .addEdge("one", "two")
        .addEdge("two", "three")
        .compile({ checkpointer: new libs.MemorySaver(), interruptBefore: ["two"], interruptAfter: ["two"] });
      const config = thread(s);
      await graph.invoke({ log: [] }, config);
      await graph.invoke(null, config);
      await graph.invoke(null, config);
    },
    expected: `
      chain LangGraph
        chain one
      chain LangGraph
        chain two
      chain LangGraph
        chain three`,
  },
  {
    name: "a graph that is asked to stop",
    lines: ["1"],
    run: async (s) => {
      const control = new s.libs.RunControl();
      const stopping = new s.libs.StateGraph(state(s))
        .addNode("one", async () => {
          control.requestDrain("deploy");
          return { log: ["1"] };
        })
        .addNode("two", async () => ({ log: ["2"] }))
        .addEdge(s.libs.START, "one")
        .addEdge("one", "two")
        .compile({ checkpointer: new s.libs.MemorySaver() });
      await failing(() => stopping.invoke({ log: [] }, { ...thread(s), control }));
    },
    expected: `
      chain LangGraph interrupted
        chain one`,
  },
];
