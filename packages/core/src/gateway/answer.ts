import type { GatewayAnswer } from "./model-requests.ts";

const TRACE_ID = "x-portkey-trace-id";
const PROVIDER = "x-portkey-provider";

/** What a gateway tells in the headers of an answer that reached a target; `undefined` for any other answer. */
export function readAnswer(header: (name: string) => string | undefined): GatewayAnswer | undefined {
  const traceId = header(TRACE_ID);
  const provider = header(PROVIDER);
  if (traceId === undefined && provider === undefined) return undefined;
  return {
    traceId: traceId ?? "",
    provider: provider === "" ? undefined : provider,
    target: header("x-portkey-last-used-option-index"),
    retries: toWhole(header("x-portkey-retry-attempt-count")),
    cache: header("x-portkey-cache-status"),
  };
}

function toWhole(text: string | undefined): number | undefined {
  const value = text === undefined || text === "" ? undefined : Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
