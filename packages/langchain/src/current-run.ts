/** The storage that every copy of LangChain shares, and the key under which it keeps the configuration of a run. */
const STORAGE = Symbol.for("ls:tracing_async_local_storage");
const CONFIG = Symbol.for("lc:child_config");

interface Store {
  readonly extra?: { readonly [CONFIG]?: { readonly callbacks?: { getParentRunId?(): unknown } } };
}

/**
 * Id of the LangChain run that encloses the code that runs now: of a tool, a lambda, a node of a graph. LangChain knows
 * of none inside generators, tools and retrievers that are classes: there it is an enclosing one, or none. Never throws.
 */
export function currentLangChainRun(): string | undefined {
  try {
    const storage = (globalThis as { [STORAGE]?: { getStore(): Store | undefined } })[STORAGE];
    const runId = storage?.getStore()?.extra?.[CONFIG]?.callbacks?.getParentRunId?.();
    return typeof runId === "string" ? runId : undefined;
  } catch {
    // A store of some other shape says nothing of the run.
    return undefined;
  }
}

/** True once something has switched on LangChain's own async contexts: LangGraph does when it is loaded. */
export function followsContexts(): boolean {
  return (globalThis as { [STORAGE]?: unknown })[STORAGE] !== undefined;
}
