import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { type Dispatcher, Pool } from "undici";
import { systemRuntime } from "../runtime.ts";
import { type Answer, askPacked, createCompressionPolicy } from "./compression.ts";
import { createConnector } from "./connector.ts";
import {
  BODY_TIMEOUT_MS,
  type HttpEndpoint,
  type HttpRequest,
  type HttpTarget,
  isSuccess,
  LOGS,
  MAX_ANSWER,
  MAX_REFUSAL,
  outcomeOf,
  toHeaders,
  toNetworkOutcome,
} from "./http.ts";
import type { Outcome, Transport } from "./transport.ts";

const gzipped = promisify(gzip);
const pack = (plain: Uint8Array): Promise<Buffer> => gzipped(plain, { level: 1 });

/** Posts batches, to `{baseURL}/logs` by default, over kept-alive connections. Opens none before the first batch. */
export function createHttpTransport(target: HttpTarget, endpoint: HttpEndpoint = LOGS): Transport {
  const headers = toHeaders(target);
  const compression = createCompressionPolicy(target);
  const connector = createConnector();
  let pool: Pool | undefined;

  const ask = async (
    { path, method }: HttpRequest,
    body: Uint8Array,
    isPacked: boolean,
    signal: AbortSignal,
  ): Promise<Answer> => {
    // A request that is called off before it begins would open a connection all the same.
    signal.throwIfAborted();
    const url = new URL(`${target.baseURL}${path}`);
    pool ??= new Pool(url.origin, { connections: 1, pipelining: 1, connect: connector.connect });
    const answer = await pool.request({
      path: url.pathname,
      method,
      headers: isPacked ? { ...headers, "content-encoding": "gzip" } : headers,
      body,
      signal,
      // The signal bounds the whole attempt; undici's own limits are longer or shorter than that, so they are off.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    return {
      status: answer.statusCode,
      acceptEncoding: first(answer.headers["accept-encoding"]),
      retryAfter: first(answer.headers["retry-after"]),
      date: first(answer.headers["date"]),
      text: await readStart(answer, endpoint.onSuccess !== undefined),
    };
  };

  return {
    async send(batch, signal): Promise<Outcome> {
      signal.addEventListener("abort", connector.abandon, { once: true });
      try {
        const request = endpoint.toRequest(batch);
        const askFor = (body: Uint8Array, isPacked: boolean) => ask(request, body, isPacked, signal);
        const answer = await askPacked(request.body, compression, pack, askFor);
        if (isSuccess(answer.status)) endpoint.onSuccess?.(answer.text, batch);
        return outcomeOf(answer);
      } catch (error) {
        return toNetworkOutcome(signal.aborted ? (signal.reason ?? error) : error);
      } finally {
        signal.removeEventListener("abort", connector.abandon);
      }
    },
    async close(): Promise<void> {
      connector.abandon();
      await pool?.destroy();
    },
  };
}

/**
 * The status has told the outcome: of a success the body is of no use unless it is wanted, of a refusal its beginning, if
 * it comes.
 */
async function readStart({ statusCode, body }: Dispatcher.ResponseData, wantsSuccess: boolean): Promise<string> {
  const timer = systemRuntime.schedule(() => body.destroy(), BODY_TIMEOUT_MS);
  let text = "";
  try {
    if (isSuccess(statusCode) && !wantsSuccess) await body.dump({ limit: MAX_ANSWER });
    else {
      for await (const chunk of body.setEncoding("utf8")) {
        text += String(chunk);
        if (text.length >= (isSuccess(statusCode) ? MAX_ANSWER : MAX_REFUSAL)) break;
      }
    }
  } catch {
    // It broke off, or did not come to an end.
  } finally {
    timer.cancel();
  }
  return text;
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
