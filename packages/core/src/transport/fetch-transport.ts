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

/** Posts batches, to `{baseURL}/logs` by default, by `fetch`: for edge runtimes and browsers, where undici does not run. */
export function createHttpTransport(target: HttpTarget, endpoint: HttpEndpoint = LOGS): Transport {
  const url = `${target.baseURL}${endpoint.path}`;
  const headers = toHeaders(target);
  const compression = createCompressionPolicy(target);

  return {
    async send(batch, signal): Promise<Outcome> {
      try {
        const plain = endpoint.toBody(batch);
        const packed = compression.wantsGzip(plain.length) ? await pack(plain) : undefined;
        const answer = await fetch(url, {
          method: endpoint.method,
          headers: packed === undefined ? headers : { ...headers, "content-encoding": "gzip" },
          body: packed ?? plain,
          // A redirect would carry the key to another host, and lose the body.
          redirect: "manual",
          signal,
        });
        compression.noteAccepted(answer.headers.get("accept-encoding"));
        const text = answer.ok ? "" : (await answer.text()).slice(0, 1024);
        if (answer.ok && endpoint.onSuccess !== undefined) endpoint.onSuccess(await answer.text());
        else if (answer.ok) await answer.body?.cancel().catch(() => undefined);
        // Browsers hide the status of a redirect that was not followed.
        const status = answer.type === "opaqueredirect" ? 302 : answer.status;
        return toOutcome(status, answer.headers.get("retry-after"), text, serverNowMs(answer.headers.get("date")));
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
