import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { buildConnector, type Dispatcher, Pool } from "undici";
import {
  createCompressionPolicy,
  type HttpEndpoint,
  type HttpTarget,
  LOGS,
  serverNowMs,
  toHeaders,
  toNetworkOutcome,
  toOutcome,
} from "./http.ts";
import type { Outcome, Transport } from "./transport.ts";

const MAX_ANSWER_BYTES = 65_536;
const pack = promisify(gzip);

/** Posts batches, to `{baseURL}/logs` by default, over kept-alive connections. Opens none before the first batch. */
export function createHttpTransport(target: HttpTarget, endpoint: HttpEndpoint = LOGS): Transport {
  const url = new URL(`${target.baseURL}${endpoint.path}`);
  const headers = toHeaders(target);
  const compression = createCompressionPolicy(target);
  let pool: Pool | undefined;

  return {
    async send(batch, signal): Promise<Outcome> {
      pool ??= new Pool(url.origin, { connections: 1, pipelining: 1, connect: connectUnreferenced });
      try {
        const plain = endpoint.toBody(batch);
        const packed = compression.wantsGzip(plain.length) ? await pack(plain, { level: 1 }) : undefined;
        const answer = await pool.request({
          path: url.pathname,
          method: endpoint.method,
          headers: packed === undefined ? headers : { ...headers, "content-encoding": "gzip" },
          body: packed ?? plain,
          signal,
          // The signal bounds the whole attempt; undici's own limits are longer or shorter than that, so they are off.
          headersTimeout: 0,
          bodyTimeout: 0,
        });
        compression.noteAccepted(first(answer.headers["accept-encoding"]));
        const text = await readStart(answer, endpoint.onSuccess);
        const { "retry-after": retryAfter, date } = answer.headers;
        return toOutcome(answer.statusCode, first(retryAfter), text, serverNowMs(first(date)));
      } catch (error) {
        return toNetworkOutcome(signal.aborted ? (signal.reason ?? error) : error);
      }
    },
    async close(): Promise<void> {
      await pool?.destroy();
    },
  };
}

const connect = buildConnector({});

/**
 * Sockets that never keep the process alive, not even while a request is under way: who awaits a flush keeps it alive
 * by a timer, and nobody else may.
 */
const connectUnreferenced: buildConnector.connector = (options, callback) => {
  const socket = connect(options, callback) as unknown as { unref?: () => void; ref?: () => unknown } | undefined;
  if (socket === undefined) return;
  socket.unref?.();
  socket.ref = () => socket;
};

/** A success needs no reading, and stays one when its body breaks off; of a refusal the beginning is enough. */
async function readStart(
  answer: Dispatcher.ResponseData,
  onSuccess: ((text: string) => void) | undefined,
): Promise<string> {
  const isSuccess = answer.statusCode >= 200 && answer.statusCode < 300;
  if (isSuccess && onSuccess === undefined) {
    await answer.body.dump({ limit: MAX_ANSWER_BYTES }).catch(() => undefined);
    return "";
  }
  let text = "";
  for await (const chunk of answer.body) {
    text += String(chunk);
    if (text.length >= (isSuccess ? MAX_ANSWER_BYTES : 1024)) break;
  }
  if (isSuccess) onSuccess?.(text);
  return text;
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
