import type { Span } from "@portkey-tracing/core";
import { buildTree, type TreeNode, walk } from "@portkey-tracing/core/tree";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startModelServer } from "../../../examples/model-server.mjs";
import type * as Libs from "../../../fixtures/llamaindex-matched/libs.ts";
import { goldenTree, tree } from "../../../tests/support/golden.ts";
import { startSink } from "../../../tests/support/sink.ts";
import { drain, failing, leaveAfter, type Setting, sleep, user } from "./program.ts";
import { createSetting } from "./setting.ts";

/** One kind of run: what it does, with a tag in all its texts, and the tree that it must give whatever runs beside it. */
interface Kind {
  readonly run: (setting: Setting, tag: string) => Promise<unknown>;
  readonly expected: string;
}

const USED = "cached 3 reasoning 2";
const RAG = `
    retriever VectorIndexRetriever
      embedding text-embedding-3-small 3+0=3`;

const KINDS: Readonly<Record<string, Kind>> = {
  chat: {
    run: ({ llm }, tag) => llm.chat({ messages: user(`${tag}[[jitter:15]][[say:yes]]`) }),
    expected: `
  llm gpt-4o-mini 10+1=11 ${USED}`,
  },
  "failing chat": {
    run: ({ llm }, tag) => failing(() => llm.chat({ messages: user(`${tag}[[jitter:15]][[status:500]]`) })),
    expected: `
  llm gpt-4o-mini error: 500 scripted failure 500`,
  },
  query: {
    run: ({ index }, tag) => index.asQueryEngine().query({ query: `${tag}[[jitter:15]][[say:yes]]` }),
    expected: `
  query RetrieverQueryEngine${RAG}
    synthesizer CompactAndRefine
      llm gpt-4o-mini 10+1=11 ${USED}`,
  },
  "streamed query": {
    run: async ({ index }, tag) =>
      drain(await index.asQueryEngine().query({ query: `${tag}[[jitter:15]][[say:a b c]]`, stream: true })),
    expected: `
  query RetrieverQueryEngine${RAG}
    synthesizer CompactAndRefine
      llm gpt-4o-mini`,
  },
  "left query": {
    run: async ({ index }, tag) =>
      leaveAfter(1, await index.asQueryEngine().query({ query: `${tag}[[jitter:15]][[say:a b c]]`, stream: true })),
    expected: `
  query RetrieverQueryEngine cancelled${RAG}
    synthesizer CompactAndRefine cancelled
      llm gpt-4o-mini cancelled`,
  },
  "failing retriever": {
    run: ({ index }, tag) => failing(() => index.asRetriever().retrieve(`${tag}[[jitter:15]][[status:500]]`)),
    expected: `
  retriever VectorIndexRetriever error: 500 scripted failure 500
    embedding text-embedding-3-small error: 500 scripted failure 500`,
  },
  "chat engine": {
    run: ({ index }, tag) => index.asChatEngine().chat({ message: `${tag}[[jitter:15]][[say:yes]]` }),
    expected: `
  chat_engine ContextChatEngine
    llm gpt-4o-mini 20+1=21 ${USED}${RAG}`,
  },
  agent: {
    run: ({ L, tools }, tag) =>
      new L.LLMAgent({ tools: [tools.weather] }).chat({
        message: `${tag}[[jitter:15]][[call:weather:{"city":"${tag}"}]][[next]][[say:yes]]`,
      }),
    expected: `
  agent LLMAgent
    llm gpt-4o-mini 10+7=17 ${USED}
    llm gpt-4o-mini 30+1=31 ${USED}
    tool weather`,
  },
  "agent whose tool throws": {
    run: ({ L, tools }, tag) =>
      new L.LLMAgent({ tools: [tools.broken] }).chat({
        message: `${tag}[[jitter:15]][[call:broken:{}]][[next]][[say:no]]`,
      }),
    expected: `
  agent LLMAgent
    llm gpt-4o-mini 10+7=17 ${USED}
    llm gpt-4o-mini 30+1=31 ${USED}
    tool broken error: out of order`,
  },
  "agent workflow": {
    run: ({ W, llm, tools, handler }, tag) =>
      handler
        .traceWorkflow(W.agent({ name: "guide", llm, tools: [tools.weather] }))
        .run(`${tag}[[jitter:15]][[call:weather:{"city":"${tag}"}]][[next]][[say:yes]]`),
    expected: `
  workflow AgentWorkflow
    agent guide
      llm gpt-4o-mini
      llm gpt-4o-mini
      tool weather`,
  },
  "agents that hand over": {
    run: ({ W, llm, tools, handler }, tag) => {
      const common = { llm, tools: [tools.weather], description: "works" };
      const two = W.agent({ name: "two", ...common });
      const one = W.agent({ name: "one", ...common, canHandoffTo: [two] });
      const over = '[[call:handOff:{"toAgent":"two","reason":"go on"}]]';
      return handler
        .traceWorkflow(W.multiAgent({ agents: [one, two], rootAgent: one }))
        .run(`${tag}[[jitter:15]]${over}[[next]][[say:yes]]`);
    },
    expected: `
  workflow AgentWorkflow
    agent one
      llm gpt-4o-mini
      tool handOff
    agent two
      llm gpt-4o-mini`,
  },
  "query engine and agent as tools": {
    run: ({ L, W, z, index, llm, tools, handler }, tag) => {
      const named = (name: string, execute: () => Promise<string>) =>
        L.tool({ name, description: name, parameters: z.object({}), execute });
      const ask = async () => (await index.asQueryEngine().query({ query: `${tag}[[jitter:9]][[say:yes]]` })).response;
      const delegate = async () =>
        (await new L.LLMAgent({ tools: [tools.weather] }).chat({ message: `${tag}[[jitter:9]][[say:yes]]` })).response;
      return handler
        .traceWorkflow(W.agent({ name: "boss", llm, tools: [named("ask", ask), named("delegate", delegate)] }))
        .run(`${tag}[[jitter:15]][[call:ask:{}]][[call:delegate:{}]][[next]][[say:yes]]`);
    },
    expected: `
  workflow AgentWorkflow
    agent boss
      llm gpt-4o-mini
      llm gpt-4o-mini
      tool ask
        query RetrieverQueryEngine
          retriever VectorIndexRetriever
            embedding text-embedding-3-small 3+0=3
          synthesizer CompactAndRefine
            llm gpt-4o-mini 10+1=11 ${USED}
      tool delegate
        agent LLMAgent
          llm gpt-4o-mini 10+1=11 ${USED}`,
  },
  "documents that are indexed": {
    run: ({ L }, tag) => L.VectorStoreIndex.fromDocuments([new L.Document({ text: `${tag}[[jitter:15]] alpha` })]),
    expected: `
  ingestion VectorStoreIndex
    embedding text-embedding-3-small 3+0=3
    parser SentenceSplitter`,
  },
  "agent driven by steps": {
    run: ({ L, tools }, tag) =>
      drain(new L.LLMAgent({ tools: [tools.weather] }).createTask(`${tag}[[jitter:15]][[say:yes]]`)),
    expected: `
  agent LLMAgent
    llm gpt-4o-mini 10+1=11 ${USED}`,
  },
  "own workflow": {
    run: async ({ W, llm, handler }, tag) => {
      const start = W.workflowEvent<string>({ debugLabel: "start" });
      const stop = W.workflowEvent<string>({ debugLabel: "stop" });
      const workflow = handler.traceWorkflow(W.createWorkflow(), { name: "own" });
      workflow.handle([start], async function think(_context, { data }) {
        await sleep(2);
        await Promise.all([1, 2].map(() => llm.complete({ prompt: `${data}[[jitter:15]][[say:yes]]` })));
        return stop.with(data);
      });
      const { stream, sendEvent } = workflow.createContext();
      sendEvent(start.with(tag));
      return stream.until(stop).toArray();
    },
    expected: `
  workflow own
    step think
      llm gpt-4o-mini 10+1=11 ${USED}
      llm gpt-4o-mini 10+1=11 ${USED}`,
  },
};

/** Any mix of runs at once gives each run the tree that it has alone, and no trace holds two runs' texts. */
export function runCrowds(install: string, libs: typeof Libs): void {
  let models: Awaited<ReturnType<typeof startModelServer>>;
  beforeAll(async () => {
    models = await startModelServer();
  });
  afterAll(() => models.close());

  async function spansOf(names: readonly string[]): Promise<Span[]> {
    const sink = await startSink();
    const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
    const run = async (name: string, number: number): Promise<void> => {
      await sleep(Math.random() * 20);
      await KINDS[name]?.run(setting, `#${number}#`);
    };
    await Promise.all(names.map(run));
    const report = await setting.handler.flush();
    expect(report).toMatchObject({ pending: 0, dropped: 0 });
    expect(setting.handler.stats()).toMatchObject({ openRuns: 0, failedEvents: 0, lateEnds: 0 });
    await setting.handler.shutdown();
    detach();
    await sink.close();
    return sink.spans();
  }

  describe(`LlamaIndex with ${install}: any mix of runs`, () => {
    it("gives fifty runs at once the trees that they have alone", { timeout: 60_000 }, async () => {
      const mixes = fc.array(fc.constantFrom(...Object.keys(KINDS)), { minLength: 50, maxLength: 50 });
      const property = fc.asyncProperty(mixes, async (names) => {
        const roots = buildTree(await spansOf(names));
        expect(roots).toHaveLength(names.length);
        for (const root of roots) {
          const [tag, ...others] = tagsOf(root);
          expect(others).toEqual([]);
          const expected = KINDS[names[Number(tag)] ?? ""]?.expected ?? "no such run";
          expect(goldenTree(spansIn(root), "name")).toBe(tree(expected));
        }
      });
      await fc.assert(property, { numRuns: 4, endOnFailure: true });
    });
  });
}

function spansIn(root: TreeNode): Span[] {
  return [...walk([root])].map(({ node }) => node.span);
}

/** The numbers of the runs that a trace speaks of. */
function tagsOf(root: TreeNode): string[] {
  const text = JSON.stringify(spansIn(root));
  return [...new Set(Array.from(text.matchAll(/#(\d+)#/g), ([, number]) => number ?? ""))];
}
