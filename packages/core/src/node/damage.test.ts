import { readFileSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  client,
  drain,
  files,
  HERE,
  leaseEnds,
  pathOf,
  record,
  SEGMENT_BYTES,
  useSpoolDirectory,
} from "../../../../tests/support/spool-clients.ts";

useSpoolDirectory();

describe("damage", () => {
  function damaged(change: (bytes: Buffer) => Buffer) {
    const dead = client();
    for (const name of ["a", "b", "c"]) dead.store.push(record(name));
    const path = pathOf(files(".spool1")[0]);
    writeFileSync(path, change(readFileSync(path)));
    leaseEnds();
    return client();
  }

  it.each([
    ["a torn end", (bytes: Buffer) => bytes.subarray(0, -5), ["a", "b"]],
    [
      "an end of nothing but a header",
      (bytes: Buffer) => Buffer.concat([bytes, Buffer.from("\n0000")]),
      ["a", "b", "c"],
    ],
    ["an end of zeros", (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(4_096)]), ["a", "b", "c"]],
    ["a changed byte", (bytes: Buffer) => bytes.fill("X", 400, 401), ["a", "c"]],
  ])("%s costs what was damaged, counted and told", (_what, change, left) => {
    const { store, dropped, books, diagnostics } = damaged(change);
    expect(drain(store)).toEqual(left);
    expect(dropped).toEqual({ spool_damaged: 1 });
    expect(books.recovered).toBe(left.length + 1);
    expect(diagnostics).toEqual(["spool_damaged"]);
  });

  it.each([
    ["emptied", () => Buffer.alloc(0)],
    ["cut within its first line", (bytes: Buffer) => bytes.subarray(0, 10)],
  ])("a segment that is %s holds nothing, and goes", (_what, change) => {
    const { store, diagnostics } = damaged(change);
    expect([store.size, diagnostics, files(".spool1")]).toEqual([0, [], []]);
  });

  it.each([
    ["newlines", "\n", 30_000_000],
    ["zeros", "\0", 30_000_000],
    ["what looks like the begin of a record", "\n0200000000000000 ", 500_000],
    ["what looks like damaged records", "\n0000000200000001 {}", 500_000],
  ])("of a file that ends in more %s than a segment can hold counts as one, and is cut off", (_what, junk, times) => {
    const { store, dropped, books } = damaged((bytes) =>
      Buffer.concat([bytes, Buffer.alloc(junk.length * times, junk)]),
    );
    expect(store.size).toBe(3);
    expect(statSync(pathOf(files(".spool1")[0])).size).toBeLessThan(SEGMENT_BYTES);
    expect(drain(store)).toEqual(["a", "b", "c"]);
    expect([dropped, books.recovered]).toEqual([{ spool_damaged: 1 }, 4]);
  });

  it("of a file of nothing but newlines counts as one", () => {
    const { store, dropped } = damaged(() => Buffer.alloc(1_000_000, "\n"));
    expect([store.size, dropped, files(".spool1")]).toEqual([0, { spool_damaged: 1 }, []]);
  });

  it("is told from a record that is larger than a segment", () => {
    const dead = client(HERE, SEGMENT_BYTES, 16_777_216);
    dead.store.push(record("large", 4_000_000));
    dead.store.push(record("b"));
    leaseEnds();
    const { store, dropped } = client(HERE, SEGMENT_BYTES, 16_777_216);
    expect(store.take({ maxRecords: 1, maxBytes: 1 }).bytes).toBeGreaterThan(4_000_000);
    store.settle(undefined);
    expect(drain(store)).toEqual(["b"]);
    expect(dropped).toEqual({});
  });

  it("in the note of what was sent costs a repetition", () => {
    const { store } = damaged((bytes) => bytes.fill("9", 20, 22));
    expect(drain(store)).toEqual(["a", "b", "c"]);
  });

  it("of a file under the client that reads it is counted", () => {
    const { store, dropped, diagnostics } = client();
    for (let number = 0; number < 60; number++) store.push(record(String(number)));
    const path = pathOf(files(".spool1")[0]);
    writeFileSync(path, readFileSync(path).subarray(0, 1_000));
    const sent = drain(store);
    expect(sent.length + (dropped.spool_damaged ?? 0)).toBe(60);
    expect(sent).toContain("59");
    expect(diagnostics).toEqual(["spool_damaged"]);
  });
});
