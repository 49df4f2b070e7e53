import { createHash } from "node:crypto";
import { toLogRecord } from "@portkey-tracing/core/wire";
import { createClock } from "./quantiles.mjs";

const TRACE_ID = "1a26e".padEnd(32, "0");
const START_MS = Date.parse("2026-11-20");
const BATCH = 500;

/** Spans below one span, and characters of what one says. */
const FAN_OUT = 10;
const CHARACTERS = 3_000;

/** Sends one trace of so many spans, some kilobytes each, and measures what the page asks of it. */
export async function measureLargeTrace(pool, collector, count, times, say) {
  for (let first = 0; first < count; first += BATCH) {
    const spans = Array.from({ length: Math.min(BATCH, count - first) }, (_, at) => toSpan(first + at));
    const answer = await pool.request({
      method: "POST",
      path: "/v1/logs",
      body: JSON.stringify(spans.map(toLogRecord)),
    });
    if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}`);
    await answer.body.dump();
  }
  await collector.untilIdle();
  const place = `/api/traces/${TRACE_ID}`;
  const questions = {
    rows: { path: "/outline" },
    root: { path: "/head" },
    "a span": { path: `/spans/${idOf(17)}` },
    matches: { path: "/matches?text=word77" },
    whole: { path: "" },
    "in gzip": { path: "", headers: { "accept-encoding": "gzip" } },
  };
  say(`\na trace of ${count} spans`);
  for (const [name, { path, headers = {} }] of Object.entries(questions)) {
    const clock = createClock();
    const beside = createClock();
    let bytes = 0;
    collector.forgetPeak();
    for (let index = 0; index < times; index++) {
      const state = { isDone: false };
      const others = askMeanwhile(pool, beside, state);
      await clock.time(async () => (bytes = await countBytes(pool, place + path, headers)));
      state.isDone = true;
      await others;
    }
    say(`${name.padEnd(9)} ${clock.describe()}, ${(bytes / 1024).toFixed(0)} KB`);
    const memory = `${(collector.peakBytes() / 2 ** 20).toFixed(0)} MB of memory at most`;
    say(`${"".padEnd(9)} others waited ${beside.describe()} for a list; ${memory}`);
  }
}

/** Takes an answer as it comes and keeps none of it: this process is also the one that others' questions come from. */
async function countBytes(pool, path, headers) {
  const answer = await pool.request({ method: "GET", path, headers });
  if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}`);
  let bytes = 0;
  for await (const chunk of answer.body) bytes += chunk.length;
  return bytes;
}

/** What others wait for while something large is answered. */
async function askMeanwhile(pool, clock, state) {
  while (!state.isDone) {
    await clock.time(async () => (await pool.request({ method: "GET", path: "/api/traces?limit=10" })).body.dump());
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A tree in which each span has ten below it; a third of them call a model. */
function toSpan(index) {
  const isCall = index % 3 === 1;
  const text = Array.from({ length: CHARACTERS / 8 }, (_, at) => `word${(index * 7 + at * 31) % 2_000}`).join(" ");
  const usage = { prompt_tokens: 700, completion_tokens: 40, total_tokens: 740 };
  const message = { role: "assistant", content: text.slice(0, 500) };
  return {
    traceId: TRACE_ID,
    spanId: idOf(index),
    ...(index === 0 ? {} : { parentSpanId: idOf(Math.floor((index - 1) / FAN_OUT)) }),
    name: isCall ? "ChatOpenAI" : `step ${index}`,
    type: isCall ? "llm" : "chain",
    source: "Langchain",
    startTimeMs: START_MS + index,
    durationMs: 10,
    status: { code: "ok" },
    ...(isCall
      ? {
          model: { provider: "openai", url: "https://api.openai.com/v1/chat/completions" },
          input: { model: "gpt-4o", messages: [{ role: "user", content: text }] },
          output: { model: "gpt-4o", choices: [{ index: 0, message, finish_reason: "stop" }], usage },
        }
      : { input: { question: text }, output: text.slice(0, 500) }),
    marks: [],
    tags: [],
    metadata: { _user: "ada" },
  };
}

function idOf(index) {
  return createHash("md5").update(`large ${index}`).digest("hex").slice(0, 16);
}
