import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const NAMES = ["core", "langchain", "llamaindex", "collector"];
let folder: string;

/** What a user gets: the packages as they are packed, in an empty folder, without their frameworks. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "portkey-tracing-install-"));
  const { packageManager } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    packageManager: string;
  };
  for (const name of NAMES) {
    await run("npx", ["-y", packageManager, "pack", "--pack-destination", folder], {
      cwd: join(root, "packages", name),
    });
  }
  const archives = (await readdir(folder)).filter((file) => file.endsWith(".tgz"));
  const find = (name: string): string =>
    `file:./${archives.find((file) => file.startsWith(`portkey-tracing-${name}-`)) ?? name}`;
  const dependencies = Object.fromEntries(NAMES.map((name) => [`@portkey-tracing/${name}`, find(name)]));
  const overrides = { "@portkey-tracing/core": find("core") };
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ name: "user", private: true, dependencies, overrides }),
  );
  await run("npm", ["install", "--legacy-peer-deps", "--no-audit", "--no-fund"], { cwd: folder });
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function evaluate(file: string, code: string): Promise<string> {
  await writeFile(join(folder, file), code);
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("PORTKEY_")));
  return (await run(process.execPath, [file], { cwd: folder, env })).stdout.trim();
}

describe("the packed packages in an empty folder", () => {
  it("load as ES modules, without any framework", async () => {
    const code = `
      import { createTracing } from "@portkey-tracing/core";
      import { toLogRecord } from "@portkey-tracing/core/wire";
      import { buildTree } from "@portkey-tracing/core/tree";
      import { LangchainCallbackHandler } from "@portkey-tracing/langchain";
      import { LlamaIndexCallbackHandler } from "@portkey-tracing/llamaindex";
      import { startCollector } from "@portkey-tracing/collector";
      const collector = await startCollector();
      const tracing = createTracing({ baseURL: collector.baseURL });
      new LlamaIndexCallbackHandler({ tracing });
      const handler = new LangchainCallbackHandler({ tracing });
      tracing.span("hello", () => 1);
      const { sent } = await handler.flush();
      const { traces } = await (await fetch(collector.url + "/api/traces")).json();
      const page = await fetch(collector.url + "/");
      await collector.close();
      console.log(sent, traces[0].name, page.status, typeof toLogRecord, typeof buildTree);`;
    expect(await evaluate("main.mjs", code)).toBe("1 hello 200 function function");
  });

  it("load as CommonJS", async () => {
    const code = `
      const { createTracing } = require("@portkey-tracing/core");
      const { LangchainCallbackHandler } = require("@portkey-tracing/langchain");
      const { LlamaIndexCallbackHandler } = require("@portkey-tracing/llamaindex");
      const { startCollector } = require("@portkey-tracing/collector");
      (async () => {
        const collector = await startCollector();
        const handler = new LangchainCallbackHandler({ baseURL: collector.baseURL });
        handler.tracing.span("hello", () => 1);
        const { sent } = await handler.flush();
        const page = await fetch(collector.url + "/");
        await collector.close();
        console.log(sent, page.status, typeof createTracing, typeof LlamaIndexCallbackHandler);
      })();`;
    expect(await evaluate("main.cjs", code)).toBe("1 200 function function");
  });

  it("bring the command", async () => {
    const { stdout } = await run("npx", ["--no-install", "portkey-traces", "--version"], { cwd: folder });
    expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
