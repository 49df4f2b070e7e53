// Traces as real programs leave them, for pictures: an agent with tools, retrieval, a failure with retries, a run that never
// ended, a conversation of several traces. Times are relative to `nowMs`.

/** All sample traces as spans, the newest last. */
export function sampleTraces(nowMs) {
  const chats = CHAT.map(([asked, answered], index) =>
    chat(nowMs - 3_000_000 + index * 240_000, index, asked, answered),
  );
  return [
    ...Array.from({ length: 24 }, (_, index) => question(nowMs - 86_000_000 + index * 3_400_000, index)),
    ...chats,
    unfinished(nowMs - 900_000),
    failure(nowMs - 420_000),
    research(nowMs - 95_000),
  ].flat();
}

/** A trace with that many spans: agents that call models and tools, ten at a time. */
export function largeTrace(traceId, count, nowMs = Date.now()) {
  const trace = tracer(traceId, nowMs - 600_000);
  const root = trace({ id: "root", name: "batch-evaluation", type: "agent", at: 0, ms: count * 4 + 100 });
  const spans = [root];
  for (let index = 0; spans.length < count; index++) {
    const at = 20 + index * 36;
    const agent = trace({ id: `agent${index}`, name: `case ${index}`, type: "chain", at, ms: 320, parent: "root" });
    spans.push(agent);
    for (let step = 0; step < 8 && spans.length < count; step++) {
      const isModel = step % 2 === 0;
      const id = `s${index}-${step}`;
      const common = { id, at: at + step * 38, ms: 36, parent: `agent${index}` };
      const failed = index % 97 === 11 && step === 7;
      spans.push(
        isModel
          ? trace({ ...common, name: "ChatOpenAI", type: "llm", ...model("gpt-4o-mini", 420 + step, 60) })
          : trace({
              ...common,
              name: "lookup_order",
              type: "tool",
              ...(failed ? { error: ["TimeoutError", "no answer in 30 ms"] } : {}),
            }),
      );
    }
  }
  return spans.slice(0, count);
}

const CHAT = [
  [
    "My parcel has not arrived. Order 4711.",
    "I am sorry about that. It left Leipzig yesterday and should be with you tomorrow before noon.",
  ],
  ["Can it go to my neighbour instead?", "Yes. I have noted Ms Okafor, second floor, as the person to take it."],
  ["Great, thank you!", "You are welcome. You will get a message as soon as it is handed over."],
];

function tracer(traceId, startMs, metadata = {}) {
  return ({ id, name, type, at, ms, parent, error, status, tags = [], marks = [], ...more }) => ({
    traceId,
    spanId: id,
    ...(parent === undefined ? {} : { parentSpanId: parent }),
    name,
    type,
    source: "Langchain",
    startTimeMs: startMs + at,
    durationMs: ms,
    status:
      status ??
      (error === undefined
        ? { code: "ok" }
        : { code: "error", error: { type: error[0], message: error[1], ...error[2] } }),
    marks: marks.map(([markName, markAt]) => ({ name: markName, timeMs: startMs + markAt })),
    tags,
    metadata: { ...metadata, ...more.metadata },
    ...(more.input === undefined ? {} : { input: more.input }),
    ...(more.output === undefined ? {} : { output: more.output }),
    ...(more.model === undefined ? {} : { model: more.model }),
  });
}

function model(name, prompt, completion, more = {}) {
  const {
    messages = [{ role: "user", content: "…" }],
    answer = { role: "assistant", content: "…" },
    cached = 0,
    reasoning = 0,
    provider = "openai",
    firstToken,
    ...parameters
  } = more;
  return {
    model: {
      provider,
      ...(provider === "openai" ? { url: "https://api.openai.com/v1/chat/completions" } : {}),
      ...(firstToken === undefined ? {} : { timeToFirstTokenMs: firstToken, streamed: true }),
    },
    input: { model: name, temperature: 0.2, max_tokens: 800, ...parameters, messages },
    output: {
      id: "chatcmpl-9f2",
      object: "chat.completion",
      model: name,
      choices: [{ index: 0, message: answer, finish_reason: answer.tool_calls ? "tool_calls" : "stop" }],
      usage: {
        prompt_tokens: prompt,
        completion_tokens: completion,
        total_tokens: prompt + completion,
        prompt_tokens_details: { cached_tokens: cached },
        completion_tokens_details: { reasoning_tokens: reasoning },
      },
    },
  };
}

const QUESTIONS = ["support-agent", "summarise", "classify-ticket", "support-agent", "translate", "rag-answer"];
const MODELS = ["gpt-4o-mini", "gpt-4o", "claude-sonnet-4-20250514", "llama-custom-8b"];

function question(startMs, index) {
  const name = QUESTIONS[index % QUESTIONS.length];
  const modelName = MODELS[index % MODELS.length];
  const provider = modelName.startsWith("claude") ? "anthropic" : modelName.startsWith("gpt") ? "openai" : "ollama";
  const ms = 400 + ((index * 7_919) % 5_200);
  const trace = tracer(`q${index}`, startMs, { _user: ["ada", "grace", "linus", "joan"][index % 4] });
  const failed = index % 9 === 5;
  return [
    trace({
      id: "r",
      name,
      type: "chain",
      at: 0,
      ms,
      input: { question: "Where is my order?" },
      ...(failed ? { error: ["RateLimitError", "429: slow down"] } : { output: { answer: "On its way." } }),
    }),
    trace({
      id: "m",
      name: provider === "anthropic" ? "ChatAnthropic" : "ChatOpenAI",
      type: "llm",
      at: 20,
      ms: ms - 40,
      parent: "r",
      ...model(modelName, 900 + index * 61, 120 + index * 9, { provider, firstToken: 180 + index * 11 }),
      ...(failed ? { error: ["RateLimitError", "429: slow down"] } : {}),
    }),
  ];
}

function chat(startMs, index, asked, answered) {
  const trace = tracer(`chat${index}`, startMs, { _user: "ada", thread_id: "thread-4711" });
  const messages = [
    ...CHAT.slice(0, index).flatMap(([q, a]) => [
      { role: "user", content: q },
      { role: "assistant", content: a },
    ]),
    { role: "user", content: asked },
  ];
  const answer = { role: "assistant", content: answered };
  return [
    trace({
      id: "r",
      name: "support-agent",
      type: "agent",
      at: 0,
      ms: 2_100 + index * 300,
      input: { messages },
      output: { messages: [...messages, answer] },
    }),
    trace({
      id: "m",
      name: "ChatOpenAI",
      type: "llm",
      at: 30,
      ms: 2_000 + index * 300,
      parent: "r",
      ...model("gpt-4o", 640 + index * 90, 48, { messages, answer, firstToken: 420 }),
    }),
  ];
}

function unfinished(startMs) {
  const trace = tracer("unfinished", startMs, { _user: "grace" });
  return [
    trace({ id: "r", name: "nightly-report", type: "workflow", at: 0, ms: 9_000 }),
    trace({ id: "a", name: "collect", type: "step", at: 50, ms: 2_300, parent: "r" }),
    trace({
      id: "b",
      name: "stream-summary",
      type: "llm",
      at: 2_400,
      ms: 6_500,
      parent: "r",
      ...model("gpt-4o", 5_200, 0, { firstToken: 900 }),
      status: { code: "unfinished", reason: "root_ended" },
    }),
  ];
}

function failure(startMs) {
  const trace = tracer("failure", startMs, { _user: "linus" });
  const refused = [
    "APIConnectionError",
    "connect ECONNREFUSED 10.0.0.7:443",
    {
      code: "ECONNREFUSED",
      httpStatus: 503,
      stack:
        "APIConnectionError: connect ECONNREFUSED 10.0.0.7:443\n    at fetchWithRetry (client.js:118:13)\n    at async ChatOpenAI.completionWithRetry (chat_models.js:412:20)\n    at async RunnableSequence.invoke (base.js:1024:27)",
    },
  ];
  return [
    trace({
      id: "r",
      name: "invoice-extractor",
      type: "chain",
      at: 0,
      ms: 6_400,
      input: { file: "invoice-2291.pdf" },
      error: refused,
    }),
    trace({ id: "p", name: "parse-pdf", type: "parser", at: 10, ms: 610, parent: "r", output: { pages: 3 } }),
    trace({
      id: "m",
      name: "ChatOpenAI",
      type: "llm",
      at: 640,
      ms: 5_700,
      parent: "r",
      ...model("gpt-4o", 0, 0),
      output: undefined,
      error: refused,
    }),
    trace({ id: "t1", name: "attempt 1", type: "attempt", at: 650, ms: 900, parent: "m", error: refused }),
    trace({ id: "t2", name: "attempt 2", type: "attempt", at: 2_100, ms: 1_200, parent: "m", error: refused }),
    trace({ id: "t3", name: "attempt 3", type: "attempt", at: 5_000, ms: 1_300, parent: "m", error: refused }),
    trace({
      id: "g",
      name: "fallback from config.targets[0]",
      type: "attempt",
      at: 640,
      ms: 0,
      parent: "m",
      error: ["InferredFailure", "the gateway went on to another target"],
      tags: ["inferred"],
      metadata: { inferred: "true" },
    }),
  ];
}

const SYSTEM = "You plan trips. Use the tools; do not guess.";
const ASKED = "Three days in Lisbon in May: what should I pack, and what will it cost?";

function research(startMs) {
  const trace = tracer("research", startMs, { _user: "ada", session_id: "trip-planning" });
  const calls = [
    { id: "call_1", type: "function", function: { name: "get_weather", arguments: '{"city":"Lisbon","month":"May"}' } },
    {
      id: "call_2",
      type: "function",
      function: { name: "search_guides", arguments: '{"query":"Lisbon three days budget"}' },
    },
  ];
  const first = [
    { role: "system", content: SYSTEM },
    { role: "user", content: ASKED },
  ];
  const second = [
    ...first,
    {
      role: "assistant",
      content: "",
      reasoning_content: "Weather decides the packing list, guides the budget. Both can be asked at once.",
      tool_calls: calls,
    },
    { role: "tool", tool_call_id: "call_1", content: '{"high":23,"low":15,"rain_days":5}' },
    { role: "tool", tool_call_id: "call_2", content: "3 guides found: budget 85–140 € a day." },
  ];
  const answer = {
    role: "assistant",
    content:
      "Pack layers: days reach 23 °C, evenings fall to 15 °C, and it rains on about five days in May, so bring a light rain jacket.\n\nCost for three days, without the flight:\n  • bed          180–270 €\n  • food          75–120 €\n  • transport      about 20 €\n\nPlan for 300 to 420 € in all.",
  };
  const documents = [
    {
      score: 0.914,
      id: "guide-12#3",
      text: "A day in Lisbon costs 85 € if you sleep in a guesthouse in Graça and eat where office workers do.",
      metadata: { source: "guides/lisbon.md", page: 3 },
    },
    {
      score: 0.871,
      id: "guide-12#7",
      text: "The Viva Viagem day card is 6.80 € and covers trams, buses and the metro.",
      metadata: { source: "guides/lisbon.md", page: 7 },
    },
    {
      score: 0.642,
      id: "guide-40#1",
      text: "May is mild. Bring a jacket for the river wind.",
      metadata: { source: "guides/portugal.md", page: 1 },
    },
  ];
  return [
    trace({
      id: "root",
      name: "trip-planner",
      type: "agent",
      at: 0,
      ms: 8_420,
      input: { messages: [{ role: "user", content: ASKED }] },
      output: { messages: [{ role: "user", content: ASKED }, answer] },
      tags: ["beta"],
    }),
    trace({ id: "p1", name: "model_request", type: "chain", at: 12, ms: 2_240, parent: "root" }),
    trace({
      id: "m1",
      name: "ChatOpenAI",
      type: "llm",
      at: 30,
      ms: 2_190,
      parent: "p1",
      ...model("gpt-4o", 1_204, 96, {
        messages: first,
        answer: second[2],
        cached: 1_024,
        reasoning: 41,
        firstToken: 610,
        tools: calls.map((call) => ({
          type: "function",
          function: { name: call.function.name, parameters: { type: "object" } },
        })),
      }),
      marks: [["first token", 640]],
    }),
    trace({ id: "t", name: "tools", type: "chain", at: 2_270, ms: 2_960, parent: "root" }),
    trace({
      id: "t1",
      name: "get_weather",
      type: "tool",
      at: 2_280,
      ms: 780,
      parent: "t",
      input: { city: "Lisbon", month: "May" },
      output: { high: 23, low: 15, rain_days: 5 },
    }),
    trace({
      id: "t2",
      name: "search_guides",
      type: "tool",
      at: 2_284,
      ms: 2_930,
      parent: "t",
      input: { query: "Lisbon three days budget" },
      output: "3 guides found: budget 85–140 € a day.",
    }),
    trace({
      id: "e",
      name: "OpenAIEmbeddings",
      type: "embedding",
      at: 2_300,
      ms: 420,
      parent: "t2",
      model: { provider: "openai" },
      input: { model: "text-embedding-3-small", input: ["Lisbon three days budget"] },
      output: { model: "text-embedding-3-small", usage: { prompt_tokens: 6, completion_tokens: 0, total_tokens: 6 } },
    }),
    trace({
      id: "v",
      name: "VectorStoreRetriever",
      type: "retriever",
      at: 2_730,
      ms: 960,
      parent: "t2",
      input: { query: "Lisbon three days budget" },
      output: { documents },
    }),
    trace({
      id: "k",
      name: "Reranker",
      type: "reranker",
      at: 3_700,
      ms: 1_460,
      parent: "t2",
      error: ["TimeoutError", "the reranker did not answer within 1,400 ms; its order was kept"],
    }),
    trace({ id: "p2", name: "model_request", type: "chain", at: 5_250, ms: 3_140, parent: "root" }),
    trace({
      id: "m2",
      name: "ChatOpenAI",
      type: "llm",
      at: 5_262,
      ms: 3_100,
      parent: "p2",
      ...model("gpt-4o", 1_422, 213, { messages: second, answer, cached: 1_152, firstToken: 540 }),
    }),
  ];
}
