import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../../../examples/model-server.mjs";
import type * as Libs from "../../../fixtures/langchain-1/libs.ts";
import { byName, goldenTree, tree } from "../../../tests/support/golden.ts";
import { type Sink, startSink } from "../../../tests/support/sink.ts";
import { LangchainCallbackHandler } from "../src/index.ts";
import { expectedOn, type Line, type Program, SECRET, type Setting } from "./program.ts";
import { PROGRAMS } from "./programs.ts";
import { linesOf, Witness } from "./witness.ts";

/** Runs every program on one line of LangChain: real packages, real HTTP on both sides. */
export function runGolden(line: Line, libs: typeof Libs, awaitHandlers = true): void {
  let models: ModelServer;
  beforeAll(async () => {
    models = await startModelServer();
  });
  afterAll(() => models.close());

  describe.each(PROGRAMS)(
    `LangChain ${line}, ${awaitHandlers ? "awaited" : "in the background"}: %s`,
    (_group, all) => {
      for (const program of all) {
        if (program.lines !== undefined && !program.lines.includes(line)) continue;
        it(program.name, async () => {
          const { sink, witness } = await trace(program, libs, models.baseURL, awaitHandlers);
          // Requests that the client repeats are seen where handlers are awaited: tests/gateway.
          const spans = sink.spans().filter(({ type }) => type !== "attempt");
          const inOrder = program.order === "name" ? byName : (text: string) => text;
          const expected = tree(expectedOn(line, program.expected));
          expect(inOrder(goldenTree(spans))).toBe(inOrder(expected));
          if (program.unwitnessed !== true) expect(linesOf(spans)).toEqual(witness.lines());
          expect(JSON.stringify(sink.records)).not.toContain(SECRET);
        });
      }
    },
  );
}

/** Runs a program under a handler of its own; gives what that handler sent, and what LangChain told. */
export async function trace(
  program: Pick<Program, "run">,
  libs: typeof Libs,
  baseURL: string,
  awaitHandlers: boolean,
): Promise<{ sink: Sink; witness: Witness }> {
  const sink = await startSink();
  const handler = new LangchainCallbackHandler({ baseURL: sink.baseURL, awaitHandlers });
  const witness = new Witness();
  const setting: Setting = {
    libs,
    handler,
    callbacks: [handler, witness],
    baseURL,
    chat: (fields) =>
      new libs.ChatOpenAI({
        model: "gpt-4o-mini",
        apiKey: SECRET,
        maxRetries: 0,
        configuration: { baseURL },
        ...fields,
      }),
  };
  await program.run(setting);
  const report = await handler.shutdown();
  await sink.close();
  expect(report).toMatchObject({ pending: 0, dropped: 0 });
  expect(handler.stats()).toMatchObject({ openRuns: 0, lateEnds: 0, failedEvents: 0 });
  return { sink, witness };
}
