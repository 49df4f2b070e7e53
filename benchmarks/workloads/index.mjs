// What the programs under measurement do. Each workload is `{ title, roots, warmUp, concurrency, createRoot }`;
// `createRoot()` prepares once, and gives the function that runs one root with the callbacks it is handed.
import { createDocuments } from "./documents.mjs";
import { createShortChain } from "./short-chain.mjs";
import { createStream } from "./stream.mjs";
import { createTree } from "./tree.mjs";

export const WORKLOADS = {
  W1: {
    title: "2,000 short chains, one by one, 4 spans",
    roots: 2_000,
    warmUp: 1_000,
    concurrency: 1,
    createRoot: () => createShortChain(),
  },
  W2: {
    title: "200 trees of 51 spans, 20 at a time",
    roots: 200,
    warmUp: 80,
    concurrency: 20,
    createRoot: createTree,
  },
  W3: {
    title: "100 roots streaming 500 tokens, 4 spans",
    roots: 100,
    warmUp: 40,
    concurrency: 1,
    createRoot: createStream,
  },
  W4: {
    title: "20 documents of 10 KB and a message of 100 KB, 6 spans",
    roots: 100,
    warmUp: 30,
    concurrency: 1,
    createRoot: createDocuments,
  },
};

/** The soak: short chains against a model that takes 5 ms, 8 at a time, for as long as is asked. */
export const SOAK = { concurrency: 8, createRoot: () => createShortChain({ latencyMs: 5 }) };

/** Runs so many roots, so many at a time. */
export async function runRoots(runRoot, { roots, concurrency, callbacks }) {
  let next = 0;
  const worker = async () => {
    while (next < roots) await runRoot(next++, callbacks);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
