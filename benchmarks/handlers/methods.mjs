/** LangChain's starts and ends. Where the arguments of a start stand differs by kind. */
export const STARTS = [
  "handleChainStart",
  "handleLLMStart",
  "handleChatModelStart",
  "handleToolStart",
  "handleRetrieverStart",
];
export const ENDS = ["handleChainEnd", "handleLLMEnd", "handleToolEnd", "handleRetrieverEnd"];
export const ERRORS = ["handleChainError", "handleLLMError", "handleToolError", "handleRetrieverError"];
const OTHERS = ["handleLLMNewToken", "handleAgentAction", "handleAgentEnd", "handleText", "handleCustomEvent"];

/** A handler whose methods are all there, awaited, synchronous, and do nothing. */
export function createEmptyHandler(name) {
  const methods = [...STARTS, ...ENDS, ...ERRORS, ...OTHERS].map((method) => [method, () => undefined]);
  return {
    name,
    awaitHandlers: true,
    raiseError: false,
    ignoreLLM: false,
    ignoreChain: false,
    ignoreAgent: false,
    ignoreRetriever: false,
    ignoreCustomEvent: false,
    copy() {
      return this;
    },
    ...Object.fromEntries(methods),
  };
}
