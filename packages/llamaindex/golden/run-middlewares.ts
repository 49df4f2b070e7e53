import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startModelServer } from "../../../examples/model-server.mjs";
import type * as Libs from "../../../fixtures/llamaindex-matched/libs.ts";
import { goldenTree, tree } from "../../../tests/support/golden.ts";
import { startSink } from "../../../tests/support/sink.ts";
import { LlamaIndexCallbackHandler } from "../src/index.ts";
import { type Setting, sleep } from "./program.ts";
import { createSetting } from "./setting.ts";

const USED = "cached 3 reasoning 2";
const SNAPSHOT = `
  workflow order
    step first
      llm gpt-4o-mini 10+1=11 ${USED}
  workflow order
    step second
      llm gpt-4o-mini 10+2=12 ${USED}`;

type Workflow = ReturnType<Setting["W"]["createWorkflow"]>;

/** Workflows of the user's own with LlamaIndex's middlewares, traced inside of them and outside. */
export function runMiddlewares(install: string, libs: typeof Libs): void {
  const { workflow: W, traceEvents, validation } = libs;
  const event = (debugLabel: string) => W.workflowEvent<number>({ debugLabel });
  const start = event("start");
  const middle = event("middle");
  const stop = event("stop");
  let models: Awaited<ReturnType<typeof startModelServer>>;
  beforeAll(async () => {
    models = await startModelServer();
  });
  afterAll(() => models.close());

  async function traced(program: (setting: Setting) => Promise<unknown>): Promise<string> {
    const sink = await startSink();
    const { setting, detach, diagnostics } = await createSetting(libs, models.baseURL, sink.baseURL);
    await program(setting);
    await setting.handler.flush();
    expect(setting.handler.stats()).toMatchObject({ openRuns: 0, failedEvents: 0 });
    detach();
    await setting.handler.shutdown();
    await sink.close();
    expect(diagnostics).toEqual([]);
    return goldenTree(sink.spans());
  }

  /** Puts a middleware around a traced workflow, or traces what the middleware made. */
  const both = <M>(middleware: (workflow: Workflow) => M) => [
    {
      place: "inside",
      wrap: ({ handler }: Setting) => middleware(handler.traceWorkflow(W.createWorkflow(), { name: "order" })),
    },
    {
      place: "outside",
      wrap: ({ handler }: Setting) =>
        handler.traceWorkflow(middleware(W.createWorkflow()) as object, { name: "order" }) as M,
    },
  ];

  const finish = async () => stop.with(1);

  describe(`LlamaIndex with ${install}: workflows with middlewares`, () => {
    it.each(both((workflow) => traceEvents.withTraceEvents(workflow)))(
      "runs a handler once that is to run once, traced $place of it",
      async ({ wrap }) => {
        let runs = 0;
        const spans = await traced(async (setting) => {
          const workflow = wrap(setting);
          const once = traceEvents.runOnce(function count() {
            runs += 1;
          });
          workflow.handle([start], once);
          const { sendEvent } = workflow.createContext();
          sendEvent(start.with(1));
          sendEvent(start.with(2));
        });
        expect(runs).toBe(1);
        expect(spans).toBe("workflow order\n  step count\n  step count");
      },
    );

    it("shows decorators the very handler that the program added, and its parents their steps", async () => {
      const seen: unknown[] = [];
      const decorate = traceEvents.createHandlerDecorator({
        getInitialValue: () => 0,
        onBeforeHandler: (next, { handler }) => {
          seen.push(handler);
          return next;
        },
        onAfterHandler: (count) => count,
      });
      const spans = await traced(async ({ handler }) => {
        const workflow = traceEvents.withTraceEvents(handler.traceWorkflow(W.createWorkflow(), { name: "order" }));
        workflow.handle([start], async function first() {
          return middle.with(1);
        });
        workflow.handle([middle], decorate(finish));
        await W.runWorkflow(workflow, start.with(1), stop);
      });
      expect(seen).toEqual([finish]);
      expect(spans).toBe("workflow order\n  step first\n  step finish");
    });

    it("names a step by its event where a middleware hides the handler", async () => {
      const spans = await traced(async ({ handler }) => {
        const workflow = validation.withValidation(handler.traceWorkflow(W.createWorkflow(), { name: "order" }), [
          [[start], [stop]],
        ]);
        workflow.strictHandle([start], async (sendEvent) => {
          sendEvent(stop.with(1));
        });
        await W.runWorkflow(workflow, start.with(1), stop);
      });
      expect(spans).toBe("workflow order\n  step start");
    });

    const { withState } = W.createStatefulMiddleware((state: { count: number }) => state);
    it.each(both((workflow) => withState(workflow)))(
      "goes on from a snapshot, and tells of no handler that was held back, traced $place of it",
      async ({ wrap }) => {
        let ran = 0;
        const spans = await traced(async (setting) => {
          const workflow = wrap(setting);
          workflow.handle([start], async function first() {
            await setting.llm.complete({ prompt: "[[delay:15]][[say:one]]" });
            return middle.with(1);
          });
          workflow.handle([middle], async function second(context) {
            ran += 1;
            await setting.llm.complete({ prompt: "[[say:one two]]" });
            return stop.with(context.state.count);
          });
          const before = workflow.createContext({ count: 7 });
          before.sendEvent(start.with(1));
          const snapshot = await before.snapshot();
          await sleep(5);
          expect(ran).toBe(0);
          const after = workflow.resume(JSON.parse(JSON.stringify(snapshot)) as typeof snapshot);
          const last = (await after.stream.until(stop).toArray()).at(-1);
          expect(last?.data).toBe(7);
        });
        expect(ran).toBe(1);
        expect(spans).toBe(tree(SNAPSHOT));
      },
    );

    it("has the same names for two handlers that trace one workflow", async () => {
      const sink = await startSink();
      const other = new LlamaIndexCallbackHandler({ baseURL: sink.baseURL });
      const spans = await traced(async ({ handler }) => {
        const workflow = handler.traceWorkflow(other.traceWorkflow(W.createWorkflow()));
        workflow.handle([start], async function first() {
          return stop.with(1);
        });
        await W.runWorkflow(workflow, start.with(1), stop);
      });
      await other.shutdown();
      await sink.close();
      expect(spans).toBe("workflow Workflow\n  step first");
      expect(goldenTree(sink.spans())).toBe(spans);
    });
  });
}
