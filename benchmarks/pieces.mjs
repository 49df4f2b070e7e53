// `node benchmarks/pieces.mjs`: what the parts of our handler cost by themselves, in µs a span.
// The parts are no public names, so they are built from the sources here; `--core <folder>` takes another copy of them.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createTracing } from "@portkey-tracing/core";
import { LangchainCallbackHandler } from "@portkey-tracing/langchain";
import { build } from "tsdown";
import { toTable } from "./lib/table.mjs";
import { flat, prose } from "./lib/text.mjs";

const OUT = fileURLToPath(new URL("node_modules/.cache/pieces/", import.meta.url));
const { values } = parseArgs({
  options: { core: { type: "string", default: fileURLToPath(new URL("../packages/core", import.meta.url)) } },
});
const { capture, encode, ids, wire, utf8 } = await loadPieces();

const MESSAGES = [
  { role: "system", content: flat(prose(80, 1)) },
  { role: "user", content: flat(prose(200, 2)) },
];
const REQUEST = { model: "gpt-4o-mini", temperature: 0.2, max_tokens: 512, messages: MESSAGES };
const ANSWER = { role: "assistant", content: flat(prose(600, 3)) };
const RESPONSE = {
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "gpt-4o-mini",
  choices: [{ index: 0, message: ANSWER, finish_reason: "stop" }],
  usage: { prompt_tokens: 120, completion_tokens: 150, total_tokens: 270 },
};
const SPAN = {
  traceId: "0192f0c1a2b37c4d8e5f60718293a4b5",
  spanId: "8e5f60718293a4b5",
  parentSpanId: "9e5f60718293a4b5",
  name: "ChatOpenAI",
  type: "llm",
  source: "Langchain",
  startTimeMs: 1_760_000_000_000.25,
  durationMs: 12.5,
  status: { code: "ok" },
  input: REQUEST,
  output: RESPONSE,
  model: { provider: "openai", url: "https://api.openai.com/v1/chat/completions" },
  marks: [],
  tags: ["support"],
  metadata: { tenant: "acme" },
};
const ORIGIN = { source: "Langchain" };
const take = capture.createSnapshot({ inputs: true, outputs: true, maxBytes: 1_048_576, maxDepth: 40 }, () => {});
const record = wire.toLogRecord(SPAN);
const text = JSON.stringify(record);
const swallow = { send: async () => ({ kind: "accepted" }) };
const tracing = createTracing({ transport: swallow, apiKey: "benchmark" });
let runs = 0;
const handler = new LangchainCallbackHandler({ tracing });
const streamed = crypto.randomUUID();
const chunk = { text: " token", message: { content: " token", tool_call_chunks: [] } };
handler.handleChatModelStart({}, [[]], streamed);
const RUN_IDS = Array.from({ length: 1024 }, () => crypto.randomUUID());

const rows = [
  ["snapshot of a model's request and answer", () => [take(REQUEST, ORIGIN), take(RESPONSE, ORIGIN)]],
  [
    "trace id and span id of a run",
    (index) => [ids.toTraceId(RUN_IDS[index % 1024]), ids.toSpanId(RUN_IDS[index % 1024])],
  ],
  ["toLogRecord", () => wire.toLogRecord(SPAN)],
  [`JSON.stringify of the record (${text.length} characters)`, () => JSON.stringify(record)],
  ["its UTF-8 bytes", () => utf8.toUtf8(text)],
  ["encodeSpan: the last three", () => encode.encodeSpan(SPAN)],
  ["start and end through createTracing, to a transport that swallows", traceOne],
  ["one streamed token, through the LangChain handler", streamToken],
];
const measured = [];
for (const [name, piece] of rows) measured.push([name, (await best(piece)).toFixed(2)]);
process.stdout.write(`${toTable(["piece", "µs a span"], measured)}\n`);
await tracing.shutdown();

function traceOne() {
  const runId = `${RUN_IDS[runs % 1024].slice(0, 24)}${String(runs++).padStart(12, "0")}`;
  tracing.record({ kind: "start", runId, type: "llm", name: "ChatOpenAI", input: REQUEST, model: {} }, ORIGIN);
  tracing.record({ kind: "end", runId, output: RESPONSE }, ORIGIN);
}

function streamToken() {
  handler.handleLLMNewToken(chunk.text, undefined, streamed, undefined, undefined, { chunk });
}

/** The least of several rounds, in µs a call. Between two rounds what has queued up is sent. */
async function best(piece, rounds = 30, calls = 2_000) {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    for (let index = 0; index < calls; index++) piece(index);
    least = Math.min(least, ((performance.now() - started) * 1000) / calls);
    await tracing.flush({ timeoutMs: 1_000 });
  }
  return least;
}

async function loadPieces() {
  const names = { capture: "capture", encode: "encode", ids: "ids", wire: "wire/to-log-record", utf8: "utf8" };
  const entry = Object.fromEntries(
    Object.entries(names).map(([name, file]) => [name, `${values.core}/src/${file}.ts`]),
  );
  const quiet = { dts: false, logLevel: "silent", config: false, tsconfig: false, clean: true };
  await build({ entry, outDir: OUT, format: "esm", platform: "node", deps: { alwaysBundle: [/./] }, ...quiet });
  const loaded = Object.keys(names).map(async (name) => [name, await import(`${OUT}${name}.mjs`)]);
  return Object.fromEntries(await Promise.all(loaded));
}
