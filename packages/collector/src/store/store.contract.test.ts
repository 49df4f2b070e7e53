import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { describeStore } from "../../../../tests/support/store-contract.ts";
import { createSqliteStore } from "./sqlite-store.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "portkey-traces-"));
});
afterEach(() => rm(folder, { recursive: true }));

describeStore("SQLite in memory", () => createSqliteStore(":memory:"));
describeStore("SQLite in a file", () => createSqliteStore(join(folder, "traces.db")));
