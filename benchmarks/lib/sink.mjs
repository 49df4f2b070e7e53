// The server that takes all that the handlers send. A process of its own: it stores while a run lasts, and reads what
// it has stored only when it is asked for the count, or when it holds too much.
import { once } from "node:events";
import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";

const MAX_STORED_BYTES = 512 * 1_048_576;
const MAX_STORED_BODIES = 20_000;

let stored = [];
let storedBytes = 0;
let received = { requests: 0, bytes: 0 };
let ids = new Set();
let seen = 0;
/** What goes wrong with every request that brings spans: `{ status, headers }`, "reset", or nothing. */
let fault;
let port;

const server = createServer((request, response) => void answer(request, response));
server.listen(0, "127.0.0.1", () => process.send?.({ port: server.address().port }));
process.on("disconnect", () => process.exit());
process.on("message", (wanted) => void change(wanted));

/** Takes another fault; "down" closes the port until the next one. Says when it is done. */
async function change(wanted) {
  if (fault === "down") {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  }
  fault = wanted.fault;
  if (fault === "down") {
    port = server.address().port;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  }
  process.send({ done: true });
}

async function answer(request, response) {
  if (request.method === "GET" && request.url === "/count") {
    readStored();
    return response.end(JSON.stringify({ spans: ids.size, seen, ...received }));
  }
  if (request.method === "GET" && request.url === "/reset") {
    [stored, storedBytes, received, ids, seen] = [[], 0, { requests: 0, bytes: 0 }, new Set(), 0];
    return response.end();
  }
  const body = await readBody(request);
  if (body === undefined || fault === "reset") return request.socket.resetAndDestroy();
  if (fault !== undefined) return response.writeHead(fault.status, fault.headers).end("{}");
  store(body, request);
  response.setHeader("content-type", "application/json");
  return response.end("{}");
}

/** A request, or `undefined` where its sender has gone before the end: then nothing has arrived. */
async function readBody(request) {
  const chunks = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch (error) {
    if (error.code === "ECONNRESET") return undefined;
    throw error;
  }
  return Buffer.concat(chunks);
}

function store(body, { url, headers }) {
  received.requests += 1;
  received.bytes += body.length;
  stored.push({ body, url, compressed: headers["content-encoding"] === "gzip" });
  storedBytes += body.length;
  if (storedBytes > MAX_STORED_BYTES || stored.length > MAX_STORED_BODIES) readStored();
}

function readStored() {
  for (const { body, url, compressed } of stored) {
    const value = JSON.parse((compressed ? gunzipSync(body) : body).toString());
    for (const id of idsOf(url, value)) {
      ids.add(id);
      seen += 1;
    }
  }
  stored = [];
  storedBytes = 0;
}

/** Span ids in the three forms: OTLP, Portkey's logs, and the floor's own. */
function idsOf(url, value) {
  if (url.endsWith("/traces")) {
    const scopes = value.resourceSpans.flatMap((resource) => resource.scopeSpans);
    return scopes.flatMap((scope) => scope.spans).map((span) => span.spanId);
  }
  return [value].flat().map((record) => record.span_id ?? record.runId);
}
