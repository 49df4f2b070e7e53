import { stat } from "node:fs/promises";
import { toLogRecord } from "@portkey-tracing/core/wire";
import { Pool } from "undici";
import { startCommand } from "./collector-process.mjs";
import { toSpan } from "./collector-spans.mjs";
import { createClock } from "./quantiles.mjs";

const SPANS_IN_REQUEST = 100;
const READ_PAUSE_MS = 20;
const QUIET_MS = 15_000;

/** A process that has just been started compiles its code meanwhile: what it takes until then is told by itself. */
const WARM_MS = 5_000;

const DONE_MS = 10_000;
const MOST_MS = 15 * 60_000;
const DAY_MS = 86_400_000;

/**
 * A steady stream of so many spans a second and of questions, first without retention and then while it forgets: by size, half
 * of the file; by age, what is older than so many days, as the spans are with which it was filled. How long requests take
 * says whether it holds them up.
 */
export async function measureRetention({ kind, file, rate }, say) {
  const bytes = (await stat(file)).size;
  const half = Math.floor(bytes / 2);
  const isOld = noneBefore(Date.now() - Number(kind) * DAY_MS);
  const isSmall = async () => (await stat(file)).size <= half;
  const bySize = kind === "size";
  const args = bySize ? ["--keep-days", "0", "--max-size", String(half)] : ["--keep-days", kind];
  const isGone = bySize ? isSmall : isOld;
  await measurePhase("without", { file, rate }, ["--keep-days", "0"], async () => wait(WARM_MS + QUIET_MS), say);
  await measurePhase(
    bySize ? "by size" : `by age, ${kind} days`,
    { file, rate },
    args,
    (url) => untilForgotten(url, file, isGone),
    say,
  );
  say(`file      ${mega(bytes)} MB before, ${mega((await stat(file)).size)} MB after`);
}

async function measurePhase(name, { file, rate }, args, until, say) {
  const collector = await startCommand(["--data", file, ...args]);
  const started = performance.now();
  const request = createWarmClock(started + WARM_MS);
  const list = createWarmClock(started + WARM_MS);
  const state = { isDone: false };
  const work = Promise.all([send(collector.url, rate, request, state), read(collector.url, list, state)]);
  const told = await until(collector.url);
  state.isDone = true;
  await work;
  say(`\n${name}, ${((performance.now() - started) / 1000).toFixed(0)} s${told === undefined ? "" : `: ${told}`}`);
  say(`request   ${request.describe()}`);
  say(`list      ${list.describe()}`);
  await collector.stop();
}

/** New spans, of now: on time, however long the answers before take. */
async function send(url, rate, clock, state) {
  const pool = new Pool(url, { connections: 64 });
  const open = new Set();
  let next = performance.now();
  for (let batch = Date.now(); !state.isDone; batch++) {
    const spans = Array.from({ length: SPANS_IN_REQUEST }, (_, at) => {
      const span = toSpan(batch * SPANS_IN_REQUEST + at);
      return toLogRecord({ ...span, startTimeMs: Date.now() });
    });
    const body = JSON.stringify(spans);
    const sending = clock.time(async () => {
      const answer = await pool.request({ method: "POST", path: "/v1/logs", body });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}`);
    });
    open.add(sending);
    void sending.finally(() => open.delete(sending));
    next += (1000 * SPANS_IN_REQUEST) / rate;
    await wait(Math.max(0, next - performance.now()));
  }
  await Promise.all(open);
  await pool.close();
}

async function read(url, clock, state) {
  const pool = new Pool(url, { connections: 1 });
  while (!state.isDone) {
    await clock.time(async () => (await pool.request({ method: "GET", path: "/api/traces?limit=50" })).body.dump());
    await wait(READ_PAUSE_MS);
  }
  await pool.close();
}

/** Until what is to go is gone, and the file has stood still for a while: room is given back afterwards. */
async function untilForgotten(url, file, isGone) {
  const started = performance.now();
  let goneMs;
  let [size, changedMs] = [0, started];
  while (performance.now() - started < MOST_MS) {
    await wait(1000);
    goneMs ??= (await isGone(url)) ? performance.now() : undefined;
    const now = (await stat(file)).size;
    if (now < size || size === 0) [size, changedMs] = [now, performance.now()];
    if (goneMs !== undefined && performance.now() - Math.max(goneMs, changedMs) > DONE_MS) break;
  }
  if (goneMs === undefined) return "not done";
  const seconds = (ms) => ((ms - started) / 1000).toFixed(0);
  return `forgotten after ${seconds(goneMs)} s, room given back after ${seconds(Math.max(goneMs, changedMs))} s`;
}

/** True where no trace is left that started before. */
function noneBefore(ms) {
  return async (url) => {
    const answer = await fetch(`${url}/api/traces?limit=1&to=${ms}`);
    return (await answer.json()).traces.length === 0;
  };
}

/** Tells what began before a moment apart. */
function createWarmClock(fromMs) {
  const [first, later] = [createClock(), createClock()];
  return {
    time: (work) => (performance.now() < fromMs ? first : later).time(work),
    describe: () => `${later.describe()}; in the first ${WARM_MS / 1000} s ${first.describe()}`,
  };
}

function mega(bytes) {
  return (bytes / 2 ** 20).toFixed(0);
}

function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
