import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aSpan } from "../../../../tests/support/spans.ts";
import { openSqlite } from "./sqlite.ts";
import { createSqliteStore } from "./sqlite-store.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "portkey-traces-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("an SQLite file", () => {
  it("has its spans again when it is opened again", async () => {
    const path = join(folder, "new", "folder", "traces.db");
    const first = await createSqliteStore(path);
    await first.insert([aSpan("a")]);
    await first.close();
    const second = await createSqliteStore(path);
    expect(await second.getSpans("trace")).toEqual([aSpan("a")]);
    await second.close();
  });

  it("can be written by two at a time", async () => {
    const path = join(folder, "traces.db");
    const [one, two] = [await createSqliteStore(path), await createSqliteStore(path)];
    await one.insert([aSpan("a")]);
    await two.insert([aSpan("a"), aSpan("b")]);
    expect(await one.getSummary("trace")).toMatchObject({ spans: 2 });
    await Promise.all([one.close(), two.close()]);
  });

  it("is kept in a folder for its owner alone", async () => {
    const store = await createSqliteStore(join(folder, "private", "traces.db"));
    await store.close();
    expect((await stat(join(folder, "private"))).mode & 0o077).toBe(0);
  });

  it("of the first format is brought up to this one, with its spans", async () => {
    const path = join(folder, "traces.db");
    const first = await createSqliteStore(path);
    await first.insert([aSpan("a")]);
    await first.close();
    const database = await openSqlite(path);
    database.exec("ALTER TABLE traces DROP COLUMN revision; PRAGMA user_version = 1");
    database.close();
    const store = await createSqliteStore(path);
    const revision = await store.getRevision("trace");
    await store.insert([aSpan("b")]);
    expect(await store.getRevision("trace")).not.toBe(revision);
    expect(await store.getSummary("trace")).toMatchObject({ spans: 2 });
    await store.close();
  });

  it("is refused when a newer version wrote it", async () => {
    const path = join(folder, "traces.db");
    const database = await openSqlite(path);
    database.exec("PRAGMA user_version = 99");
    database.close();
    await expect(createSqliteStore(path)).rejects.toThrow("newer version");
  });

  it("is refused when it is none", async () => {
    const path = join(folder, "traces.db");
    await writeFile(path, "not a database, but long enough to be taken for a header of one ".repeat(20));
    await expect(createSqliteStore(path)).rejects.toThrow("not a database");
  });
});
