import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ModelServer, startModelServer } from "../../examples/model-server.mjs";
import { startSink } from "../support/sink.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of the examples folder, as a user would: no Portkey variables but those given, and no OpenAI key. */
function run(
  path: string,
  env: Record<string, string>,
  onOutput: (said: string, program: ChildProcess) => void = () => undefined,
  args: readonly string[] = [],
): Promise<Run> {
  const inherited = Object.entries(process.env).filter(([key]) => !/^(PORTKEY_|OPENAI_|NODE_OPTIONS|VITEST)/.test(key));
  const child = spawn(process.execPath, [path, ...args], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text: Buffer) => {
    stdout += text.toString();
    onOutput(stdout, child);
  });
  child.stderr.on("data", (text: Buffer) => {
    stderr += text.toString();
  });
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

const ANSWERS = ["It is sunny in Paris", "You have 30 days", "The blue lamp costs 44 dollars"];

describe("the demo", () => {
  it("answers, shows three trees and ends well", async () => {
    const { code, stdout, stderr } = await run("examples/demo.mjs", {});
    expect(stderr).toBe("");
    for (const answer of ANSWERS) expect(stdout).toContain(answer);
    expect(stdout.match(/^trace [0-9a-f]{32}/gm)?.length).toBeGreaterThanOrEqual(3);
    for (const name of ["get_weather", "RetrieverQueryEngine", "Shop", "get_price"]) expect(stdout).toContain(name);
    expect(stdout).not.toMatch(/unfinished|ORPHAN|orphan/);
    expect(code).toBe(0);
  });

  it("gives the same answers and exit code when the collector is killed in the middle", async () => {
    let killed = false;
    const { code, stdout } = await run("examples/demo.mjs", {}, (said) => {
      const pid = /process (\d+)/.exec(said)?.[1];
      if (killed || pid === undefined || !said.includes(ANSWERS[0] ?? "")) return;
      killed = true;
      process.kill(Number(pid), "SIGKILL");
    });
    for (const answer of ANSWERS) expect(stdout).toContain(answer);
    expect(stdout).toContain("The collector does not answer");
    expect(stdout.match(/the program itself went on/g)).toHaveLength(1);
    expect(code).toBe(0);
  });

  it.each([
    ["its examples run", [], /process \d+/],
    ["its page is up", ["--keep"], /until Ctrl-C/],
  ])("takes the collector with it when it is told to end while %s", async (_phase, args, phase) => {
    let isTold = false;
    const { stdout } = await run(
      "examples/demo.mjs",
      {},
      (said, demo) => {
        if (isTold || !phase.test(said)) return;
        isTold = demo.kill("SIGTERM");
      },
      args,
    );
    const pid = Number(/process (\d+)/.exec(stdout)?.[1]);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });
});

describe("a newcomer who has set nothing", () => {
  it("gets the answer, and one line that says how to see traces", async () => {
    const { code, stdout, stderr } = await run("examples/quickstart-langchain.mjs", {});
    expect(stdout).toContain(ANSWERS[0]);
    expect(stderr.split("\n").filter((line) => line.includes("portkey-tracing"))).toHaveLength(1);
    expect(stderr).toMatch(/disabled: tracing is off: .*apiKey.*PORTKEY_API_KEY.*npx portkey-traces.*PORTKEY_BASE_URL/);
    expect(code).toBe(0);
  });

  it("with a typing error in the key is told so, and gets the answer", async () => {
    const sink = await startSink();
    sink.answerWith(() => ({ status: 401, body: "invalid key" }));
    const env = { PORTKEY_BASE_URL: sink.baseURL, PORTKEY_API_KEY: "pk-with-a-typing-error" };
    const { code, stdout, stderr } = await run("examples/quickstart-langchain.mjs", env);
    await sink.close();
    expect(stdout).toContain(ANSWERS[0]);
    expect(stderr).toContain("refused the API key (HTTP 401)");
    expect(stderr).not.toContain("pk-with-a-typing-error");
    expect(code).toBe(0);
  });
});

describe("the code of the README", () => {
  let models: ModelServer;
  beforeAll(async () => {
    models = await startModelServer();
  });
  afterAll(() => models.close());

  it("runs as it stands there, and traces", async () => {
    const readme = await readFile(`${ROOT}README.md`, "utf8");
    const blocks = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
    expect(blocks.length).toBeGreaterThanOrEqual(2);
    await mkdir(`${ROOT}examples/.artifacts`, { recursive: true });
    for (const [index, block] of blocks.entries()) {
      const sink = await startSink();
      const path = `${ROOT}examples/.artifacts/readme-${index}.mjs`;
      await writeFile(path, block);
      const env = {
        PORTKEY_BASE_URL: sink.baseURL,
        OPENAI_API_KEY: "sk",
        OPENAI_BASE_URL: models.baseURL,
        PORTKEY_API_KEY: "pk",
      };
      const { code, stderr } = await run(path, env);
      await sink.close();
      // LlamaIndex says this of a split install, whoever looks at it.
      expect(stderr.replace(/^llamaindex was already imported\..*\n/gm, "")).toBe("");
      expect(code).toBe(0);
      expect(sink.records.length).toBeGreaterThan(2);
    }
  });
});

describe("each example", async () => {
  const files = (await readdir(`${ROOT}examples`)).filter((file) => /^(quickstart|agent)-.*\.mjs$/.test(file));

  it.each(files)("%s is short enough to read in one screen", async (file) => {
    expect((await readFile(`${ROOT}examples/${file}`, "utf8")).split("\n").length).toBeLessThanOrEqual(40);
  });
});
