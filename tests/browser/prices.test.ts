import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Span } from "@portkey-tracing/core";
import { toLogRecord } from "@portkey-tracing/core/wire";
import { afterAll, expect, it } from "vitest";
import { agent, aSpan } from "./agent-trace.ts";
import { describePage } from "./traces-page.ts";

const COMMAND = fileURLToPath(new URL("../../packages/collector/bin/portkey-traces.mjs", import.meta.url));
const PRICES = {
  "gpt-4o": { input: 100, cachedInput: 10, output: 1_000 },
  "own/model": { input: 7 },
  "llama-*": { input: 0 },
};

describePage("the page with a price file", (at) => {
  const folder = mkdtempSync(join(tmpdir(), "page-prices-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const call = (traceId: string, model: string, provider?: string): Span =>
    aSpan("r", {
      traceId,
      name: traceId,
      type: "llm",
      model: provider === undefined ? {} : { provider },
      input: { model },
      output: { model, usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 } },
    });

  it("shows the user's prices on spans, traces and sums, and no price where there is none", async () => {
    const path = join(folder, "prices.json");
    writeFileSync(path, JSON.stringify(PRICES));
    const child = spawn(process.execPath, [COMMAND, "--port", "0", "--data", ":memory:", "--prices", path]);
    try {
      let said = "";
      child.stdout.on("data", (text) => (said += text));
      await expect.poll(() => said).toContain("Stop with");
      const url = /http:\/\/[\d.:]+/.exec(said)?.[0] ?? "";
      const spans = [
        ...agent,
        call("own", "model", "own"),
        call("free", "llama-4"),
        call("unknown", "nobody-knows-it"),
      ];
      const body = JSON.stringify(spans.map(toLogRecord));
      expect((await fetch(`${url}/v1/logs`, { method: "POST", body })).status).toBe(200);

      await at.page.goto(url);
      await at.page.waitForSelector("tbody tr");
      const costs = await Promise.all(
        ["trace", "own", "free", "unknown"].map((id) => at.textOf(`tr[data-trace=${id}] .is-cost`)),
      );
      expect(costs).toEqual(["$0.136", "$0.0070", "$0", "–"]);
      expect(await at.textOf(".figure:has-text('Cost')")).toBe("Cost ≥ $0.143 some prices unknown");

      await at.page.goto(`${url}/traces/trace?span=ask`);
      await at.page.click('.tabs button:text-is("Details")');
      await at.page.waitForSelector(".bill");
      expect(await at.textsOf(".bill tr")).toEqual([
        "Input 1,000 × $100.00 / 1M $0.100",
        "Cached input 200 × $10.00 / 1M $0.0020",
        "Output 34 × $1000.00 / 1M $0.034",
        "Cost gpt-4o, price file $0.136",
      ]);
      expect(await at.textOf(".facts")).toContain("Cost $0.136");
      await at.page.goto(`${url}/traces/unknown?span=r`);
      await at.page.click('.tabs button:text-is("Details")');
      await at.page.waitForSelector(".usage");
      expect(await at.textOf(".detail-body")).toContain("Cost: –. No price is known for this model");
      expect(await at.textOf(".facts")).toContain("Cost –");
    } finally {
      await at.page.goto("about:blank");
      child.kill();
      await once(child, "exit");
    }
  });

  it("is not started with a price file that is none: the command says where it is wrong", async () => {
    const path = join(folder, "broken.json");
    writeFileSync(path, '{ "gpt-4o": { "input": "2.50" } }');
    const child = spawn(process.execPath, [COMMAND, "--port", "0", "--data", ":memory:", "--prices", path]);
    let said = "";
    child.stderr.on("data", (text) => (said += text));
    const [status] = await once(child, "exit");
    expect(status).toBe(2);
    expect(said).toContain("--prices: ");
    expect(said).toContain("broken.json: gpt-4o: input: Invalid input: expected number");
    expect(said).toContain("A price file is like");
  });
});
