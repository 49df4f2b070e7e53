import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toLogRecord } from "@portkey-tracing/core/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RunningCollector, startCommand } from "../support/collector-process.ts";
import { aSpan } from "../support/spans.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "portkey-traces-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** The shell bounds the size of files, in kilobytes: to whoever writes it is as if the disk were full. */
function start(maxKilobytes: number): Promise<RunningCollector> {
  const script = `trap '' XFSZ; ulimit -f ${maxKilobytes}; exec "$@"`;
  return startCommand(["--data", join(folder, "traces.db")], { before: ["bash", "-c", script, "bash"] });
}

async function stop({ child, ended }: RunningCollector): Promise<unknown> {
  child.kill("SIGINT");
  return ended;
}

describe.skipIf(process.platform !== "linux")("a collector whose disk is full", () => {
  it("says so, answers questions, loses nothing that it acknowledged, and ends in peace", async () => {
    const full = await start(3_000);
    let acknowledged = 0;
    const statuses: number[] = [];
    for (let batch = 0; batch < 60; batch++) {
      const spans = Array.from({ length: 20 }, (_, index) =>
        aSpan(`s${batch}-${index}`, { traceId: `t${batch}`, startTimeMs: Date.now(), input: "x".repeat(5_000) }),
      );
      const body = JSON.stringify(spans.map(toLogRecord));
      const answer = await fetch(`${full.url}/v1/logs`, { method: "POST", body });
      statuses.push(answer.status);
      if (answer.ok) acknowledged += spans.length;
      else expect(await answer.json()).toMatchObject({ status: "failure" });
    }
    expect(acknowledged).toBeGreaterThan(0);
    expect(statuses.at(-1)).toBe(503);
    const countOf = async (url: string): Promise<number> => {
      const { traces } = (await (await fetch(`${url}/api/traces?limit=500`)).json()) as { traces: { spans: number }[] };
      return traces.reduce((sum, trace) => sum + trace.spans, 0);
    };
    expect(await countOf(full.url)).toBe(acknowledged);
    expect(await stop(full)).toBe(0);
    // Whatever SQLite calls it; nothing of a stack, and not once for each request.
    expect(full.err()).toMatch(/^portkey-traces: POST \/v1\/logs failed: (disk I\/O error|database or disk is full)/m);
    expect(full.err()).not.toContain("    at ");
    expect(full.err().match(/failed/g)?.length).toBeLessThan(5);
    const again = await start(1_000_000);
    expect(await countOf(again.url)).toBe(acknowledged);
    expect(await stop(again)).toBe(0);
  });
});
