import http from "node:http";
import { gunzipSync } from "node:zlib";
import { createSpanId, createTraceId, type JsonValue, type Span } from "@portkey-tracing/core";
import { fromLogRecord, type LogRecord } from "@portkey-tracing/core/wire";
import { listenOnOwnPort } from "./own-port.ts";

/** How the sink answers one request: a status with headers and body, or what a broken server does. */
export type Answer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | { readonly status: number; readonly bodyThat: "breaks off" | "stalls" }
  | { readonly fault: "reset" | "silence" | "half" | "accept-then-reset" | "stalled-body" }
  | { readonly delayMs: number };

/** A logs endpoint on a real socket that keeps what it accepts. */
export interface Sink {
  /** Address up to and including `/v1`. */
  readonly baseURL: string;
  /** Every request, accepted or not. */
  readonly requests: readonly SinkRequest[];
  /** Every record of every accepted request, in order of arrival. */
  readonly records: readonly LogRecord[];
  /** The records as spans. */
  spans(): Span[];
  /** Decides what the next requests are answered; 200 once it gives `undefined`. */
  answerWith(decide: Decide): void;
  close(): Promise<void>;
}

type Fault = Extract<Answer, { fault: string }>["fault"];

type Decide = (request: SinkRequest, index: number) => Answer | undefined;

const acceptAll: Decide = () => undefined;

export interface SinkRequest {
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  readonly records: readonly LogRecord[];
}

/** Starts the endpoint on 127.0.0.1, on a port of its own or the one that is given. */
export async function startSink(port?: number): Promise<Sink> {
  const requests: SinkRequest[] = [];
  const accepted: LogRecord[] = [];
  let decide: Decide = acceptAll;
  const serve = async (incoming: http.IncomingMessage, outgoing: http.ServerResponse): Promise<void> => {
    const text = await readText(incoming);
    const request = { headers: incoming.headers, text, records: toRecords(text) };
    requests.push(request);
    const answer = decide(request, requests.length - 1);
    if (answer !== undefined && "fault" in answer) {
      if (answer.fault === "accept-then-reset" || answer.fault === "stalled-body") accepted.push(...request.records);
      return break_(answer.fault, outgoing);
    }
    if (answer !== undefined && "bodyThat" in answer) {
      if (answer.status < 300) accepted.push(...request.records);
      outgoing.writeHead(answer.status, { "content-length": "1000" }).write('{"half');
      if (answer.bodyThat === "breaks off") outgoing.socket?.destroySoon();
      return;
    }
    if (answer !== undefined && "delayMs" in answer)
      await new Promise((resolve) => setTimeout(resolve, answer.delayMs));
    const { status, headers, body } = answer !== undefined && "status" in answer ? answer : ({ status: 200 } as const);
    if (status < 300) accepted.push(...request.records);
    outgoing.writeHead(status, headers).end(body ?? '{"status":"success"}');
  };
  const server = http.createServer((incoming, outgoing) => {
    // A client that gives an attempt up may leave in the middle of its request.
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  // Only clients let go of connections, so that no request of theirs is reset by chance.
  server.keepAliveTimeout = 0;
  if (port !== undefined) await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const own = port ?? (await listenOnOwnPort(server));
  return {
    baseURL: `http://127.0.0.1:${own}/v1`,
    requests,
    records: accepted,
    spans: () => accepted.map(toSpan),
    answerWith: (next) => {
      decide = next;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function break_(fault: Fault, outgoing: http.ServerResponse): void {
  if (fault === "reset" || fault === "accept-then-reset") outgoing.socket?.resetAndDestroy();
  if (fault === "stalled-body") outgoing.writeHead(200, { "content-length": "1000" }).write("{");
  if (fault === "half") outgoing.socket?.end("HTTP/1.1 200 OK\r\ncontent-le");
}

async function readText(incoming: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return (incoming.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString("utf8");
}

function toRecords(text: string): LogRecord[] {
  return [JSON.parse(text) as LogRecord | LogRecord[]].flat();
}

function toSpan(record: LogRecord): Span {
  const reading = fromLogRecord(record as unknown as JsonValue, {
    receivedAtMs: Date.now(),
    createTraceId,
    createSpanId,
  });
  if (!reading.ok) throw new Error(`the record cannot be read: ${reading.path}: ${reading.reason}`);
  return reading.span;
}
