import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startModelServer } from "../../../examples/model-server.mjs";
import type * as Libs from "../../../fixtures/langchain-1/libs.ts";
import { goldenTree, tree } from "../../../tests/support/golden.ts";
import { type Sink, startSink } from "../../../tests/support/sink.ts";
import { LangchainCallbackHandler } from "../src/index.ts";
import { CHAINS } from "./chains.ts";
import { GRAPHS } from "./graphs.ts";
import { MODELS } from "./models.ts";
import { expectedOn, type Line, type Program, SECRET, type Setting } from "./program.ts";

/** Runs every program on one line of LangChain: real packages, real HTTP on both sides. */
export function runGolden(line: Line, libs: typeof Libs, awaitHandlers = true): void {
  let models: Awaited<ReturnType<typeof startModelServer>>;
  let sink: Sink;
  beforeAll(async () => {
    models = await startModelServer();
  });
  afterAll(() => models.close());

  async function spansOf(program: Program) {
    sink = await startSink();
    const handler = new LangchainCallbackHandler({ baseURL: sink.baseURL, awaitHandlers });
    const setting: Setting = {
      libs,
      handler,
      callbacks: [handler],
      baseURL: models.baseURL,
      chat: (fields) =>
        new libs.ChatOpenAI({
          model: "gpt-4o-mini",
          apiKey: SECRET,
          maxRetries: 0,
          configuration: { baseURL: models.baseURL },
          ...fields,
        }),
    };
    await program.run(setting);
    const report = await handler.shutdown();
    await sink.close();
    expect(report).toMatchObject({ pending: 0, dropped: 0 });
    expect(handler.stats()).toMatchObject({ openRuns: 0, lateEnds: 0, failedEvents: 0 });
    return sink.spans();
  }

  describe.each([
    ["chains", CHAINS],
    ["models", MODELS],
    ["graphs", GRAPHS],
  ])(`LangChain ${line}, ${awaitHandlers ? "awaited" : "in the background"}: %s`, (_group, programs) => {
    for (const program of programs) {
      if (program.lines !== undefined && !program.lines.includes(line)) continue;
      it(program.name, async () => {
        const spans = await spansOf(program);
        expect(goldenTree(spans, program.order)).toBe(tree(expectedOn(line, program)));
        expect(JSON.stringify(sink.records)).not.toContain(SECRET);
      });
    }
  });
}
