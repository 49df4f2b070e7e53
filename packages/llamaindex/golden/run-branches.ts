import { buildTree, type TreeNode } from "@portkey-tracing/core/tree";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startModelServer } from "../../../examples/model-server.mjs";
import type * as Libs from "../../../fixtures/llamaindex-matched/libs.ts";
import { startSink } from "../../../tests/support/sink.ts";
import { failing, leaveAfter, type Setting, sleep } from "./program.ts";
import { createSetting } from "./setting.ts";

/** What all runs share: one object each, so that nothing but its calls tells them apart. */
interface Shared extends Setting {
  readonly engine: ReturnType<Setting["index"]["asQueryEngine"]>;
  readonly chat: ReturnType<Setting["index"]["asChatEngine"]>;
  readonly agent: ReturnType<Setting["W"]["agent"]>;
}

const WAIT = "[[jitter:20]]";

/** The tag of a branch: a run's `#7#` has `#7.1#`, `#7.2#`, … */
const branch = (tag: string, number: number): string => `${tag.slice(0, -1)}.${number}#`;

const branches = (tag: string): string[] => [1, 2, 3].map((number) => branch(tag, number));

/** Runs with a tag in each of their texts; each call inside a branch has the tag of the branch. */
const RUNS: readonly ((shared: Shared, tag: string) => Promise<unknown>)[] = [
  ({ engine }, tag) => engine.query({ query: `${tag}${WAIT}[[say:yes]]` }),
  ({ engine }, tag) => failing(() => engine.query({ query: `${tag}${WAIT}[[status:500]]` })),
  async ({ engine }, tag) => leaveAfter(1, await engine.query({ query: `${tag}${WAIT}[[say:a b]]`, stream: true })),
  ({ handler, engine }, tag) =>
    handler.withTrace({ name: tag }, () =>
      Promise.all(
        branches(tag).map((one) => handler.tracing.span(one, () => engine.query({ query: `${one}${WAIT}[[say:a]]` }))),
      ),
    ),
  ({ handler, chat }, tag) =>
    handler.withTrace({ name: tag }, () =>
      Promise.all(branches(tag).map((one) => chat.chat({ message: `${one}${WAIT}[[say:yes]]`, chatHistory: [] }))),
    ),
  ({ handler, engine }, tag) =>
    handler.withTrace({ name: tag }, async () => {
      const streams = await Promise.all(
        branches(tag).map((one) => engine.query({ query: `${one}${WAIT}[[say:a b c]]`, stream: true })),
      );
      const open = new Set(streams.map((stream) => stream[Symbol.asyncIterator]()));
      while (open.size > 0) for (const one of open) if ((await one.next()).done === true) open.delete(one);
    }),
  ({ agent }, tag) =>
    agent.run(
      `${tag}${WAIT}${branches(tag)
        .map((one) => `[[call:library:{"tag":"${one}"}]]`)
        .join("")}[[next]][[say:ok]]`,
    ),
  async ({ W, handler, engine }, tag) => {
    const [start, part, done] = ["start", "part", "done"].map((debugLabel) => W.workflowEvent<string>({ debugLabel }));
    if (start === undefined || part === undefined || done === undefined) return;
    const workflow = handler.traceWorkflow(W.createWorkflow(), { name: tag });
    workflow.handle([start], function split({ sendEvent }, { data }) {
      for (const one of branches(data)) sendEvent(part.with(one));
    });
    workflow.handle([part], async function work(_context, { data }) {
      await sleep(Math.random() * 8);
      await engine.query({ query: `${data}${WAIT}[[say:yes]]` });
      return done.with(data);
    });
    const { stream, sendEvent } = workflow.createContext();
    sendEvent(start.with(tag));
    await stream.filter(done).take(3).toArray();
  },
];

function share(setting: Setting): Shared {
  const { L, W, z, llm, index, handler } = setting;
  const engine = index.asQueryEngine();
  const library = L.tool({
    name: "library",
    description: "knows letters",
    parameters: z.object({ tag: z.string() }),
    execute: async ({ tag }) => (await engine.query({ query: `${tag}${WAIT}[[say:yes]]` })).response,
  });
  const agent = handler.traceWorkflow(W.agent({ llm, tools: [library] }));
  return { ...setting, engine, chat: index.asChatEngine(), agent };
}

/** Many runs at once: each span hangs below the one that its own text names. */
export function runBranches(install: string, libs: typeof Libs): void {
  let models: Awaited<ReturnType<typeof startModelServer>>;
  beforeAll(async () => {
    models = await startModelServer();
  });
  afterAll(() => models.close());

  describe(`LlamaIndex with ${install}: branches of many runs at once`, () => {
    it.each(["attach", "callbackManager"])("hang below the run that their texts name, by `%s`", async (way) => {
      const sink = await startSink();
      const { setting, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
      const { Settings } = setting.L;
      const { callbackManager } = Settings;
      if (way === "callbackManager") {
        detach();
        Settings.callbackManager = setting.handler.callbackManager;
      }
      const shared = share(setting);
      const run = async (number: number): Promise<void> => {
        await sleep(Math.random() * 20);
        await RUNS[number % RUNS.length]?.(shared, `#${number}#`);
      };
      await Promise.all(Array.from({ length: 56 }, (_, number) => run(number)));
      await setting.handler.flush();
      expect(setting.handler.stats()).toMatchObject({ openRuns: 0, failedEvents: 0, lateEnds: 0 });
      await setting.handler.shutdown();
      detach();
      Settings.callbackManager = callbackManager;
      await sink.close();
      const roots = buildTree(sink.spans());
      expect(roots).toHaveLength(56);
      expect(roots.flatMap((root) => misplaced(root))).toEqual([]);
      const queries = roots.flatMap((root) => sizesOfQueries(root));
      expect(queries).toHaveLength(7 * (3 + 3 * 4));
      expect(new Set(queries)).toEqual(new Set(["retriever,embedding,synthesizer,llm", "retriever,embedding"]));
    });
  });
}

const tagsOf = (...values: unknown[]): string[] => [
  ...new Set(Array.from(JSON.stringify(values).matchAll(/#(\d+(?:\.\d+)*)#/g), ([, tag]) => tag ?? "")),
];

/** Spans that speak of another run or branch than what is above them; an agent's model knows the whole conversation. */
function misplaced({ span, children }: TreeNode, above?: string): string[] {
  const own = tagsOf(span.name, span.input);
  const fits = (tag: string): boolean => above === undefined || tag === above || tag.startsWith(`${above}.`);
  const wrong = own.filter((tag) => !fits(tag)).map((tag) => `${span.type} of ${tag} below ${above}`);
  const [only, ...others] = own;
  const next = others.length === 0 && span.type !== "llm" ? (only ?? above) : above;
  return [...wrong, ...children.flatMap((child) => misplaced(child, next))];
}

/** The types of what each query holds. */
function sizesOfQueries({ span, children }: TreeNode): string[] {
  const types = (nodes: readonly TreeNode[]): string[] =>
    nodes.flatMap((node) => [node.span.type, ...types(node.children)]);
  return [
    ...(span.type === "query" ? [types(children).join()] : []),
    ...children.flatMap((child) => sizesOfQueries(child)),
  ];
}
