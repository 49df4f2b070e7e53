export type { LangchainHandlerOptions, LangchainHandlerSettings } from "./handler.ts";
export { LangchainCallbackHandler } from "./handler.ts";
