import { type HttpTarget, toBody, toHeaders, toNetworkOutcome, toOutcome } from "./http.ts";
import type { Outcome, Transport } from "./transport.ts";

/** Posts batches to `{baseURL}/logs` by `fetch`: for edge runtimes and browsers, where undici does not run. */
export function createHttpTransport(target: HttpTarget): Transport {
  const url = `${target.baseURL}/logs`;
  const headers = toHeaders(target);

  return {
    async send(batch, signal): Promise<Outcome> {
      try {
        const answer = await fetch(url, { method: "POST", headers, body: toBody(batch), signal });
        const text = answer.ok ? "" : (await answer.text()).slice(0, 1024);
        if (answer.ok) await answer.body?.cancel();
        return toOutcome(answer.status, answer.headers.get("retry-after"), text, Date.now());
      } catch (error) {
        return toNetworkOutcome(error);
      }
    },
  };
}
