import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { createSqliteStore } from "../../packages/collector/src/index.ts";
import { aSpan } from "../support/spans.ts";
import { describeStore } from "../support/store-contract.ts";

const built: { createSqliteStore: typeof createSqliteStore } = await import(
  new URL("../../packages/collector/dist/index.mjs", import.meta.url).href
);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "portkey-traces-"));
});
afterEach(() => rm(folder, { recursive: true }));

describeStore("SQLite in threads, as it is published", () => built.createSqliteStore(join(folder, "traces.db")));

it("opens a file that is not there yet for several at once, who all write to it", async () => {
  const path = join(folder, "traces.db");
  const stores = await Promise.all(Array.from({ length: 4 }, () => built.createSqliteStore(path)));
  await Promise.all(stores.map((store, index) => store.insert([aSpan("shared"), aSpan(`own-${index}`)])));
  for (const store of stores) expect(await store.getSummary("trace")).toMatchObject({ spans: 5 });
  await Promise.all(stores.map((store) => store.close()));
});
