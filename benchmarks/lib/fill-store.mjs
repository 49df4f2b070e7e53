import { toSpan } from "./collector-spans.mjs";

const BATCH = 2_000;

/** ClickHouse takes what comes meanwhile in one insert. */
const AT_ONCE = { file: 1, clickhouse: 16 };

/** Puts so many spans without HTTP between into a file that is not there, or into a ClickHouse database that is empty. */
export async function fillStore({ file, clickhouse }, count) {
  const { createSqliteStore, createClickHouseStore } = await import(
    new URL("../../packages/collector/dist/index.mjs", import.meta.url).href
  );
  const store = await (clickhouse === undefined ? createSqliteStore(file) : createClickHouseStore(clickhouse));
  const isEmpty = (await store.listTraces({ limit: 1 })).traces.length === 0;
  const started = performance.now();
  let next = isEmpty ? 0 : count;
  const fill = async () => {
    while (next < count) {
      const first = next;
      const length = Math.min(BATCH, count - first);
      next += length;
      await store.insert(Array.from({ length }, (_, index) => toSpan(first + index)));
      if (first % 500_000 === 0) process.stderr.write(`${first} spans\n`);
    }
  };
  await Promise.all(Array.from({ length: clickhouse === undefined ? AT_ONCE.file : AT_ONCE.clickhouse }, fill));
  const ms = performance.now() - started;
  await untilIndexed(store);
  await store.close();
  return isEmpty ? `${((count / ms) * 1000).toFixed(0)} spans/s without HTTP between` : "was there";
}

/** A search for a word that is nowhere is incomplete as long as thousands of spans wait for the index. */
async function untilIndexed(store) {
  while ((await store.listTraces({ limit: 1, filter: { text: "zebra" } })).incomplete === true) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
