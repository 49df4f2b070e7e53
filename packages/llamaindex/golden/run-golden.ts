import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startModelServer } from "../../../examples/model-server.mjs";
import type * as Libs from "../../../fixtures/llamaindex-matched/libs.ts";
import { goldenTree, tree } from "../../../tests/support/golden.ts";
import { startSink } from "../../../tests/support/sink.ts";
import { AGENTS } from "./agents.ts";
import { CHATS } from "./chats.ts";
import { CROWDS } from "./crowds.ts";
import { FLOWS } from "./flows.ts";
import { INGESTION } from "./ingestion.ts";
import { MODELS } from "./models.ts";
import { OWN_PARTS } from "./own-parts.ts";
import { type Program, SECRET } from "./program.ts";
import { QUERIES } from "./queries.ts";
import { createSetting } from "./setting.ts";
import { STAGES } from "./stages.ts";
import { WORKFLOWS } from "./workflows.ts";

/** Runs every program on one install of LlamaIndex.TS: real packages, real HTTP on both sides, one `attach(Settings)`. */
export function runGolden(install: string, libs: typeof Libs, except: ReadonlySet<string> = new Set()): void {
  let models: Awaited<ReturnType<typeof startModelServer>>;
  beforeAll(async () => {
    models = await startModelServer();
  });
  afterAll(() => models.close());

  async function traced(program: Program): Promise<void> {
    const sink = await startSink();
    const { setting, diagnostics, detach } = await createSetting(libs, models.baseURL, sink.baseURL);
    await program.run(setting);
    const { handler } = setting;
    await handler.flush();
    const report = await handler.shutdown();
    detach();
    await sink.close();
    expect(goldenTree(sink.spans(), program.order)).toBe(tree(program.expected));
    expect(report).toMatchObject({ pending: 0, dropped: 0 });
    expect(handler.stats()).toMatchObject({ openRuns: 0, failedEvents: 0 });
    expect(diagnostics).toEqual([]);
    expect(JSON.stringify(sink.records)).not.toContain(SECRET);
  }

  describe.each([
    ["models", MODELS],
    ["queries", QUERIES],
    ["stages", STAGES],
    ["ingestion", INGESTION],
    ["chats", CHATS],
    ["agents", AGENTS],
    ["workflows", WORKFLOWS],
    ["flows", FLOWS],
    ["own parts", OWN_PARTS],
    ["crowds", CROWDS],
  ])(`LlamaIndex with ${install}: %s`, (_group, programs) => {
    for (const program of programs) it.skipIf(except.has(program.name))(program.name, () => traced(program));
  });
}
