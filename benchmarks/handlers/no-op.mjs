import { createEmptyHandler } from "./methods.mjs";

/** What LangChain itself takes for calling a handler. */
export function create() {
  return { callbacks: [createEmptyHandler("no_op")], flush: async () => undefined };
}
