import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DiagnosticCode } from "../diagnostics.ts";
import type { Batch, DropReason } from "../transport/transport.ts";
import { LEASE_MS } from "./claim.ts";
import { thisProcess } from "./process-identity.ts";
import { SpoolStore } from "./spool-store.ts";

const MAX_BYTES = 262_144;
const SEGMENT_BYTES = 4_096;
const HERE = "0123456789abcdef";
const LIMITS = { maxRecords: 100, maxBytes: 100_000 };

let base: string;
let directory: string;
let aheadMs: number;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "portkey-spool-"));
  directory = join(base, "spool");
  aheadMs = 0;
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** One client of the directory, with books like an exporter's. */
function client(destination = HERE, segmentBytes = SEGMENT_BYTES, maxBytes = MAX_BYTES) {
  const dropped: Partial<Record<DropReason, number>> = {};
  const diagnostics: DiagnosticCode[] = [];
  const books = { recovered: 0 };
  const now = (): number => Date.now() + aheadMs;
  const settings = { directory, maxBytes, segmentBytes, syncs: false, destination, now };
  const store = new SpoolStore(
    settings,
    { maxRecords: 1_000, maxBytes: 1_000_000 },
    {
      drop: (count, reason) => {
        dropped[reason] = (dropped[reason] ?? 0) + count;
      },
      recover: (count) => {
        books.recovered += count;
      },
      diagnose: ({ code }) => void diagnostics.push(code),
    },
  );
  store.start();
  return { store, dropped, diagnostics, books };
}

const record = (name: string, size = 200): Uint8Array =>
  Buffer.from(JSON.stringify({ name, padding: "x".repeat(size) }));
const names = (batch: Batch): string[] =>
  batch.records.map((each) => (JSON.parse(Buffer.from(each).toString()) as { name: string }).name);

/** Sends everything. */
function drain(store: SpoolStore): string[] {
  const all: string[] = [];
  while (store.size > 0) {
    all.push(...names(store.take(LIMITS)));
    store.settle(undefined);
  }
  return all;
}

const files = (ending: string): string[] =>
  readdirSync(directory)
    .filter((file) => file.endsWith(ending))
    .toSorted();
const pathOf = (file: string | undefined): string => join(directory, file ?? "missing");
const leaseEnds = (): void => {
  aheadMs += LEASE_MS + 1_000;
};

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
    expect(readdirSync(directory)).toEqual([]);
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

describe("the bound", () => {
  const onDisk = (): number =>
    files(".spool1").reduce((sum, file) => sum + Math.ceil(statSync(pathOf(file)).size / 4_096) * 4_096, 0);

  it("holds for the directory, whoever writes; the oldest go first, and are counted by who knew them", () => {
    const all = Array.from({ length: 5 }, () => client(HERE, 4 * SEGMENT_BYTES));
    for (let number = 0; number < 2_000; number++) {
      all[(number * 7) % 5]?.store.push(record(String(number), 300));
      if (number % 10 === 0) expect(onDisk()).toBeLessThanOrEqual(MAX_BYTES);
    }
    const sent = all.flatMap(({ store }) => drain(store));
    const dropped = all.reduce((sum, each) => sum + (each.dropped.queue_overflow ?? 0), 0);
    expect(sent.length + dropped).toBe(2_000);
    expect(sent.length).toBeGreaterThan(300);
    expect(Math.min(...sent.map(Number))).toBeGreaterThan(1_000);
  });

  it("takes what dead clients left before what is new", () => {
    const dead = client("aaaaaaaaaaaaaaaa");
    for (let number = 0; number < 500; number++) dead.store.push(record(`dead ${number}`, 300));
    leaseEnds();
    const { store, books, dropped } = client();
    for (let number = 0; number < 300; number++) store.push(record(String(number), 300));
    expect(drain(store)).toHaveLength(300);
    expect(books.recovered).toBeGreaterThan(0);
    expect(dropped).toEqual({ queue_overflow: books.recovered });
  });

  it("never gives up what is on its way", () => {
    const { store } = client();
    store.push(record("first"));
    const batch = store.take(LIMITS);
    for (let number = 0; number < 2_000; number++) store.push(record(String(number), 300));
    store.settle(batch);
    expect(names(store.take(LIMITS))[0]).toBe("first");
  });
});

describe("a disk that takes nothing", () => {
  const breakIt = (): void => {
    renameSync(directory, join(base, "away"));
    writeFileSync(directory, "a file where the directory was");
  };
  const repair = (): void => {
    rmSync(directory);
    renameSync(join(base, "away"), directory);
  };

  it("is told of once, and memory holds what comes", () => {
    writeFileSync(directory, "a file where the directory should be");
    const { store, diagnostics, dropped } = client();
    for (const name of ["a", "b", "c"]) store.push(record(name));
    expect(diagnostics.filter((code) => code !== "spool_failed")).toEqual([]);
    expect(store.durable).toBe(false);
    expect(drain(store)).toEqual(["a", "b", "c"]);
    expect(dropped).toEqual({});
  });

  it("gets what waited in memory once it works again, in order", () => {
    const { store } = client();
    store.push(record("before"));
    drain(store);
    breakIt();
    for (const name of ["a", "b"]) store.push(record(name));
    expect(store.durable).toBe(false);
    repair();
    store.tick();
    store.push(record("c"));
    expect(store.durable).toBe(true);
    leaseEnds();
    expect(drain(client().store)).toEqual(["a", "b", "c"]);
  });

  it("gets what comes behind a batch from memory that is on its way", () => {
    const { store } = client();
    writeFileSync(directory, "a file where the directory should be");
    store.push(record("a"));
    const batch = store.take(LIMITS);
    rmSync(directory);
    store.tick();
    store.push(record("b"));
    store.settle(batch);
    store.push(record("c"));
    expect(drain(store)).toEqual(["a", "b", "c"]);
  });

  it("loses what waits in memory at the end, and says how much", () => {
    writeFileSync(directory, "a file where the directory should be");
    const { store } = client();
    for (const name of ["a", "b"]) store.push(record(name));
    expect(store.close()).toBe(2);
  });

  it("that is cleared by somebody costs what was on it, counted", () => {
    const { store, dropped } = client();
    for (let number = 0; number < 60; number++) store.push(record(String(number)));
    rmSync(directory, { recursive: true });
    leaseEnds();
    store.push(record("after"));
    const sent = drain(store);
    expect(sent).toContain("after");
    expect(sent.length + (dropped.taken_over ?? 0) + (dropped.queue_overflow ?? 0)).toBe(61);
  });
});

describe("the directory", () => {
  it("is for its user only", () => {
    if (process.platform === "win32") return;
    client().store.push(record("a"));
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const file of files("")) expect(statSync(pathOf(file)).mode & 0o777).toBe(0o600);
  });

  it("is not made before the first record", () => {
    const { store } = client();
    expect(readdirSync(base)).toEqual([]);
    expect(store.close()).toBe(0);
  });

  it("may hold files of others, which are left alone", () => {
    mkdirSync(directory);
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
    expect(readdirSync(directory).toSorted()).toEqual(others.toSorted());
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
