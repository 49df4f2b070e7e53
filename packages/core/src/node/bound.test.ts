import { rmSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  client,
  drain,
  files,
  HERE,
  leaseEnds,
  MAX_BYTES,
  pathOf,
  record,
  SEGMENT_BYTES,
  spool,
  useSpoolDirectory,
} from "../../../../tests/support/spool-clients.ts";
import type { Batch } from "../transport/transport.ts";
import { Claim } from "./claim.ts";
import { makeRoom } from "./room.ts";

useSpoolDirectory();

describe("the bound", () => {
  const onDisk = (ending = ".spool1"): number =>
    files(ending).reduce((sum, file) => sum + Math.ceil(statSync(pathOf(file)).size / 4_096) * 4_096, 0);

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

  it("lets the oldest go while they are on their way: lost is what does not arrive", () => {
    const onTheWay = (): ReturnType<typeof client> & { batch: Batch } => {
      const opened = client();
      for (let number = 0; number < 600; number++) opened.store.push(record(String(number), 300));
      const batch = opened.store.take({ maxRecords: 10_000, maxBytes: 10_000_000 });
      for (let number = 600; number < 1_200; number++) opened.store.push(record(String(number), 300));
      return { ...opened, batch };
    };
    const arrives = onTheWay();
    expect(arrives.batch.records.length).toBeGreaterThan(500);
    arrives.store.settle(undefined);
    const { queue_overflow: lost = 0 } = arrives.dropped;
    const left = drain(arrives.store);
    expect(left.at(-1)).toBe("1199");
    expect(arrives.batch.records.length + left.length + lost).toBe(1_200);

    rmSync(spool.directory, { recursive: true });
    const fails = onTheWay();
    fails.store.settle(fails.batch);
    const { queue_overflow: dropped = 0 } = fails.dropped;
    const newest = Array.from({ length: 1_200 }, (_, number) => String(number)).slice(dropped);
    expect(drain(fails.store)).toEqual(newest);
    expect(fails.dropped).toEqual({ queue_overflow: dropped });
  });

  it("has room for hundreds of clients that hold little", () => {
    const all = Array.from({ length: 300 }, () => client(HERE, 262_144, 16_777_216));
    for (const { store } of all) store.push(record("a"));
    expect(all.filter(({ store, dropped }) => store.size !== 1 || dropped.queue_overflow !== undefined)).toEqual([]);
  });

  it("counts the claims of clients as well", () => {
    const { store } = client(HERE, SEGMENT_BYTES, 65_536);
    for (let number = 0; number < 500; number++) {
      store.push(record(String(number), 300));
      expect(onDisk("")).toBeLessThanOrEqual(65_536);
    }
  });

  it("reckons with what others may be writing just now", () => {
    const settings = { directory: spool.directory, maxBytes: 10 * SEGMENT_BYTES, segmentBytes: 8 * SEGMENT_BYTES };
    const other = client(HERE, settings.segmentBytes);
    other.store.push(record("a"));
    const claim = new Claim(spool.directory, Date.now);
    claim.hold();
    const mayHave = (blocks: number): boolean =>
      makeRoom({ path: "", roomBytes: 0 }, { ...settings, maxBytes: blocks * SEGMENT_BYTES }, claim, {
        sizeOf: () => undefined,
        giveUp: () => false,
      });
    // Two claims, and a segment of one block that may be at its second.
    expect([3, 4].map(mayHave)).toEqual([false, true]);
  });

  it("empties files of others that are alive, who count that as overflow and not as damage", () => {
    const [slow, fast] = [client(), client()];
    for (let number = 0; number < 100; number++) slow.store.push(record(String(number), 300));
    for (let number = 0; number < 2_000; number++) fast.store.push(record(String(number), 300));
    const left = drain(slow.store);
    expect(slow.dropped).toEqual({ queue_overflow: 100 - left.length });
    expect(slow.diagnostics).toEqual([]);
    expect(left.length).toBeLessThan(100);
  });
});
