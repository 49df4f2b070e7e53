import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  client,
  drain,
  files,
  LIMITS,
  leaseEnds,
  pathOf,
  record,
  spool,
  useSpoolDirectory,
} from "../../../../tests/support/spool-clients.ts";
import { thisProcess } from "./process-identity.ts";

useSpoolDirectory();

describe("records of a client that is dead", () => {
  it("are taken over once it has been silent for the lease, and not before", () => {
    const dead = client();
    for (const name of ["a", "b", "c"]) dead.store.push(record(name));
    expect(client().books.recovered).toBe(0);
    leaseEnds();
    const next = client();
    expect(next.books.recovered).toBe(3);
    expect(drain(next.store)).toEqual(["a", "b", "c"]);
    expect(files(".spool1")).toEqual([]);
  });

  it("are taken over at once when it has closed", () => {
    const closed = client();
    closed.store.push(record("a"));
    expect(closed.store.close()).toBe(0);
    expect(drain(client().store)).toEqual(["a"]);
  });

  it.each([
    ["has ended", () => spawnSync(process.execPath, ["--version"]).pid, "1"],
    ["had this pid before", () => process.pid, "1"],
  ])("are taken over at once when its process %s", (_why, pid, start) => {
    client().store.push(record("a"));
    const identity = { ...thisProcess(), pid: pid(), start };
    if (process.platform !== "linux") return;
    writeFileSync(pathOf(files(".owner")[0]), JSON.stringify(identity));
    expect(drain(client().store)).toEqual(["a"]);
  });

  it("wait for the lease when its pid is one of another machine or container", () => {
    client().store.push(record("a"));
    writeFileSync(pathOf(files(".owner")[0]), JSON.stringify({ pid: 1, start: "1", domain: "elsewhere" }));
    expect(client().books.recovered).toBe(0);
    leaseEnds();
    expect(client().books.recovered).toBe(1);
  });

  it("wait for the lease when its claim was never finished", () => {
    client().store.push(record("a"));
    writeFileSync(pathOf(files(".owner")[0]), "");
    expect(client().books.recovered).toBe(0);
    leaseEnds();
    expect(client().books.recovered).toBe(1);
  });

  it("are taken over by a client that was there before, while it has nothing else to do", () => {
    const witness = client();
    client().store.push(record("a"));
    witness.store.tick();
    expect(witness.books.recovered).toBe(0);
    leaseEnds();
    witness.store.tick();
    expect(drain(witness.store)).toEqual(["a"]);
  });

  it("go to one of two that look for them", () => {
    const dead = client();
    for (let number = 0; number < 200; number++) dead.store.push(record(String(number)));
    leaseEnds();
    const both = [client(), client()];
    const sent = both.flatMap(({ store }) => drain(store));
    expect(sent).toHaveLength(200);
    expect(new Set(sent).size).toBe(200);
    expect(both.reduce((sum, { books }) => sum + books.recovered, 0)).toBe(200);
  });

  it("are repeated only from where their fate was not known", () => {
    const dead = client();
    for (const name of ["a", "b", "c", "d"]) dead.store.push(record(name));
    dead.store.take({ maxRecords: 3, maxBytes: 10_000 });
    dead.store.settle({ records: [record("c")], bytes: 0 });
    dead.store.take(LIMITS);
    leaseEnds();
    expect(drain(client().store)).toEqual(["c", "d"]);
  });

  it("leave no claim behind once they are gone", () => {
    client().store.push(record("a"));
    leaseEnds();
    const next = client();
    drain(next.store);
    expect(readdirSync(spool.directory)).toEqual([]);
  });
});

describe("a client that was taken for dead and is not", () => {
  it("goes on under a new claim; what others took is theirs", () => {
    const slow = client();
    for (let number = 0; number < 60; number++) slow.store.push(record(String(number)));
    leaseEnds();
    const other = client();
    slow.store.push(record("late"));
    const total = slow.store.size + (slow.dropped.taken_over ?? 0);
    expect(total).toBe(61);
    expect(slow.dropped).toEqual({ taken_over: other.books.recovered });
    expect([...drain(other.store), ...drain(slow.store)].toSorted()).toEqual(
      [...Array.from({ length: 60 }, (_, number) => String(number)), "late"].toSorted(),
    );
    expect(slow.store.size).toBe(0);
  });

  it("keeps what it was sending, which is sent twice then", () => {
    const slow = client();
    slow.store.push(record("a"));
    const batch = slow.store.take(LIMITS);
    leaseEnds();
    expect(drain(client().store)).toEqual(["a"]);
    slow.store.tick();
    slow.store.settle(batch);
    expect(drain(slow.store)).toEqual(["a"]);
    expect(slow.dropped).toEqual({});
  });
});
