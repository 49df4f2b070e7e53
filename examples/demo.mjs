// `npm run demo`: starts a collector, runs the examples as the programs that they are, and shows the trees they gave.
//   npm run demo -- --keep    leaves the collector and its page up until Ctrl-C
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { buildTree, renderTree } from "@portkey-tracing/core/tree";
import { startChild, told } from "./demo/children.mjs";

const EXAMPLES = [
  ["quickstart-langchain.mjs", "A LangChain agent with a tool"],
  ["quickstart-llamaindex.mjs", "A LlamaIndex query"],
  ["agent-workflow.mjs", "A LlamaIndex agent workflow"],
];
const keep = process.argv.includes("--keep");
const color = process.stdout.isTTY && !process.env.NO_COLOR;
const width = process.stdout.columns ?? 100;

let isKept = false;
void endWhenTold();

const collector = await startCollector();
console.log(`Collector  ${collector.url}  (process ${collector.pid})`);
console.log(
  `Model      ${process.env.OPENAI_API_KEY ? "OpenAI, with your OPENAI_API_KEY" : "a local server with scripted answers; set OPENAI_API_KEY for the real one"}`,
);

let failed = 0;
let explained = false;
const shown = new Set();
for (const [file, title] of EXAMPLES) {
  console.log(`\n${bold(title)}  ${dim(`examples/${file}`)}`);
  const { code, output } = await runExample(file, collector.baseURL);
  console.log(output.trim());
  if (code !== 0) failed += 1;
  for (const tree of await newTrees(collector.url)) console.log(`\n${tree}`);
}

console.log(`\nPage       ${collector.url}`);
if (keep) {
  isKept = true;
  console.log("It stays up until Ctrl-C.");
  await Promise.race([told, collector.gone]);
} else {
  console.log(dim("It goes now; `npm run demo -- --keep` leaves it up to be looked at."));
}
await collector.stop();
process.exitCode = failed === 0 ? 0 : 1;

async function endWhenTold() {
  const code = await told;
  if (!isKept) process.exit(code);
}

/** The collector is a process of its own, as it is for a user. */
async function startCollector() {
  const cli = createRequire(import.meta.url)
    .resolve("@portkey-tracing/collector/package.json")
    .replace(/package\.json$/, "bin/portkey-traces.mjs");
  const child = startChild([cli, "--port", "0", "--data", ":memory:"]);
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const text = await new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
      if (/PORTKEY_BASE_URL=\S+\s/.test(said)) resolve(said);
    });
    void gone.then((code) => reject(new Error(`the collector did not start (exit code ${code})`)));
  });
  const baseURL = /PORTKEY_BASE_URL=(\S+)/.exec(text)[1];
  const stop = () => {
    child.kill();
    return gone;
  };
  return { baseURL, url: baseURL.replace(/\/v1$/, ""), pid: child.pid, gone, stop };
}

function runExample(file, baseURL) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = startChild([path], { ...process.env, PORTKEY_BASE_URL: baseURL });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, output })));
}

/** Traces that came since the last look, printed; or why there are none. */
async function newTrees(url) {
  try {
    const { traces } = await getJson(`${url}/api/traces?limit=50`);
    const fresh = traces.filter(({ traceId }) => !shown.has(traceId)).toReversed();
    return await Promise.all(
      fresh.map(async ({ traceId }) => {
        shown.add(traceId);
        const { spans } = await getJson(`${url}/api/traces/${encodeURIComponent(traceId)}`);
        return renderTree(buildTree(spans), { color, width });
      }),
    );
  } catch (error) {
    return [`The collector does not answer (${error.cause?.code ?? error.message}): no tree to show.${explainOnce()}`];
  }
}

function explainOnce() {
  if (explained) return "";
  explained = true;
  return " Lines of [portkey-tracing] tell the operator\nwhich spans could not be sent; the program itself went on, and gave the same answer.";
}

async function getJson(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: HTTP ${answer.status}`);
  return answer.json();
}

function bold(text) {
  return color ? `\u001B[1m${text}\u001B[0m` : text;
}

function dim(text) {
  return color ? `\u001B[2m${text}\u001B[0m` : text;
}
