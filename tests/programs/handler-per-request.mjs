// A handler for each request, as people write it: nothing of it may stay behind.
import { LangchainCallbackHandler } from "@portkey-tracing/langchain";

const refs = [];
async function serve(n) {
  const handler = new LangchainCallbackHandler({ baseURL: process.env.SINK });
  handler.handleChainStart({ id: ["x", "Chain"] }, { n }, `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`);
  handler.handleChainEnd({ n }, `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`);
  await handler.flush();
  refs.push(new WeakRef(handler));
}
for (let n = 0; n < 50; n++) await serve(n);
await new Promise((resolve) => setTimeout(resolve, 50));
globalThis.gc();
await new Promise((resolve) => setTimeout(resolve, 50));
globalThis.gc();
const listeners = process.listenerCount("beforeExit");
console.log(JSON.stringify({ alive: refs.filter((ref) => ref.deref() !== undefined).length, listeners }));
