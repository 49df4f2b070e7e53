import { systemRuntime } from "../runtime.ts";
import { type Answer, askPacked, createCompressionPolicy } from "./compression.ts";
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

type Bytes = Uint8Array<ArrayBuffer> | ArrayBuffer;

/** Posts batches, to `{baseURL}/logs` by default, by `fetch`: for edge runtimes and browsers, where undici does not run. */
export function createHttpTransport(target: HttpTarget, endpoint: HttpEndpoint = LOGS): Transport {
  const headers = toHeaders(target);
  const compression = createCompressionPolicy(target);

  const ask = async (
    { path, method }: HttpRequest,
    body: Bytes,
    isPacked: boolean,
    signal: AbortSignal,
  ): Promise<Answer> => {
    const answer = await fetch(`${target.baseURL}${path}`, {
      method,
      headers: isPacked ? { ...headers, "content-encoding": "gzip" } : headers,
      body,
      // A redirect would carry the key to another host, and lose the body.
      redirect: "manual",
      signal,
    });
    return {
      // Browsers hide the status of a redirect that was not followed.
      status: answer.type === "opaqueredirect" ? 302 : answer.status,
      acceptEncoding: answer.headers.get("accept-encoding"),
      retryAfter: answer.headers.get("retry-after"),
      date: answer.headers.get("date"),
      text: await readStart(answer, endpoint.onSuccess !== undefined),
    };
  };

  return {
    async send(batch, signal): Promise<Outcome> {
      try {
        const request = endpoint.toRequest(batch);
        const askFor = (body: Bytes, isPacked: boolean) => ask(request, body, isPacked, signal);
        const answer = await askPacked(request.body, compression, pack, askFor);
        if (isSuccess(answer.status)) endpoint.onSuccess?.(answer.text, batch);
        return outcomeOf(answer);
      } catch (error) {
        return toNetworkOutcome(error);
      }
    },
  };
}

/** Where the platform cannot compress, the batch goes as it is. */
async function pack(plain: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer | undefined> {
  if (typeof CompressionStream === "undefined") return undefined;
  return new Response(new Blob([plain]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

/**
 * The status has told the outcome: of a success the body is of no use unless it is wanted, of a refusal its beginning, if
 * it comes.
 */
async function readStart(answer: Response, wantsSuccess: boolean): Promise<string> {
  const reader = answer.body?.getReader();
  if (reader === undefined) return "";
  const leave = (): void => void reader.cancel().catch(() => undefined);
  const timer = systemRuntime.schedule(leave, BODY_TIMEOUT_MS);
  const limit = answer.ok ? (wantsSuccess ? MAX_ANSWER : 0) : MAX_REFUSAL;
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (text.length < limit) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    // It broke off.
  } finally {
    timer.cancel();
    leave();
  }
  return text;
}
