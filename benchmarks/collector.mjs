// What the collector takes in, and how fast it answers meanwhile and after: `node benchmarks/collector.mjs --help`.
// The collector runs as its command does, in a process of its own, with a file on disk; this process is its only client.
import { existsSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Pool } from "undici";
import { startChdb } from "./lib/chdb.mjs";
import { startCommand } from "./lib/collector-process.mjs";
import { measureQuestions, questionsOf } from "./lib/collector-reads.mjs";
import { encodeBatches, START_MS, traceIdsOf } from "./lib/collector-spans.mjs";
import { fillStore } from "./lib/fill-store.mjs";
import { measureLargeTrace } from "./lib/large-trace.mjs";
import { describeMachine } from "./lib/machine.mjs";
import { createClock } from "./lib/quantiles.mjs";
import { measureRetention } from "./lib/retention.mjs";

const USAGE = `node benchmarks/collector.mjs [options]
  --spans <n>        spans to send (default 200000), in traces of ten, about 1 KB each
  --batch <n>        spans in a request (default 100)
  --connections <n>  requests at a time (default 8)
  --reads            lists and traces are read all the while
  --filled <n>       spans that are there before, put there without HTTP (default 0)
  --file <path>      the file, which stays: filled where it is not there, else taken for filled with --filled spans
  --large-trace <n>  one more trace, of so many spans of 4 KB: what the page asks of it
  --retention <what> size, or a number of days: how long requests take while half of the file is forgotten, or what is older
  --rate <n>         spans a second that come in meanwhile (default 3000)
  --clickhouse <url> the collector keeps its traces there, and not in a file; --filled fills a database that is empty.
                     chdb: in ClickHouse's engine, which runs beside it, with its data in the folder that --file names
`;

const { values } = parseArgs({
  options: {
    spans: { type: "string", default: "200000" },
    batch: { type: "string", default: "100" },
    connections: { type: "string", default: "8" },
    reads: { type: "boolean", default: false },
    filled: { type: "string", default: "0" },
    file: { type: "string" },
    retention: { type: "string" },
    rate: { type: "string", default: "3000" },
    "large-trace": { type: "string", default: "0" },
    clickhouse: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  say(USAGE);
  process.exit(0);
}
const [total, batch, connections, filled, largeTrace] = [
  values.spans,
  values.batch,
  values.connections,
  values.filled,
  values["large-trace"],
].map(Number);

/** Encoded before the clock runs; so many that memory holds them. */
const ROUND = 100_000;
const READ_PAUSE_MS = 20;

function say(line) {
  process.stdout.write(`${line}\n`);
}

for (const line of describeMachine()) say(line);
const folder = await mkdtemp(join(tmpdir(), "portkey-traces-bench-"));
const file = values.file ?? join(folder, "traces.db");
const chdb = values.clickhouse === "chdb" ? await startChdb(values.file ?? join(folder, "clickhouse")) : undefined;
const clickhouse = chdb?.address ?? values.clickhouse;
if (filled > 0 && (clickhouse !== undefined || !existsSync(file))) {
  say(`filled    ${await fillStore({ file, clickhouse }, filled)}`);
}
if (values.retention !== undefined) {
  await measureRetention({ kind: values.retention, file, rate: Number(values.rate) }, say);
  await rm(folder, { recursive: true });
  process.exit(0);
}
const collector = await startCommand(clickhouse === undefined ? ["--data", file] : ["--clickhouse", clickhouse]);
const pool = new Pool(collector.url, { connections });
try {
  if (total > 0) await fill();
  const idleMs = await collector.untilIdle();
  say(`index     nothing left to do ${(idleMs / 1000).toFixed(1)} s after the last span`);
  say(`memory    ${(collector.peakBytes() / 2 ** 20).toFixed(0)} MB at most`);
  if (filled + total > 0) await measureReads();
  if (largeTrace > 0) await measureLargeTrace(pool, collector, largeTrace, 20, say);
  if (clickhouse === undefined) {
    const bytes = (await stat(file)).size + (await stat(`${file}-wal`).catch(() => ({ size: 0 }))).size;
    say(
      `disk      ${(bytes / 2 ** 20).toFixed(0)} MB, ${(bytes / (filled + total + largeTrace)).toFixed(0)} bytes a span`,
    );
  }
} finally {
  await pool.close();
  await collector.stop();
  await chdb?.stop();
  await rm(folder, { recursive: true });
}

/** Sends everything; the clock stands still while requests are encoded. */
async function fill() {
  const posts = createClock();
  const reads = { list: createClock(), trace: createClock() };
  let ms = 0;
  const cpu = { collector: 0, client: 0 };
  let bytes = 0;
  for (let first = filled; first < filled + total; first += ROUND) {
    const { bodies, traceIds } = encodeBatches(first, Math.min(ROUND, filled + total - first), batch);
    const state = { isDone: false };
    const reading = values.reads ? readAlong(reads, traceIds, state) : undefined;
    const started = performance.now();
    const before = { collector: collector.cpuMs(), client: process.cpuUsage() };
    await Promise.all(Array.from({ length: connections }, () => sendAll(bodies, posts)));
    ms += performance.now() - started;
    const { user, system } = process.cpuUsage(before.client);
    cpu.collector += collector.cpuMs() - before.collector;
    cpu.client += (user + system) / 1000;
    state.isDone = true;
    await reading;
    bytes += bodies.sent;
    if (total > ROUND)
      process.stderr.write(`${first + ROUND} spans, ${((first + ROUND - filled) / (ms / 1000)).toFixed(0)}/s\n`);
  }
  say(`\ningest    ${((total / ms) * 1000).toFixed(0)} spans/s, ${(bytes / 2 ** 20 / (ms / 1000)).toFixed(1)} MB/s`);
  const each = (cpuMs) => ((cpuMs * 1000) / total).toFixed(0);
  say(`cpu       ${each(cpu.collector)} µs a span in the collector, ${each(cpu.client)} in its client`);
  say(`request   ${posts.describe()}`);
  if (values.reads)
    for (const [name, clock] of Object.entries(reads)) say(`${name.padEnd(9)} ${clock.describe()} meanwhile`);
}

async function sendAll(bodies, clock) {
  for (let body = bodies.next(); body !== undefined; body = bodies.next()) {
    await clock.time(async () => {
      const answer = await pool.request({
        method: "POST",
        path: "/v1/logs",
        body,
        headers: { "content-type": "application/json" },
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}: ${text}`);
    });
  }
}

async function readAlong(reads, traceIds, state) {
  const reader = new Pool(collector.url, { connections: 1 });
  while (!state.isDone) {
    await reads.list.time(() => get(reader, "/api/traces?limit=50"));
    await reads.trace.time(() => get(reader, `/api/traces/${traceIds[0]}`, true));
    await new Promise((resolve) => setTimeout(resolve, READ_PAUSE_MS));
  }
  await reader.close();
}

async function measureReads() {
  const traceIds = traceIdsOf(Math.floor((filled + total) / 2), 1_000);
  await measureQuestions(
    (path) => get(pool, path),
    questionsOf(traceIds, START_MS),
    { times: 100, forMs: 20_000 },
    say,
  );
}

async function get(client, path, mayMiss = false) {
  const answer = await client.request({ method: "GET", path });
  const text = await answer.body.text();
  if (answer.statusCode !== 200 && !(mayMiss && answer.statusCode === 404)) {
    throw new Error(`${path} answered ${answer.statusCode}: ${text}`);
  }
  return text;
}
