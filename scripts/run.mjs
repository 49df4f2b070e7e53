// The way in: `npm run demo` and `npm test` from a clean clone, with nothing but Node and npm.
// Installs and builds what is missing, then runs the task in the pinned pnpm.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const STAMP = `${ROOT}node_modules/.portkey-tracing-installed`;
const PACKAGE_MANAGER = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")).packageManager;

/** What each task runs, in order. A step that fails ends the task. */
const TASKS = {
  build: [],
  demo: [["node", "examples/demo.mjs"]],
  check: [
    ["tsc", "-p", "."],
    // A program of its own: beside its providers' types, TypeScript loses what zod-openapi adds to zod.
    ["tsc", "-p", "fixtures/llamaindex-providers"],
    ["tsc", "-p", "packages/collector/page"],
    ["biome", "ci", "--colors=off", "--reporter=summary", "--error-on-warnings"],
    ["oxlint", "--type-aware", "--deny-warnings"],
    ["depcruise", "--config", ".dependency-cruiser.mjs", "packages", "examples"],
    ["knip"],
    ["node", "scripts/option-docs.mjs", "--check"],
    ["node", "scripts/lockfile-has-no-hosts.mjs"],
  ],
  test: [
    ["node", "scripts/run.mjs", "check"],
    ["node", "scripts/ensure-browser.mjs"],
    ["vitest", "run"],
  ],
  docs: [["node", "scripts/option-docs.mjs"]],
  bench: [["node", "benchmarks/bench.mjs"]],
};

const [task = "", ...rest] = process.argv.slice(2);
const steps = TASKS[task];
if (steps === undefined) fail(`usage: node scripts/run.mjs ${Object.keys(TASKS).join("|")}`);
requireNode();
await install();
if (process.env.PORTKEY_TRACING_BUILT !== "1")
  await quietly("building the packages", ["pnpm", "-r", "--filter", "./packages/*", "build"]);
for (const [index, step] of steps.entries()) {
  const last = index === steps.length - 1;
  await visibly(last ? [...step, ...rest] : step);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Node 20.19 or later is needed; this is ${process.versions.node}`);
}

async function install() {
  const lock = createHash("sha256")
    .update(readFileSync(`${ROOT}pnpm-lock.yaml`))
    .digest("hex");
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === lock) return;
  await quietly("installing (about half a minute, the first time)", ["pnpm", "install", "--frozen-lockfile"]);
  mkdirSync(`${ROOT}node_modules`, { recursive: true });
  writeFileSync(STAMP, lock);
}

/** Runs a step in silence; shows what it said only where it fails. */
async function quietly(title, command) {
  process.stdout.write(`· ${title} … `);
  const started = performance.now();
  const { code, output } = await run(command, "pipe");
  console.log(code === 0 ? `${((performance.now() - started) / 1000).toFixed(0)} s` : "failed");
  if (code !== 0) fail(output, code);
}

async function visibly(command) {
  const { code } = await run(command, "inherit");
  if (code !== 0) process.exit(code);
}

function run([name, ...args], stdio) {
  const [command, given] = name === "pnpm" ? ["npx", ["-y", PACKAGE_MANAGER, ...args]] : [name, args];
  const env = { ...process.env, PATH: `${ROOT}node_modules/.bin:${process.env.PATH}`, PORTKEY_TRACING_BUILT: "1" };
  const child = spawn(command, given, {
    cwd: ROOT,
    env,
    stdio: ["inherit", stdio, stdio],
    shell: process.platform === "win32",
  });
  let output = "";
  child.stdout?.on("data", (text) => (output += text));
  child.stderr?.on("data", (text) => (output += text));
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: 1, output: String(error) }));
    child.on("close", (code, signal) => resolve({ code: code ?? (signal === "SIGINT" ? 130 : 1), output }));
  });
}

function fail(message, code = 1) {
  console.error(message);
  process.exit(code);
}
