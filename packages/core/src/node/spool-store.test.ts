import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  client,
  drain,
  files,
  leaseEnds,
  pathOf,
  record,
  spool,
  useSpoolDirectory,
} from "../../../../tests/support/spool-clients.ts";

useSpoolDirectory();

describe("the directory", () => {
  it("is for its user only", () => {
    if (process.platform === "win32") return;
    client().store.push(record("a"));
    expect(statSync(spool.directory).mode & 0o777).toBe(0o700);
    for (const file of files("")) expect(statSync(pathOf(file)).mode & 0o777).toBe(0o600);
  });

  it("is not made before the first record", () => {
    const { store } = client();
    expect(readdirSync(spool.base)).toEqual([]);
    expect(store.close()).toBe(0);
  });

  it("may hold files of others, which are left alone", () => {
    mkdirSync(spool.directory);
    const others = [
      "notes.txt",
      "1.spool1",
      "1767225600000-0123456789abcdef-00000001-0123456789abcdef.spool2",
      ".owner",
    ];
    for (const other of others) writeFileSync(pathOf(other), "not ours");
    leaseEnds();
    const { store } = client();
    for (let number = 0; number < 1_000; number++) store.push(record(String(number), 300));
    drain(store);
    store.close();
    expect(readdirSync(spool.directory).toSorted()).toEqual(others.toSorted());
    for (const other of others) expect(readFileSync(pathOf(other), "utf8")).toBe("not ours");
  });

  it("keeps records of one destination from clients of another, and tells of them", () => {
    client("aaaaaaaaaaaaaaaa").store.push(record("a"));
    leaseEnds();
    const other = client("bbbbbbbbbbbbbbbb");
    expect([other.books.recovered, other.diagnostics]).toEqual([0, ["spool_left"]]);
    expect(drain(client("aaaaaaaaaaaaaaaa").store)).toEqual(["a"]);
  });
});
