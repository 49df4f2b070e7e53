import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { createSqliteStore } from "../../packages/collector/src/index.ts";
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
