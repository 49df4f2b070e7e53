import type { Program, Setting } from "./program.ts";

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

/** Graphs of LangGraph: nodes, edges, subgraphs and commands. */
export const GRAPHS: readonly Program[] = [
  {
    name: "a conditional edge",
    run: (s) => {
      const { libs, callbacks } = s;
      return new libs.StateGraph(state(s))
        .addNode("classify", async () => ({ log: ["classify"], route: "b" }))
        .addNode("a", step("a"))
        .addNode("b", async () => ({ log: [(await s.chat().invoke("[[say:node b]]")).text] }))
        .addEdge(libs.START, "classify")
        .addConditionalEdges("classify", (current) => current.route, { a: "a", b: "b" })
        .addEdge("a", libs.END)
        .addEdge("b", libs.END)
        .compile()
        .invoke({ log: [] }, { callbacks });
    },
    expected: `
      chain LangGraph
        chain classify
          chain Branch<classify,a,b>
        chain b
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
  },
  {
    name: "a conditional edge that asks a model",
    run: (s) => {
      const { libs, callbacks } = s;
      const choose = async () => ((await s.chat().invoke("[[say:a]] a or b?")).text === "a" ? "a" : libs.END);
      return new libs.StateGraph(state(s))
        .addNode("start", step("start"))
        .addNode("a", step("a"))
        .addEdge(libs.START, "start")
        .addConditionalEdges("start", choose, ["a", libs.END])
        .addEdge("a", libs.END)
        .compile()
        .invoke({ log: [] }, { callbacks });
    },
    expected: `
      chain LangGraph
        chain start
          chain Branch<start,a,__end__>
            llm ChatOpenAI 10+1=11 cached 3 reasoning 2
        chain a`,
  },
  {
    name: "a subgraph as a node, and one that a node calls",
    run: (s) => {
      const { libs, callbacks } = s;
      const inner = two(s).compile({ name: "Inner" });
      return new libs.StateGraph(state(s))
        .addNode("sub", inner)
        .addNode("calls", async () => inner.invoke({ log: [] }))
        .addEdge(libs.START, "sub")
        .addEdge("sub", "calls")
        .addEdge("calls", libs.END)
        .compile({ name: "Outer" })
        .invoke({ log: [] }, { callbacks });
    },
    expected: `
      chain Outer
        chain sub
          chain Inner
            chain one
            chain two
              llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain calls
          chain Inner
            chain one
            chain two
              llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
  },
  {
    name: "a graph that fans out and joins",
    order: "name",
    run: (s) => {
      const { libs, callbacks } = s;
      return new libs.StateGraph(state(s))
        .addNode("plan", step("plan"))
        .addNode("worker", async (input: { n?: number }) => ({
          log: [(await s.chat().invoke(`[[say:worker ${input.n}]]`)).text],
        }))
        .addNode("join", step("join"))
        .addEdge(libs.START, "plan")
        .addConditionalEdges("plan", () => [1, 2, 3].map((n) => new libs.Send("worker", { n })), ["worker"])
        .addEdge("worker", "join")
        .addEdge("join", libs.END)
        .compile()
        .invoke({ log: [] }, { callbacks });
    },
    expected: `
      chain LangGraph
        chain join
        chain plan
          chain Branch<plan,worker>
        chain worker
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain worker
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain worker
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2`,
  },
  {
    name: "commands that choose the next node",
    run: (s) => {
      const { libs, callbacks } = s;
      return new libs.StateGraph(state(s))
        .addNode("first", async () => new libs.Command({ goto: "third", update: { log: ["first"] } }), {
          ends: ["second", "third"],
        })
        .addNode("second", step("second"))
        .addNode("third", step("third"))
        .addEdge(libs.START, "first")
        .compile()
        .invoke({ log: [] }, { callbacks });
    },
    expected: `
      chain LangGraph
        chain first
        chain third`,
  },
  {
    name: "a command to the parent graph is control flow",
    run: (s) => {
      const { libs, callbacks } = s;
      const inner = new libs.StateGraph(state(s))
        .addNode(
          "inner",
          async () => new libs.Command({ graph: libs.Command.PARENT, goto: "after", update: { log: ["inner"] } }),
        )
        .addEdge(libs.START, "inner")
        .compile({ name: "Sub" });
      return new libs.StateGraph(state(s))
        .addNode("sub", inner, { ends: ["after"] })
        .addNode("after", step("after"))
        .addEdge(libs.START, "sub")
        .addEdge("after", libs.END)
        .compile({ name: "Main" })
        .invoke({ log: [] }, { callbacks });
    },
    expected: `
      chain Main
        chain sub
          chain Sub
            chain inner
        chain after`,
  },
  {
    name: "two agents that hand over to each other by commands",
    run: (s) => {
      const { libs, callbacks } = s;
      const handOver = libs.tool(
        async () => new libs.Command({ graph: libs.Command.PARENT, goto: "bob", update: { messages: [] } }),
        { name: "to_bob", description: "hands over to Bob", schema: libs.z.object({}) },
      );
      const alice = libs.createReactAgent({ llm: s.chat(), tools: [handOver as never], name: "alice" });
      const bob = libs.createReactAgent({ llm: s.chat(), tools: [], name: "bob" });
      return new libs.StateGraph(libs.MessagesAnnotation)
        .addNode("alice", alice, { ends: ["bob"] })
        .addNode("bob", bob)
        .addEdge(libs.START, "alice")
        .addEdge("bob", libs.END)
        .compile({ name: "Swarm" })
        .invoke({ messages: [{ role: "user", content: "[[call:to_bob:{}]] go" }] }, { callbacks });
    },
    expected: `
      chain Swarm
        chain alice
          agent alice
            chain agent
              chain RunnableSequence
                chain prompt
                llm ChatOpenAI 10+7=17 cached 3 reasoning 2
              chain Branch<agent,tools,__end__>
            chain tools
              tool to_bob
        chain bob
          agent bob
            chain agent
              chain RunnableSequence
                chain prompt
                llm ChatOpenAI 10+5=15 cached 3 reasoning 2
              chain Branch<agent,tools,__end__>`,
  },
  {
    name: "a supervisor that calls its workers by name",
    run: (s) => {
      const { libs, callbacks } = s;
      const scripts = ["[[say:writer]]", "[[say:FINISH]]"];
      const supervise = async () => {
        const next = (await s.chat().invoke(scripts.shift() ?? "[[say:FINISH]]")).text;
        return new libs.Command({ goto: next === "FINISH" ? libs.END : next, update: { log: [next] } });
      };
      return new libs.StateGraph(state(s))
        .addNode("supervisor", supervise, { ends: ["writer", libs.END] })
        .addNode("writer", async () => ({ log: [(await s.chat().invoke("[[say:a draft]]")).text] }))
        .addEdge(libs.START, "supervisor")
        .addEdge("writer", "supervisor")
        .compile({ name: "Team" })
        .invoke({ log: [] }, { callbacks });
    },
    expected: `
      chain Team
        chain supervisor
          llm ChatOpenAI 10+1=11 cached 3 reasoning 2
        chain writer
          llm ChatOpenAI 10+2=12 cached 3 reasoning 2
        chain supervisor
          llm ChatOpenAI 10+1=11 cached 3 reasoning 2`,
  },
];
