import { failing, type Program, type Setting, sleep } from "./program.ts";

const TRIP = '[[call:weather:{"city":"Rome"}]][[next]][[say:it is sunny]] how is Rome?';
const USED = "cached 3 reasoning 2";

/** A model's answer that hands over to another agent. */
const over = (to: string) => `[[call:handOff:{"toAgent":"${to}","reason":"go on"}]]`;

/** Events of a workflow of the user's. */
function eventsOf({ W }: Setting) {
  const event = (debugLabel: string) => W.workflowEvent<number>({ debugLabel });
  return { start: event("start"), middle: event("middle"), other: event("other"), stop: event("stop") };
}

type Events = ReturnType<typeof eventsOf>;
type Workflow = ReturnType<Setting["W"]["createWorkflow"]>;

/** A program that makes handlers and runs the workflow until it stops. */
function flow(
  name: string,
  addHandlers: (workflow: Workflow, events: Events, setting: Setting) => void,
): Program["run"] {
  return async (setting) => {
    const events = eventsOf(setting);
    const workflow = setting.handler.traceWorkflow(setting.W.createWorkflow(), { name });
    addHandlers(workflow, events, setting);
    const { stream, sendEvent } = workflow.createContext();
    sendEvent(events.start.with(0));
    return stream.until(events.stop).toArray();
  };
}

const unhandled = () => new Promise((resolve) => process.once("unhandledRejection", resolve));

/** Workflows that go in circles, wait, fan in and nest. */
export const FLOWS: readonly Program[] = [
  {
    name: "a workflow that goes in circles",
    run: flow("circles", (workflow, { start, middle, stop }, { llm }) => {
      workflow.handle([start], function begin() {
        return middle.with(0);
      });
      workflow.handle([middle], async function turn(_context, { data }) {
        await llm.complete({ prompt: "[[say:one]]" });
        return data < 2 ? middle.with(data + 1) : stop.with(data);
      });
    }),
    expected: `
      workflow circles
        step begin
        step turn
          llm gpt-4o-mini 10+1=11 ${USED}
        step turn
          llm gpt-4o-mini 10+1=11 ${USED}
        step turn
          llm gpt-4o-mini 10+1=11 ${USED}`,
  },
  {
    name: "a handler that waits for the events of others",
    order: "name",
    run: flow("fan in", (workflow, { start, middle, other, stop }, { llm }) => {
      workflow.handle([start], async function plan({ sendEvent, stream }) {
        for (const part of [1, 2, 3]) sendEvent(middle.with(part));
        const done = await stream.filter(other).take(3).toArray();
        return stop.with(done.length);
      });
      workflow.handle([middle], async function work(_context, { data }) {
        await llm.complete({ prompt: "[[jitter:8]][[say:one]]" });
        return other.with(data);
      });
    }),
    expected: `
      workflow fan in
        step plan
        step work
          llm gpt-4o-mini 10+1=11 ${USED}
        step work
          llm gpt-4o-mini 10+1=11 ${USED}
        step work
          llm gpt-4o-mini 10+1=11 ${USED}`,
  },
  {
    name: "a handler that needs two events, and one that takes either",
    order: "name",
    run: flow("gates", (workflow, { start, middle, other, stop }, { W }) => {
      workflow.handle([start], function split({ sendEvent }) {
        sendEvent(middle.with(1), other.with(2));
      });
      workflow.handle([middle, other], function both(_context, one, two) {
        return stop.with(one.data + two.data);
      });
      workflow.handle([W.or(start, stop)], function either() {});
    }),
    expected: `
      workflow gates
        step both
        step either
        step either
        step split`,
  },
  {
    name: "a workflow that waits for a timer",
    run: flow("alarm", (workflow, { start, middle, stop }, { llm }) => {
      workflow.handle([start], function arm({ sendEvent }) {
        setTimeout(() => sendEvent(middle.with(1)), 60);
      });
      workflow.handle([middle], async function ring() {
        await llm.complete({ prompt: "[[say:one]]" });
        return stop.with(1);
      });
    }),
    expected: `
      workflow alarm
        step arm
        step ring
          llm gpt-4o-mini 10+1=11 ${USED}`,
  },
  {
    name: "a handler that leaves a model's stream",
    run: flow("glance", (workflow, { start, stop }, { llm }) => {
      workflow.handle([start], async function glance() {
        const messages = [{ role: "user" as const, content: "[[chunkdelay:2]][[say:a b c d]]" }];
        for await (const _chunk of await llm.chat({ messages, stream: true })) break;
        return stop.with(1);
      });
    }),
    expected: `
      workflow glance
        step glance
          llm gpt-4o-mini cancelled`,
  },
  {
    name: "a handler whose model fails",
    run: async (setting) => {
      const failed = unhandled();
      void flow("fall", (workflow, { start, stop }, { llm }) => {
        workflow.handle([start], async function ask() {
          await llm.complete({ prompt: "[[status:500]]" });
          return stop.with(1);
        });
      })(setting);
      await failed;
    },
    expected: `
      workflow fall error: 500 scripted failure 500
        step ask error: 500 scripted failure 500
          llm gpt-4o-mini error: 500 scripted failure 500`,
  },
  {
    name: "one handler that does everything at once",
    order: "name",
    run: flow("mix", (workflow, { start, stop }, { W, L, llm, tools, index, handler }) => {
      const inner = handler.traceWorkflow(W.agent({ name: "guide", llm, tools: [tools.weather] }), { name: "inner" });
      workflow.handle([start], async function all() {
        await Promise.all([
          index.asQueryEngine().query({ query: "[[say:yes]]" }),
          inner.run(TRIP),
          new L.LLMAgent({ tools: [tools.weather] }).chat({ message: "[[say:yes]]" }),
          index.asChatEngine().chat({ message: "[[say:yes]]" }),
          failing(() => llm.complete({ prompt: "[[status:400]]" })),
        ]);
        return stop.with(1);
      });
    }),
    expected: `
      workflow mix
        step all
          agent LLMAgent
            llm gpt-4o-mini 10+1=11 ${USED}
          chat_engine ContextChatEngine
            llm gpt-4o-mini 20+1=21 ${USED}
            retriever VectorIndexRetriever
              embedding text-embedding-3-small 3+0=3
          llm gpt-4o-mini error: 400 scripted failure 400
          query RetrieverQueryEngine
            retriever VectorIndexRetriever
              embedding text-embedding-3-small 3+0=3
            synthesizer CompactAndRefine
              llm gpt-4o-mini 10+1=11 ${USED}
          workflow inner
            agent guide
              llm gpt-4o-mini
              llm gpt-4o-mini
              tool weather`,
  },
  {
    name: "an agent whose model asks for a tool that does not exist: LlamaIndex leaves the model's stream",
    run: async ({ W, llm, tools, handler }) => {
      const failed = unhandled();
      const workflow = handler.traceWorkflow(W.agent({ name: "guide", llm, tools: [tools.weather] }));
      void workflow.run("[[call:missing:{}]][[next]][[say:sorry]]");
      await failed;
    },
    expected: `
      workflow AgentWorkflow error: Tools not found: missing
        agent guide error: Tools not found: missing
          llm gpt-4o-mini cancelled`,
  },
  {
    name: "a workflow of agents as a tool of another one, and of itself",
    run: async ({ W, L, z, llm, tools, handler }) => {
      const inner = handler.traceWorkflow(W.agent({ name: "inner", llm, tools: [tools.weather] }), { name: "inner" });
      const ask = L.tool({
        name: "ask",
        description: "asks",
        parameters: z.object({}),
        execute: async () => (await inner.run("[[say:yes]]")).data.result as string,
      });
      await handler
        .traceWorkflow(W.agent({ name: "outer", llm, tools: [ask] }))
        .run("[[call:ask:{}]][[next]][[say:ok]]");
      let depth = 0;
      const again = L.tool({
        name: "again",
        description: "asks itself",
        parameters: z.object({}),
        execute: async (): Promise<string> => {
          depth += 1;
          return depth > 1 ? "enough" : ((await self.run("[[call:again:{}]][[next]][[say:in]]")).data.result as string);
        },
      });
      const self = handler.traceWorkflow(W.agent({ name: "self", llm, tools: [again] }), { name: "self" });
      await self.run("[[call:again:{}]][[next]][[say:out]]");
    },
    expected: `
      workflow AgentWorkflow
        agent outer
          llm gpt-4o-mini
          tool ask
            workflow inner
              agent inner
                llm gpt-4o-mini
          llm gpt-4o-mini
      workflow self
        agent self
          llm gpt-4o-mini
          tool again
            workflow self
              agent self
                llm gpt-4o-mini
                tool again
                llm gpt-4o-mini
          llm gpt-4o-mini`,
  },
  {
    name: "tools that an agent calls at once",
    order: "name",
    run: ({ W, L, z, llm, handler, index }) => {
      const named = (name: string, execute: () => Promise<string>) =>
        L.tool({ name, description: name, parameters: z.object({}), execute });
      const slow = named("slow", async () => {
        await sleep(15);
        return (await index.asQueryEngine().query({ query: "[[say:yes]]" })).response;
      });
      const quick = named("quick", async () => (await llm.complete({ prompt: "[[say:one]]" })).text);
      return handler
        .traceWorkflow(W.agent({ name: "guide", llm, tools: [slow, quick] }))
        .run("[[call:slow:{}]][[call:quick:{}]][[next]][[say:done]]");
    },
    expected: `
      workflow AgentWorkflow
        agent guide
          llm gpt-4o-mini
          llm gpt-4o-mini
          tool quick
            llm gpt-4o-mini 10+1=11 ${USED}
          tool slow
            query RetrieverQueryEngine
              retriever VectorIndexRetriever
                embedding text-embedding-3-small 3+0=3
              synthesizer CompactAndRefine
                llm gpt-4o-mini 10+1=11 ${USED}`,
  },
  {
    name: "agents that hand over and back",
    run: ({ W, llm, tools, handler }) => {
      const common = { llm, tools: [tools.weather], description: "works" };
      const one = W.agent({ name: "one", ...common, canHandoffTo: ["two"] });
      const two = W.agent({ name: "two", ...common, canHandoffTo: ["one"] });
      const workflow = handler.traceWorkflow(W.multiAgent({ agents: [one, two], rootAgent: one }));
      return workflow.run(`${over("two")}[[next]]${over("one")}[[next]][[say:done]]`);
    },
    expected: `
      workflow AgentWorkflow
        agent one
          llm gpt-4o-mini
          tool handOff
        agent two
          llm gpt-4o-mini
          tool handOff
        agent one
          llm gpt-4o-mini`,
  },
];
