export { LlamaIndexCallbackHandler, type LlamaIndexHandlerOptions } from "./handler.ts";
export type { SettingsLike } from "./shapes.ts";
export type { WorkflowOptions } from "./workflow/trace-workflow.ts";
