// `node benchmarks/llamaindex.mjs`: what our LlamaIndex handler costs beside none. See docs/benchmarks.md.
import { readFileSync } from "node:fs";
import { describeMachine } from "./lib/machine.mjs";
import { runInChild, startSink } from "./lib/processes.mjs";
import { toTable } from "./lib/table.mjs";
import { LLAMAINDEX_WORKLOADS } from "./workloads/llamaindex.mjs";

const REPETITIONS = Number(process.argv[2] ?? 3);
const HEADER = ["workload", "CPU ms, none", "CPU ms, ours", "ratio", "spans", "added µs a span", "peak RSS MB"];

const { version } = JSON.parse(readFileSync(new URL("node_modules/llamaindex/package.json", import.meta.url), "utf8"));
say(`${describeMachine().slice(0, 2).join("\n")}\nllamaindex ${version}, ${REPETITIONS} repetitions\n`);

const rows = [];
for (const [workload, { title, roots }] of Object.entries(LLAMAINDEX_WORKLOADS)) {
  const [none, ours] = await measure(workload);
  const name = none.nodes > 0 ? `${title}, ${none.nodes} of them` : `${roots} ${title}`;
  // Few spans beside much other work: what they cost is less than the work's own spread.
  const added = ours.spans < 100 ? "–" : ((ours.cpuUs - none.cpuUs) / ours.spans).toFixed(0);
  const memory = `${none.peakRssMb.toFixed(0)} → ${ours.peakRssMb.toFixed(0)}`;
  const ratio = (ours.cpuUs / none.cpuUs).toFixed(2);
  rows.push([name, toMs(none.cpuUs), toMs(ours.cpuUs), ratio, ours.spans, added, memory]);
}
say(toTable(HEADER, rows));

/** The least of the repetitions, with each handler in turn. */
async function measure(workload) {
  const best = {};
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    for (const handler of ["none", "ours"]) {
      const sink = await startSink();
      try {
        const measured = await runInChild("./llamaindex-child.mjs", { handler, workload, sinkUrl: sink.url });
        if (best[handler] === undefined || measured.cpuUs < best[handler].cpuUs) best[handler] = measured;
      } finally {
        await sink.stop();
      }
    }
  }
  return [best.none, best.ours];
}

function toMs(microseconds) {
  return (microseconds / 1_000).toFixed(0);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
