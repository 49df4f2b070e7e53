import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { manualRuntime } from "./manual-runtime.ts";
import { type Durability, fileSpool } from "./node/file-spool.ts";
import { RecordQueue } from "./record-queue.ts";
import type { RecordStore, SpoolClient, StoreEvents } from "./record-store.ts";
import type { Batch } from "./transport/transport.ts";

const MAX_BYTES = 65_536;
const directories: string[] = [];

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

function openSpool(events: StoreEvents, durability: Durability): RecordStore {
  const directory = mkdtempSync(join(tmpdir(), "portkey-spool-"));
  directories.push(directory);
  const memory = { maxRecords: 10_000, maxBytes: MAX_BYTES };
  const runtime = manualRuntime();
  const schedule: SpoolClient["schedule"] = (callback, delayMs) => runtime.schedule(callback, delayMs);
  return fileSpool({ directory, maxBytes: MAX_BYTES, durability }).open({
    kind: "spans",
    events,
    memory,
    destination: "here",
    schedule,
  });
}

const STORES: readonly (readonly [string, (events: StoreEvents) => RecordStore])[] = [
  ["in memory", (events) => new RecordQueue({ maxRecords: 10_000, maxBytes: MAX_BYTES }, events)],
  ["on disk", (events) => openSpool(events, "process")],
  ["on disk, synced", (events) => openSpool(events, "os")],
];

const numbered = (number: number, padding = 0): Uint8Array =>
  Buffer.from(JSON.stringify({ number, padding: "é\n".repeat(padding) }));

const numbersOf = (batch: Batch): number[] =>
  batch.records.map((record) => (JSON.parse(Buffer.from(record).toString()) as { number: number }).number);

const keep = (batch: Batch, last: number): Batch => {
  const records = batch.records.slice(batch.records.length - last);
  return { records, bytes: records.reduce((sum, record) => sum + record.length, 0) };
};

describe.each(STORES)("a store %s", (_name, open) => {
  function opened() {
    const dropped: string[] = [];
    const store = open({
      drop: (count, reason) => dropped.push(...Array.from({ length: count }, () => reason)),
      recover: () => undefined,
      diagnose: ({ code, message }) => expect.fail(`${code}: ${message}`),
    });
    store.start();
    return { store, dropped };
  }
  const limits = { maxRecords: 3, maxBytes: 10_000 };

  it("gives back what was put in, in order and byte for byte", () => {
    const { store } = opened();
    const records = [numbered(1), numbered(2, 500), numbered(3)];
    for (const record of records) store.push(record);
    expect(store.size).toBe(3);
    expect(store.bytes).toBe(records.reduce((sum, record) => sum + record.length, 0));
    const batch = store.take(limits);
    expect(batch.records.map((record) => Buffer.from(record))).toEqual(records.map((record) => Buffer.from(record)));
    expect(batch.bytes).toBe(records.reduce((sum, record) => sum + record.length, 0));
    expect([store.size, store.bytes]).toEqual([0, 0]);
  });

  it("cuts batches by records and by bytes; a record that is larger than a batch goes alone", () => {
    const { store } = opened();
    for (const [number, padding] of [1, 1, 1, 1, 3_000, 5_000, 1].entries()) store.push(numbered(number, padding));
    const batches: number[][] = [];
    while (store.size > 0) {
      batches.push(numbersOf(store.take(limits)));
      store.settle(undefined);
    }
    expect(batches).toEqual([[0, 1, 2], [3], [4], [5], [6]]);
  });

  it("gives what is kept of a batch first of all the next time, and what is settled never again", () => {
    const { store } = opened();
    for (let number = 1; number <= 5; number++) store.push(numbered(number));
    const batch = store.take(limits);
    store.push(numbered(6));
    store.settle(keep(batch, 1));
    expect(store.size).toBe(4);
    expect(numbersOf(store.take(limits))).toEqual([3, 4, 5]);
  });

  it("drops the oldest on overflow, and counts them", () => {
    const { store, dropped } = opened();
    for (let number = 0; number < 300; number++) store.push(numbered(number, 250));
    expect(new Set(dropped)).toEqual(new Set(["queue_overflow"]));
    expect(store.size + dropped.length).toBe(300);
    const [first] = numbersOf(store.take(limits));
    expect(first).toBe(dropped.length);
    expect(store.bytes).toBeLessThanOrEqual(MAX_BYTES);
  });

  it("is empty without being asked to fill", () => {
    const { store } = opened();
    expect(numbersOf(store.take(limits))).toEqual([]);
    store.settle(undefined);
    expect([store.size, store.bytes, store.close()]).toEqual([0, 0, 0]);
  });

  it("keeps order and count in any order of pushes, batches and their fates", () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant("push" as const), padding: fc.integer({ min: 0, max: 3_000 }) }),
      fc.record({ do: fc.constant("take" as const), keptShare: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { store, dropped } = opened();
        let pushed = 0;
        const settled: number[] = [];
        for (const each of steps) {
          if (each.do === "push") store.push(numbered(++pushed, each.padding));
          else {
            const batch = store.take(limits);
            const kept = Math.round(batch.records.length * each.keptShare);
            settled.push(...numbersOf(batch).slice(0, batch.records.length - kept));
            store.settle(kept === 0 ? undefined : keep(batch, kept));
          }
          expect(store.size + dropped.length + settled.length).toBe(pushed);
        }
        expect(settled).toEqual([...new Set(settled)].toSorted((a, b) => a - b));
        store.close();
      }),
      { numRuns: 60 },
    );
  });
});
