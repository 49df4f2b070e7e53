import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aSpan } from "../../../../tests/support/spans.ts";
import { createSqliteStore } from "./sqlite-store.ts";
import { openStill } from "./still-file.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "portkey-traces-"));
  file = join(folder, "still.db");
  const store = await createSqliteStore(join(folder, "made.db"));
  await store.insert([aSpan("a", { input: "a word" }), aSpan("b", { parentSpanId: "a" })]);
  await store.close();
  await copyFile(join(folder, "made.db"), file);
});
afterEach(() => rm(folder, { recursive: true }));

describe("a file that nobody has open", () => {
  it("answers all that is asked, and has nothing made beside it", async () => {
    const store = await openStill(file);
    expect((await store.listTraces({ limit: 9 })).traces).toMatchObject([{ traceId: "trace", spans: 2 }]);
    expect((await store.listTraces({ limit: 9, filter: { text: "word" } })).traces).toHaveLength(1);
    expect(await store.getTree("trace")).toHaveLength(2);
    expect((await store.scan(undefined, 9)).spans).toHaveLength(2);
    expect((await readdir(folder)).filter((name) => name.startsWith("still"))).toEqual(["still.db"]);
    await store.close();
  });

  it("takes nothing", async () => {
    const store = await openStill(file);
    await expect(store.insert([aSpan("c")])).rejects.toThrow("attempt to write a readonly database");
    await store.close();
  });

  it("is not closed in peace where somebody has come to write it", async () => {
    const store = await openStill(file);
    const writer = await createSqliteStore(file);
    await writer.insert([aSpan("c")]);
    await expect(store.close()).rejects.toThrow(`data: "${file}" was written while it was read`);
    await writer.close();
  });
});
