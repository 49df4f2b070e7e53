import { LangchainCallbackHandler } from "@portkey-tracing/langchain";

/** The handler of this repository, as it is built, with its defaults. */
export function create(sinkUrl) {
  return wrap(LangchainCallbackHandler, sinkUrl);
}

/** The same for any build of it. */
export function wrap(Handler, sinkUrl, more = {}) {
  const handler = new Handler({ baseURL: `${sinkUrl}/v1`, apiKey: "benchmark", ...more });
  return {
    callbacks: [handler],
    flush: () => handler.flush({ timeoutMs: 60_000 }),
    close: () => handler.shutdown({ timeoutMs: 100 }),
    stats: () => handler.stats(),
  };
}
