/** LangChain alone. */
export function create() {
  return { callbacks: undefined, flush: async () => undefined };
}
