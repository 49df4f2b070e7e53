import { drain, failing, leaveAfter, type Program, quiet, type Setting, sleep } from "./program.ts";

const TRIP = '[[call:weather:{"city":"Rome"}]][[next]][[say:it is sunny]] how is Rome?';

/** A workflow that fans out to two branches and joins them. */
function fanOut({ W, llm, handler }: Setting, second: () => Promise<unknown>) {
  const start = W.workflowEvent<string>({ debugLabel: "start" });
  const left = W.workflowEvent<string>({ debugLabel: "left" });
  const right = W.workflowEvent<string>({ debugLabel: "right" });
  const done = W.workflowEvent<string>({ debugLabel: "done" });
  const stop = W.workflowEvent<string>({ debugLabel: "stop" });
  const workflow = handler.traceWorkflow(W.createWorkflow(), { name: "fan out" });
  const joined = new WeakMap<object, number>();
  workflow.handle([start], function split({ sendEvent }, { data }) {
    sendEvent(left.with(data), right.with(data));
  });
  workflow.handle([left], async function first(_context, { data }) {
    await sleep(3);
    await llm.complete({ prompt: `[[delay:5]][[say:${data} left]]` });
    return done.with("left");
  });
  workflow.handle([right], async (_context, { data }) => {
    await second();
    return done.with(data);
  });
  workflow.handle([done], function join(context) {
    const key: object = Object.getPrototypeOf(context);
    const count = (joined.get(key) ?? 0) + 1;
    joined.set(key, count);
    return count === 2 ? stop.with("both") : undefined;
  });
  return {
    run: async (input: string) => {
      const { stream, sendEvent } = workflow.createContext();
      sendEvent(start.with(input));
      return stream.until(stop).toArray();
    },
    start: (input: string) => workflow.createContext().sendEvent(start.with(input)),
  };
}

/** Workflows, of agents and of the user's own. */
export const WORKFLOWS: readonly Program[] = [
  {
    name: "an agent with a tool",
    run: ({ W, llm, tools, handler }) =>
      handler.traceWorkflow(W.agent({ name: "guide", llm, tools: [tools.weather] })).run(TRIP),
    expected: `
      workflow AgentWorkflow
        agent guide
          llm gpt-4o-mini
          tool weather
          llm gpt-4o-mini`,
  },
  {
    name: "a name for the workflow, and a stream that is read",
    run: ({ W, llm, tools, handler }) =>
      drain(
        handler
          .traceWorkflow(W.agent({ name: "guide", llm, tools: [tools.weather] }), { name: "travel desk" })
          .runStream(TRIP),
      ),
    expected: `
      workflow travel desk
        agent guide
          llm gpt-4o-mini
          tool weather
          llm gpt-4o-mini`,
  },
  {
    name: "an agent whose tool throws",
    run: ({ W, llm, tools, handler }) =>
      handler
        .traceWorkflow(W.agent({ name: "guide", llm, tools: [tools.broken] }))
        .run("[[call:broken:{}]][[next]][[say:sorry]]"),
    expected: `
      workflow AgentWorkflow
        agent guide
          llm gpt-4o-mini
          tool broken error: out of order
          llm gpt-4o-mini`,
  },
  {
    name: "an agent whose model fails: its run never ends, but its spans are out",
    run: async ({ W, llm, tools, handler }) => {
      const unhandled = new Promise((resolve) => process.once("unhandledRejection", resolve));
      const workflow = handler.traceWorkflow(W.agent({ name: "guide", llm, tools: [tools.weather] }));
      void workflow.run("[[status:500]]");
      await unhandled;
    },
    expected: `
      workflow AgentWorkflow error: 500 scripted failure 500
        agent guide error: 500 scripted failure 500
          llm gpt-4o-mini error: 500 scripted failure 500`,
  },
  {
    name: "an agent that hands over to another one",
    run: ({ W, llm, tools, handler }) => {
      const common = { llm, tools: [tools.weather], description: "works" };
      const writer = W.agent({ name: "writer", ...common });
      const researcher = W.agent({ name: "researcher", ...common, canHandoffTo: [writer] });
      const workflow = handler.traceWorkflow(W.multiAgent({ agents: [researcher, writer], rootAgent: researcher }));
      const handOver = '[[call:handOff:{"toAgent":"writer","reason":"write"}]]';
      return workflow.run(`[[call:weather:{"city":"Rome"}]][[next]]${handOver}[[next]][[say:the report]] go`);
    },
    expected: `
      workflow AgentWorkflow
        agent researcher
          llm gpt-4o-mini
          tool weather
          llm gpt-4o-mini
          tool handOff
        agent writer
          llm gpt-4o-mini`,
  },
  {
    name: "an agent with a query engine as a tool",
    run: ({ W, L, z, llm, index, handler }) => {
      const engine = index.asQueryEngine();
      const library = L.tool({
        name: "library",
        description: "knows letters",
        parameters: z.object({ question: z.string() }),
        execute: async ({ question }) => (await engine.query({ query: question })).response,
      });
      return handler
        .traceWorkflow(W.agent({ name: "librarian", llm, tools: [library] }))
        .run('[[call:library:{"question":"what is alpha?"}]][[next]][[say:done]]');
    },
    expected: `
      workflow AgentWorkflow
        agent librarian
          llm gpt-4o-mini
          tool library
            query RetrieverQueryEngine
              retriever VectorIndexRetriever
                embedding text-embedding-3-small 3+0=3
              synthesizer CompactAndRefine
                llm gpt-4o-mini 10+5=15 cached 3 reasoning 2
          llm gpt-4o-mini`,
  },
  {
    name: "a workflow of the user's, with two branches",
    order: "name",
    run: (setting) => fanOut(setting, () => setting.llm.complete({ prompt: "[[say:right]]" })).run("go"),
    expected: `
      workflow fan out
        step first
          llm gpt-4o-mini 10+2=12 cached 3 reasoning 2
        step join
        step join
        step right
          llm gpt-4o-mini 10+1=11 cached 3 reasoning 2
        step split`,
  },
  {
    name: "a workflow of which one branch fails: the other one still tells of itself",
    order: "name",
    run: async (setting) => {
      const unhandled = new Promise((resolve) => process.once("unhandledRejection", resolve));
      fanOut(setting, () => Promise.reject(new Error("no way"))).start("go");
      await unhandled;
      await quiet(setting);
    },
    expected: `
      workflow fan out error: no way
        step first
          llm gpt-4o-mini 10+2=12 cached 3 reasoning 2
        step join
        step right error: no way
        step split`,
  },
  {
    name: "a workflow with state",
    run: async ({ W, handler }) => {
      const { withState } = W.createStatefulMiddleware((state: { count: number }) => state);
      const start = W.workflowEvent({ debugLabel: "start" });
      const stop = W.workflowEvent<number>({ debugLabel: "stop" });
      const workflow = handler.traceWorkflow(withState(W.createWorkflow()), { name: "counter" });
      workflow.handle([start], function count(context) {
        context.state.count += 1;
        return stop.with(context.state.count);
      });
      const { stream, sendEvent } = workflow.createContext({ count: 41 });
      sendEvent(start.with());
      const last = (await stream.until(stop).toArray()).at(-1);
      if (last?.data !== 42) throw new Error("the state was lost");
    },
    expected: `
      workflow counter
        step count`,
  },
  {
    name: "state around a workflow that is traced",
    run: async ({ W, handler }) => {
      const { withState } = W.createStatefulMiddleware((state: { count: number }) => state);
      const start = W.workflowEvent({ debugLabel: "start" });
      const stop = W.workflowEvent<number>({ debugLabel: "stop" });
      const workflow = withState(handler.traceWorkflow(W.createWorkflow(), { name: "counter" }));
      workflow.handle([start], function count(context) {
        return stop.with(context.state.count + 1);
      });
      const { stream, sendEvent } = workflow.createContext({ count: 41 });
      sendEvent(start.with());
      const last = (await stream.until(stop).toArray()).at(-1);
      if (last?.data !== 42) throw new Error("the state was lost");
    },
    expected: `
      workflow counter
        step count`,
  },
  {
    name: "a workflow of agents inside a step",
    run: async ({ W, llm, tools, handler }) => {
      const start = W.workflowEvent({ debugLabel: "start" });
      const stop = W.workflowEvent({ debugLabel: "stop" });
      const workflow = handler.traceWorkflow(W.createWorkflow(), { name: "outer" });
      const inner = handler.traceWorkflow(W.agent({ name: "guide", llm, tools: [tools.weather] }));
      workflow.handle([start], async function travel() {
        await inner.run(TRIP);
        return stop.with();
      });
      const { stream, sendEvent } = workflow.createContext();
      sendEvent(start.with());
      await stream.until(stop).toArray();
    },
    expected: `
      workflow outer
        step travel
          workflow AgentWorkflow
            agent guide
              llm gpt-4o-mini
              tool weather
              llm gpt-4o-mini`,
  },
  {
    name: "a handler that throws at once",
    run: async ({ W, handler }) => {
      const start = W.workflowEvent({ debugLabel: "start" });
      const workflow = handler.traceWorkflow(W.createWorkflow(), { name: "short" });
      workflow.handle([start], function trip() {
        throw new Error("tripped");
      });
      workflow.createContext().sendEvent(start.with());
      await sleep(5);
    },
    expected: `
      workflow short error: tripped
        step trip error: tripped`,
  },
  {
    name: "a workflow that nobody traces: its parts are there, each on its own",
    run: ({ W, llm, tools }) => W.agent({ name: "guide", llm, tools: [tools.weather] }).run(TRIP),
    expected: `
      llm gpt-4o-mini
      tool weather
      llm gpt-4o-mini`,
  },
  {
    name: "a stream of agents' events that its reader leaves",
    run: async (setting) => {
      const { W, llm, tools, handler } = setting;
      const workflow = handler.traceWorkflow(W.agent({ name: "guide", llm, tools: [tools.weather] }));
      await leaveAfter(3, workflow.runStream(TRIP));
      await quiet(setting);
    },
    expected: `
      workflow AgentWorkflow
        agent guide
          llm gpt-4o-mini
          tool weather
          llm gpt-4o-mini`,
  },
  {
    name: "a question without a word",
    run: async ({ W, llm, tools, handler }) => {
      const unhandled = new Promise((resolve) => process.once("unhandledRejection", resolve));
      const workflow = handler.traceWorkflow(W.agent({ name: "guide", llm, tools: [tools.weather] }));
      void failing(() => workflow.run(""));
      await unhandled;
    },
    expected: "workflow AgentWorkflow error: No user message or chat history provided",
  },
  {
    name: "a workflow that waits for a human: going on is a second root of the same trace",
    run: async (setting) => {
      const { W, llm, handler } = setting;
      const ask = W.workflowEvent({ debugLabel: "ask" });
      const reply = W.workflowEvent<string>({ debugLabel: "reply" });
      const workflow = handler.traceWorkflow(W.createWorkflow(), { name: "interview" });
      workflow.handle([ask], async function question() {
        await llm.complete({ prompt: "[[say:who are you?]]" });
      });
      workflow.handle([reply], async function answer(_context, { data }) {
        await llm.complete({ prompt: `[[say:hello]] ${data}` });
      });
      const { sendEvent } = workflow.createContext();
      sendEvent(ask.with());
      await quiet(setting);
      sendEvent(reply.with("Ada"));
      await quiet(setting);
    },
    expected: `
      workflow interview
        step question
          llm gpt-4o-mini 10+3=13 cached 3 reasoning 2
      workflow interview
        step answer
          llm gpt-4o-mini 10+1=11 cached 3 reasoning 2`,
  },
];
