/**
 * Waits until LangChain's own queue of background callbacks is empty, or the time is over. Only handlers that are not
 * awaited need it. LangChain is loaded here and nowhere else, and may be missing.
 */
export async function drainCallbackQueue(timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([awaitCallbacks(), timeout]);
  clearTimeout(timer);
}

async function awaitCallbacks(): Promise<void> {
  try {
    const { awaitAllCallbacks } = await import("@langchain/core/callbacks/promises");
    await awaitAllCallbacks();
  } catch (error) {
    // Another handler's callback failed, or there is no LangChain: neither keeps anything of ours in its queue.
    return void error;
  }
}
