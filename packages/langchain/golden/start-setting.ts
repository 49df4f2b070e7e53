import { type ModelServer, startModelServer } from "../../../examples/model-server.mjs";
import type * as Libs from "../../../fixtures/langchain-1/libs.ts";
import { type Sink, startSink } from "../../../tests/support/sink.ts";
import { LangchainCallbackHandler, type LangchainHandlerOptions } from "../src/index.ts";

/** A model server, a place for records, and handlers that send there: what a test of one line needs. */
export interface TestSetting {
  readonly models: ModelServer;
  readonly sink: Sink;
  readonly chat: (fields?: object) => InstanceType<typeof Libs.ChatOpenAI>;
  /** A handler of its own for a test, closed with the setting. */
  readonly handlerWith: (options?: LangchainHandlerOptions) => LangchainCallbackHandler;
  readonly close: () => Promise<void>;
}

export async function startSetting(libs: typeof Libs): Promise<TestSetting> {
  const models = await startModelServer();
  const sink = await startSink();
  const handlers: LangchainCallbackHandler[] = [];
  return {
    models,
    sink,
    chat: (fields) =>
      new libs.ChatOpenAI({
        model: "gpt-4o-mini",
        apiKey: "sk-client",
        maxRetries: 0,
        configuration: { baseURL: models.baseURL },
        ...fields,
      }),
    handlerWith: (options) => {
      const handler = new LangchainCallbackHandler({ baseURL: sink.baseURL, ...options } as LangchainHandlerOptions);
      handlers.push(handler);
      return handler;
    },
    close: async () => {
      await Promise.all(handlers.map((handler) => handler.shutdown()));
      await sink.close();
      await models.close();
    },
  };
}
