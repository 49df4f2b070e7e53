import { toSpan } from "./collector-spans.mjs";

const BATCH = 2_000;

/** A search for a word that is nowhere is incomplete as long as thousands of spans wait for the index. */
async function untilIndexed(store) {
  while ((await store.listTraces({ limit: 1, filter: { text: "zebra" } })).incomplete === true) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/** Puts so many spans into a file without HTTP between, and has their words indexed: to read from a store of that size. */
export async function fillStore(file, count) {
  const { createSqliteStore } = await import(new URL("../../packages/collector/dist/index.mjs", import.meta.url).href);
  const store = await createSqliteStore(file);
  for (let first = 0; first < count; first += BATCH) {
    const length = Math.min(BATCH, count - first);
    await store.insert(Array.from({ length }, (_, index) => toSpan(first + index)));
    if (first % 500_000 === 0) process.stderr.write(`${first} spans\n`);
  }
  await untilIndexed(store);
  await store.close();
}
