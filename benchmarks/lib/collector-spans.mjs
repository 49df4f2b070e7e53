import { createHash } from "node:crypto";
import { toLogRecord } from "@portkey-tracing/core/wire";

const SPANS_IN_TRACE = 10;
/** When the first of all spans started; each trace starts a tenth of a second after the one before. */
export const START_MS = Date.parse("2026-11-01");
const WORDS = Array.from({ length: 2_000 }, (_, index) => `word${index}`);

/** Ids of the traces of so many spans from the given one on. */
export function traceIdsOf(first, count) {
  const last = Math.ceil(count / SPANS_IN_TRACE);
  return Array.from({ length: last }, (_, index) => traceIdOf(Math.floor(first / SPANS_IN_TRACE) + index));
}

/** Requests with so many spans from the given one on, and the ids of their traces. The same numbers give the same bytes. */
export function encodeBatches(first, count, size) {
  const bodies = [];
  const traceIds = new Set();
  for (let start = first; start < first + count; start += size) {
    const records = [];
    for (let index = start; index < Math.min(start + size, first + count); index++) {
      const span = toSpan(index);
      traceIds.add(span.traceId);
      records.push(toLogRecord(span));
    }
    bodies.push(Buffer.from(JSON.stringify(records)));
  }
  let next = 0;
  const queue = {
    sent: 0,
    next: () => {
      const body = bodies[next++];
      queue.sent += body?.length ?? 0;
      return body;
    },
  };
  return { bodies: queue, traceIds: [...traceIds] };
}

/** Nine spans below a root that ends, and is sent, after them; three of them call a model. */
export function toSpan(index) {
  const trace = Math.floor(index / SPANS_IN_TRACE);
  const place = index % SPANS_IN_TRACE;
  const isRoot = place === SPANS_IN_TRACE - 1;
  const random = createHash("md5").update(String(index)).digest();
  const isCall = place % 3 === 1;
  const text = Array.from(
    { length: 60 },
    (_, at) => WORDS[(random[at % 16] * 7 + at * 31 + index) % WORDS.length],
  ).join(" ");
  const failed = { code: "error", error: { type: "Error", message: "no such order" } };
  return {
    traceId: traceIdOf(trace),
    spanId: random.toString("hex", 0, 8),
    ...(isRoot ? {} : { parentSpanId: idOf(trace * SPANS_IN_TRACE + SPANS_IN_TRACE - 1) }),
    name: isCall ? "ChatOpenAI" : `step ${place}`,
    type: isCall ? "llm" : "chain",
    source: "Langchain",
    startTimeMs: START_MS + trace * 100 + (isRoot ? 0 : place),
    durationMs: isRoot ? rootDurationMs(random) : 5 + random[8],
    status: random[9] === 0 && random[10] < 64 ? failed : { code: "ok" },
    ...(isCall ? callOf(index, text) : { input: { question: text }, output: text.slice(0, 200) }),
    marks: [],
    tags: place === 0 ? ["beta"] : [],
    metadata: { _user: `user-${trace % 1_000}`, session_id: `session-${trace % 10_000}`, plan: "pro" },
  };
}

/** From one second to a hundred, each tenth of the way to ten times as long as likely as any other. */
function rootDurationMs(random) {
  return Math.round(1_000_000 * 10 ** ((2 * random.readUInt32BE(11)) / 2 ** 32)) / 1_000;
}

function callOf(index, text) {
  const usage = { prompt_tokens: 120, completion_tokens: 40, total_tokens: 160 };
  const message = { role: "assistant", content: text.slice(0, 200) };
  const model = `model-${index % 5}`;
  return {
    model: { provider: "openai", url: "https://api.openai.com/v1/chat/completions" },
    input: { model, messages: [{ role: "user", content: text }] },
    output: { id: `chatcmpl-${index}`, model, choices: [{ index: 0, message, finish_reason: "stop" }], usage },
  };
}

function traceIdOf(trace) {
  return createHash("md5").update(`trace ${trace}`).digest("hex");
}

function idOf(index) {
  return createHash("md5").update(String(index)).digest().toString("hex", 0, 8);
}
