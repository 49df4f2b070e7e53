export type { LangchainHandlerOptions } from "./handler.ts";
export { LangchainCallbackHandler } from "./handler.ts";
export type { LangchainHandlerSettings } from "./settings.ts";
