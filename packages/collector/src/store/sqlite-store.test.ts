import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Span } from "@portkey-tracing/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { outlineOf } from "../../../../tests/support/outline.ts";
import { aSpan } from "../../../../tests/support/spans.ts";
import { openSqlite } from "./sqlite/database.ts";
import { openEngine, SqliteEngine } from "./sqlite/engine.ts";
import { partsOf, progressOf, tableOf } from "./sqlite/search-parts.ts";
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

  it("that is the database of something else is refused, and left as it is", async () => {
    const path = join(folder, "app.db");
    const database = await openSqlite(path);
    database.exec("CREATE TABLE users (id INTEGER); INSERT INTO users VALUES (1)");
    database.close();
    const before = await readFile(path);
    await expect(createSqliteStore(path)).rejects.toThrow("it is the database of something else");
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  it("is kept in a folder for its owner alone", async () => {
    const store = await createSqliteStore(join(folder, "private", "traces.db"));
    await store.close();
    expect((await stat(join(folder, "private"))).mode & 0o077).toBe(0);
  });

  it.each([1, 2])("of format %i is brought up to this one, with its spans", async (format) => {
    const path = join(folder, "traces.db");
    const spans = Array.from({ length: 1_200 }, (_, index) => aSpan(`s${index}`, { input: `word${index}` }));
    await writeOldFile(path, format, spans);
    const store = await createSqliteStore(path);
    expect(await store.getSpans("trace")).toHaveLength(1_200);
    expect(await store.getSummary("trace")).toMatchObject({ spans: 1_200, status: "ok" });
    expect((await store.listTraces({ limit: 1, filter: { text: "word1199" } })).traces).toHaveLength(1);
    await store.insert([aSpan("s0"), aSpan("new")]);
    expect(await store.getSummary("trace")).toMatchObject({ spans: 1_201 });
    await store.close();
  });

  it("of format 3 is brought up to this one: with its rows, and without attempts among its errors", async () => {
    const path = join(folder, "traces.db");
    const status = { code: "error", error: { type: "HttpError", message: "HTTP 503" } } as const;
    const tried = [1, 2].map((number) => aSpan(`t${number}`, { type: "attempt", parentSpanId: "call", status }));
    const first = await createSqliteStore(path);
    await first.insert([...tried, aSpan("call", { parentSpanId: "root" }), aSpan("root", { input: "whole" })]);
    await first.insert([...tried, aSpan("call", { status })].map((span) => ({ ...span, traceId: "lost" })));
    await first.insert([aSpan("other", { traceId: "other", status })]);
    const revision = await first.getRevision("trace");
    await first.close();
    await writeAsFormat3(path);
    const store = await createSqliteStore(path);
    expect(await store.getSummary("trace")).toMatchObject({ spans: 4, errors: 0 });
    expect(await store.getSummary("lost")).toMatchObject({ spans: 3, errors: 1 });
    expect(await store.getSummary("other")).toMatchObject({ spans: 1, errors: 1 });
    expect(await store.getRevision("trace")).not.toBe(revision);
    await store.insert([aSpan("new", { parentSpanId: "root" })]);
    expect(outlineOf(await store.getRows("trace"))).toEqual(outlineOf(await store.getSpans("trace")));
    expect(await store.getRows("trace")).toHaveLength(5);
    await store.close();
  });

  it("of format 4 is brought up to this one: what its index has is found, what it has not yet, and what comes", async () => {
    const path = join(folder, "traces.db");
    const first = await createSqliteStore(path);
    for (const id of ["one", "two", "three"]) await first.insert([aSpan("a", { traceId: id, input: id })]);
    await first.close();
    await writeAsFormat4(path);
    const store = await createSqliteStore(path);
    await store.insert([aSpan("a", { traceId: "four", input: "four", startTimeMs: 5_000 })]);
    const find = async (text: string): Promise<string[]> =>
      (await store.listTraces({ limit: 9, filter: { text } })).traces.map((trace) => trace.traceId);
    for (const id of ["one", "two", "three", "four"]) expect(await find(id)).toEqual([id]);
    let hasMore = true;
    while (hasMore) hasMore = (await store.prune({ beforeMs: 5_000 })).more;
    for (const id of ["one", "two", "three"]) expect(await find(id)).toEqual([]);
    expect(await find("four")).toEqual(["four"]);
    await store.close();
    const database = await openSqlite(path);
    expect(database.prepare("SELECT name FROM sqlite_master WHERE name LIKE 'search_1%'").all()).toEqual([]);
    database.close();
  });

  it("of format 4 in which all was forgotten is brought up to this one", async () => {
    const path = join(folder, "traces.db");
    const first = await createSqliteStore(path);
    await first.insert([aSpan("a", { input: "old" })]);
    await first.close();
    await writeAsFormat4(path);
    const database = await openSqlite(path);
    for (const table of ["traces", "spans", "bodies", "facets", "stats"]) database.exec(`DELETE FROM ${table}`);
    database.close();
    const store = await createSqliteStore(path);
    await store.insert([aSpan("a", { input: "new" })]);
    const find = async (text: string): Promise<number> =>
      (await store.listTraces({ limit: 9, filter: { text } })).traces.length;
    expect([await find("old"), await find("new")]).toEqual([0, 1]);
    await store.close();
  });

  it("finds words before they are in its index and after", async () => {
    const path = join(folder, "traces.db");
    const store = await createSqliteStore(path);
    await store.insert(Array.from({ length: 2_000 }, (_, index) => aSpan(`s${index}`, { input: `Wörd${index} x` })));
    const find = async (text: string): Promise<number> =>
      (await store.listTraces({ limit: 9, filter: { text } })).traces.length;
    const question = async (): Promise<number[]> => [
      await find("word1999"),
      await find("wörd7 X"),
      await find("ord7"),
      await find("none"),
    ];
    expect(await question()).toEqual([1, 1, 0, 0]);
    const database = await openSqlite(path);
    await expect.poll(() => progressOf(database)).toBe(2_000);
    database.close();
    expect(await question()).toEqual([1, 1, 0, 0]);
    await store.close();
  });

  it("finds words that are put into the index in the middle of the question", async () => {
    const path = join(folder, "traces.db");
    const writer = await openEngine(path);
    const database = await openSqlite(path);
    let questions = 0;
    const reader = new SqliteEngine({
      ...database,
      prepare: (sql) => {
        // Asked of what is not in the index, after the index was.
        if (sql.startsWith("SELECT trace, span FROM bodies")) questions += Number(!writer.indexSome(7));
        return database.prepare(sql);
      },
    });
    writer.insert([aSpan("a", { input: "late" })]);
    expect(reader.listTraces({ limit: 5, filter: { text: "late" } }).traces).toHaveLength(1);
    expect(questions).toBe(1);
    expect(reader.listTraces({ limit: 5, filter: { text: "late" } }).traces).toHaveLength(1);
    writer.close();
    reader.close();
  });

  it("shrinks when what it held is gone", async () => {
    const path = join(folder, "traces.db");
    const store = await createSqliteStore(path);
    const input = "x".repeat(10_000);
    await store.insert(Array.from({ length: 4_000 }, (_, index) => aSpan("a", { traceId: `t${index}`, input })));
    const before = (await stat(path)).size;
    let hasMore = true;
    while (hasMore) hasMore = (await store.prune({ beforeMs: 1e9 })).more;
    await store.close();
    expect((await stat(path)).size).toBeLessThan(before / 2);
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

/** Takes from a file what format 4 has brought: rows, and roll-ups that do not count attempts as errors. */
async function writeAsFormat3(path: string): Promise<void> {
  await writeAsFormat4(path);
  const database = await openSqlite(path);
  database.exec("ALTER TABLE spans DROP COLUMN row");
  database.exec(`UPDATE traces SET roll_up = json_set(roll_up, '$.errors', (
    SELECT count(*) FROM spans JOIN bodies ON bodies.id = spans.body
    WHERE spans.trace = traces.id AND span ->> '$.status.code' = 'error'))`);
  database.exec("PRAGMA user_version = 3");
  database.close();
}

/** Takes from a file what format 5 has brought: parts of the index of words, and traces that are going. */
async function writeAsFormat4(path: string): Promise<void> {
  const database = await openSqlite(path);
  for (const part of partsOf(database)) database.exec(`DROP TABLE ${tableOf(part)}`);
  database.exec(`DROP TABLE search_parts; DROP TABLE forgotten;
    CREATE TABLE search_progress (indexed INTEGER NOT NULL) STRICT;
    CREATE VIRTUAL TABLE search USING fts5 (
      words, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3 4 5',
      tokenize = 'unicode61 remove_diacritics 0'
    );
    INSERT INTO search (rowid, words) SELECT id, span FROM bodies ORDER BY id LIMIT 2;
    INSERT INTO search_progress SELECT ifnull(max(rowid), 0) FROM search;
    PRAGMA user_version = 4`);
  database.close();
}

/** A file as versions before search and filters wrote it. */
async function writeOldFile(path: string, format: number, spans: readonly Span[]): Promise<void> {
  const database = await openSqlite(path);
  database.exec(`
    CREATE TABLE spans (id INTEGER PRIMARY KEY, trace_id TEXT NOT NULL, span_id TEXT NOT NULL, UNIQUE (trace_id, span_id));
    CREATE TABLE span_bodies (id INTEGER PRIMARY KEY REFERENCES spans (id) ON DELETE CASCADE, body TEXT NOT NULL) STRICT;
    CREATE TABLE traces (trace_id TEXT PRIMARY KEY, start_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX traces_by_start ON traces (start_us DESC, trace_id DESC);
    PRAGMA user_version = ${format};
    BEGIN;`);
  for (const [id, span] of spans.entries()) {
    database.prepare("INSERT INTO spans VALUES (?, ?, ?)").run(id, span.traceId, span.spanId);
    database.prepare("INSERT INTO span_bodies VALUES (?, ?)").run(id, JSON.stringify(span));
  }
  database.exec("COMMIT");
  database.close();
}
