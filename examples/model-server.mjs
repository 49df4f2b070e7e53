// A model server for this machine: real HTTP, scripted answers. Speaks as OpenAI does, and as far as the tests need it as
// Anthropic, Gemini, Ollama and Bedrock.
// It stands in for the model when OPENAI_API_KEY is unset, and for every model in the tests.
import http from "node:http";
import { fileURLToPath } from "node:url";
import { answerAnthropic, fromAnthropic } from "./model-server/anthropic.mjs";
import { answerBedrock } from "./model-server/bedrock.mjs";
import { answerChat, answerCompletion } from "./model-server/chat.mjs";
import { answerEmbeddings } from "./model-server/embeddings.mjs";
import { answerGemini, fromGemini } from "./model-server/gemini.mjs";
import { answerOllama } from "./model-server/ollama.mjs";
import { createPlanner } from "./model-server/plan.mjs";
import { answerResponse } from "./model-server/responses.mjs";
import { sleep } from "./model-server/time.mjs";

const ROUTES = {
  "/v1/chat/completions": { answer: answerChat, messages: (body) => body.messages },
  "/v1/completions": {
    answer: answerCompletion,
    messages: (body) => [{ role: "user", content: [body.prompt].flat()[0] }],
  },
  "/v1/messages": { answer: answerAnthropic, messages: fromAnthropic },
  "/api/chat": { answer: answerOllama, messages: (body) => body.messages },
  "/v1/responses": { answer: answerResponse, messages: (body) => toMessages(body.input) },
};

const PATTERNS = [
  { pattern: /:(generateContent|streamGenerateContent)$/, answer: answerGemini, messages: fromGemini },
  { pattern: /^\/model\/[^/]+\/invoke/, answer: answerBedrock, messages: fromAnthropic },
];

/**
 * Starts the server on 127.0.0.1.
 *
 * What it answers is decided by directives in the last user message (see `model-server/plan.mjs`), else by the first
 * rule of `rules` whose `when` matches that message, else by a polite sentence.
 *
 * @param {{ port?: number, rules?: Array<{ when: RegExp, script: string }> }} [options]
 * @returns {Promise<{ baseURL: string, requests: Array<{ path: string, headers: object, body: any, closedEarly: boolean | undefined }>, unref: () => void, close: () => Promise<void> }>}
 */
export async function startModelServer({ port = 0, rules = [] } = {}) {
  const requests = [];
  const plan = createPlanner(rules);
  const server = http.createServer((request, response) => {
    serve(request, response, { plan, requests }).catch((error) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: { message: String(error), type: "server_error" } });
    });
  });
  // Clients let go of connections. A server that does resets the requests that are on their way just then.
  server.keepAliveTimeout = 0;
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return {
    baseURL: `http://127.0.0.1:${server.address().port}/v1`,
    requests,
    /** Lets the process end while the server stands. */
    unref: () => {
      server.unref();
      server.on("connection", (socket) => socket.unref());
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function serve(request, response, { plan, requests }) {
  const path = new URL(request.url, "http://localhost").pathname;
  const body = await readJson(request);
  const record = { path, headers: request.headers, body, closedEarly: undefined };
  requests.push(record);
  response.on("close", () => {
    record.closedEarly = !response.writableFinished;
  });
  const id = `${requests.length}`;
  if (path === "/v1/embeddings") return answerEmbeddings(body, response, plan.embedding(body.input));
  const route = ROUTES[path] ?? PATTERNS.find(({ pattern }) => pattern.test(path));
  if (route === undefined)
    return sendJson(response, 404, { error: { message: `no route ${path}`, type: "invalid_request_error" } });
  const answer = plan.chat(route.messages(body), body);
  await sleep(answer.delayMs);
  if (answer.failure !== undefined) return sendFailure(response, answer.failure);
  return route.answer({ id, body, answer, response, path });
}

function sendFailure(response, status) {
  const error = { message: `scripted failure ${status}`, type: "scripted_error", code: `scripted_${status}` };
  sendJson(response, status, { error }, status === 429 ? { "retry-after-ms": "5" } : {});
}

export function sendJson(response, status, body, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

async function readJson(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}");
}

/** Input of the Responses API as chat messages. */
function toMessages(input) {
  if (typeof input === "string") return [{ role: "user", content: input }];
  return input.map((item) => {
    if (item.type === "function_call_output") return { role: "tool", content: item.output };
    if (item.type === "function_call") return { role: "assistant", tool_calls: [item] };
    return item;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { baseURL } = await startModelServer({ port: Number(process.env.PORT ?? 0) });
  console.log(baseURL);
}
