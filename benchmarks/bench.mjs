// `npm run bench`: what our LangChain handler costs beside others. See docs/benchmarks.md.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runFaults } from "./faults.mjs";
import { ensureLangfuse } from "./lib/langfuse.mjs";
import { describeMachine } from "./lib/machine.mjs";
import { readOptions, USAGE } from "./lib/options.mjs";
import { planRuns } from "./lib/plan.mjs";
import { runInChild, startSink } from "./lib/processes.mjs";
import { compare, summarize } from "./lib/summary.mjs";
import { toCostTable, toRatioTable } from "./lib/table.mjs";
import { runSoak } from "./soak.mjs";
import { WORKLOADS } from "./workloads/index.mjs";

const options = readOptions(process.argv.slice(2));
if (options.help) say(USAGE);
else await main();

async function main() {
  if (options.handlers.includes("langfuse")) ensureLangfuse();
  const machine = describeMachine();
  say(`${machine.join("\n")}\n`);
  const measured = await measureAll();
  if (options.json) say(`\nwritten to ${write({ machine, options, ...measured })}`);
}

function measureAll() {
  if (options.faults) return runFaults(say);
  return options.soak ? runSoak(options, say) : runWorkloads();
}

async function runWorkloads() {
  const expected = await countSpans();
  const runs = planRuns(options);
  const results = [];
  for (const [index, run] of runs.entries()) {
    const measured = await measure(run);
    results.push({ ...run, ...measured });
    const perSpan = measured.cpuUs / expected[run.workload];
    progress(`${index + 1}/${runs.length}  ${run.workload} ${run.handler}: ${perSpan.toFixed(0)} µs a span`);
  }
  progress("");
  for (const workload of options.workloads) report(workload, results, expected[workload]);
  return { expected, results };
}

/** How many spans each workload makes, by a handler that only counts. */
async function countSpans() {
  const counts = {};
  for (const workload of options.workloads) {
    counts[workload] = (await measure({ handler: "counting", workload })).arrived;
  }
  return counts;
}

async function measure({ handler, workload }) {
  const sink = await startSink();
  try {
    const task = { handler, workload, sinkUrl: sink.url, scale: options.scale };
    return await runInChild("./child.mjs", task, { candidate: options.candidate });
  } finally {
    await sink.stop();
  }
}

function report(workload, results, expected) {
  const rows = summarize(
    results.filter((result) => result.workload === workload),
    expected,
  );
  const times = options.scale === 1 ? "" : `, ${options.scale} times as many`;
  say(`\n${workload}: ${WORKLOADS[workload].title}${times} (${expected} spans, ${options.repetitions} repetitions)\n`);
  say(toCostTable(rows));
  for (const name of ["ours", "candidate"].filter((handler) => options.handlers.includes(handler))) {
    const lines = compare(workload, rows, name);
    if (lines.length > 0) say(`\n${toRatioTable(lines).replace("ours", name)}`);
  }
}

function write(content) {
  const folder = fileURLToPath(new URL(".results/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  const file = `${folder}${new Date().toISOString().replaceAll(":", "-")}.json`;
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
  return file;
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

/** A line that the next one overwrites; nothing where nobody looks. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text}`);
}
