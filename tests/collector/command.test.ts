import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Span } from "@portkey-tracing/core";
import { toLogRecord } from "@portkey-tracing/core/wire";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startGateway } from "../../fixtures/gateway/start-gateway.ts";
import {
  endAll,
  type RunningCollector,
  type RunningCommand,
  runCommand,
  startCommand,
} from "../support/collector-process.ts";

const BUILT = fileURLToPath(new URL("../../packages/collector/dist/cli.mjs", import.meta.url));

const NOW_MS = Date.now();

let folder: string;
const all: RunningCommand[] = [];

beforeAll(() => {
  if (!existsSync(BUILT)) throw new Error("the collector is not built: run npm run build first");
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "portkey-traces-"));
});
afterEach(async () => {
  await endAll(all);
  await rm(folder, { recursive: true });
});

function run(...args: string[]): RunningCommand {
  const running = runCommand(args, { env: home() });
  all.push(running);
  return running;
}

async function start(...args: string[]): Promise<RunningCollector> {
  const running = await startCommand(args, { env: home() });
  all.push(running);
  return running;
}

/** Where a user's data are, on any system. */
const home = (): Record<string, string> => ({ HOME: folder, XDG_DATA_HOME: "", LOCALAPPDATA: folder });

function aSpan(index: number): Span {
  return {
    traceId: `trace-${index % 10}`,
    spanId: `span-${index}`,
    name: "chain",
    type: "chain",
    source: "Langchain",
    startTimeMs: NOW_MS + index,
    durationMs: 1,
    status: { code: "ok" },
    input: "x".repeat(500),
    marks: [],
    tags: [],
    metadata: {},
  };
}

async function post(baseURL: string, spans: readonly Span[]): Promise<void> {
  const body = JSON.stringify(spans.map(toLogRecord));
  const answer = await fetch(`${baseURL}/logs`, { method: "POST", body });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
}

async function spansIn(baseURL: string): Promise<number> {
  const answer = await fetch(new URL("/api/traces?limit=500", baseURL));
  const { traces }: { traces: { spans: number }[] } = JSON.parse(await answer.text());
  return traces.reduce((sum, trace) => sum + trace.spans, 0);
}

describe("portkey-traces", () => {
  it("says where the page is and where to send traces, and shows what was sent", async () => {
    const { baseURL, url, out } = await start("--data", ":memory:");
    await post(baseURL, [aSpan(1)]);
    expect(await spansIn(baseURL)).toBe(1);
    expect(out()).toContain(`Traces page   ${url}\n`);
    expect(out()).toContain("memory");
    expect(await (await fetch(new URL("/", baseURL))).text()).toContain("<title>Traces</title>");
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "ends in peace on %s, and has everything when it runs again",
    async (signal) => {
      const data = join(folder, "here.db");
      const first = await start("--data", data);
      await post(first.baseURL, [aSpan(1), aSpan(2)]);
      first.child.kill(signal);
      expect(await first.ended).toBe(0);
      const second = await start("--data", data);
      expect(await spansIn(second.baseURL)).toBe(2);
    },
  );

  it("ends within the time of its answers, also when somebody watched what arrives", async () => {
    const { baseURL, child, ended } = await start("--data", ":memory:");
    const watching = [0, 1].map(() => new AbortController());
    for (const { signal } of watching) {
      const answer = await fetch(new URL("/api/live", baseURL), { signal });
      void answer.text().catch(() => undefined);
    }
    watching[0]?.abort();
    const pings = new Promise((resolve) => setTimeout(() => resolve("still there"), 10_000));
    child.kill("SIGTERM");
    expect(await Promise.race([ended, pings])).toBe(0);
  });

  it("keeps its traces in the user's data folder unless told", async () => {
    const { out } = await start();
    const kept = /Kept in +(.+), for 30 days/.exec(out())?.[1] ?? "";
    expect(kept.startsWith(folder)).toBe(true);
    expect(existsSync(kept)).toBe(true);
  });

  it("has every acknowledged span after it was killed in the middle of its work", async () => {
    const data = join(folder, "killed.db");
    const first = await start("--data", data);
    let acknowledged = 0;
    const sending = (async () => {
      for (let index = 0; ; index += 50) {
        await post(
          first.baseURL,
          Array.from({ length: 50 }, (_, offset) => aSpan(index + offset)),
        );
        acknowledged += 50;
      }
    })();
    await expect.poll(() => acknowledged).toBeGreaterThan(500);
    first.child.kill("SIGKILL");
    await expect(sending).rejects.toThrow();
    expect(await first.ended).toBe("SIGKILL");
    expect(acknowledged).toBeGreaterThan(0);
    const second = await start("--data", data);
    expect(await spansIn(second.baseURL)).toBeGreaterThanOrEqual(acknowledged);
    await post(
      second.baseURL,
      Array.from({ length: 50 }, (_, offset) => aSpan(offset)),
    );
    expect((await spansIn(second.baseURL)) % 50).toBe(0);
  });

  it("follows a gateway that it is told of, and ends all the same", async () => {
    const gateway = await startGateway({ hasLog: true });
    const running = await start("--data", ":memory:", "--follow-gateway", gateway.baseURL);
    await expect.poll(running.err).toContain("portkey-traces: follows the gateway at 127.0.0.1:");
    running.child.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    await gateway.close();
  });

  it("says so when its port is taken", async () => {
    const { baseURL } = await start("--data", ":memory:");
    const second = run("--port", new URL(baseURL).port, "--data", ":memory:");
    expect(await second.ended).toBe(2);
    expect(second.err()).toMatch(/^portkey-traces: --port: 127\.0\.0\.1:\d+ is in use/);
  });

  it.each([
    [["--prot", "1"], "unknown option --prot: did you mean --port?"],
    [["--port", "http"], "--port: expected 0 to 65535"],
    [["--follow-gateway", "http://10.0.0.1:8787"], '--follow-gateway: "10.0.0.1" is not this machine'],
    [["--data", "/dev/null/x.db"], '--data: cannot open "/dev/null/x.db"'],
  ])("refuses %j", async (args, problem) => {
    const refused = run(...args);
    expect(await refused.ended).toBe(2);
    expect(refused.err()).toContain(problem);
    expect(refused.err()).not.toContain("    at ");
  });

  it("lists its options, and its version", async () => {
    const help = run("--help");
    expect(await help.ended).toBe(0);
    for (const option of ["--port", "--data"]) expect(help.out()).toContain(option);
    const version = run("--version");
    expect(await version.ended).toBe(0);
    expect(version.out()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
