// `node benchmarks/profile.mjs --handler ours --workload W1`: where the CPU goes, in µs a span, by function.
// `--against no-op` takes another handler's profile off; `--by package` sums over packages; `--top <n>` shows more.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { runInChild, startSink } from "./lib/processes.mjs";
import { readProfile } from "./lib/read-profile.mjs";
import { toTable } from "./lib/table.mjs";

const { values } = parseArgs({
  options: {
    handler: { type: "string", default: "ours" },
    workload: { type: "string", default: "W1" },
    against: { type: "string" },
    candidate: { type: "string" },
    by: { type: "string", default: "function" },
    top: { type: "string", default: "40" },
    scale: { type: "string", default: "1" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "portkey-tracing-profile-"));
try {
  await main();
} finally {
  rmSync(folder, { recursive: true });
}

async function main() {
  const expected = (await measure("counting")).arrived;
  const own = await profileOf(values.handler, expected);
  const other = values.against === undefined ? new Map() : await profileOf(values.against, expected);
  const names = [...new Set([...own.keys(), ...other.keys()])];
  const rows = names.map((name) => ({ name, us: (own.get(name) ?? 0) - (other.get(name) ?? 0) }));
  rows.sort((a, b) => b.us - a.us);
  const total = rows.reduce((sum, row) => sum + row.us, 0);
  const shown = rows.slice(0, Number(values.top)).map(({ name, us }) => [name, us.toFixed(2)]);
  const title = `${values.workload} ${values.handler}${values.against === undefined ? "" : ` less ${values.against}`}`;
  process.stdout.write(`${toTable([title, "self µs a span"], [...shown, ["all", total.toFixed(2)]])}\n`);
}

async function profileOf(handler, expected) {
  const file = join(folder, `${handler}.cpuprofile`);
  await measure(handler, file);
  return readProfile(JSON.parse(readFileSync(file, "utf8")), values.by, expected);
}

async function measure(handler, profile) {
  const sink = await startSink();
  try {
    const task = { handler, workload: values.workload, sinkUrl: sink.url, scale: Number(values.scale), profile };
    const candidate = values.candidate === undefined ? undefined : resolve(values.candidate);
    return await runInChild("./child.mjs", task, { candidate });
  } finally {
    await sink.stop();
  }
}
