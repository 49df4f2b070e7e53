import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  client,
  drain,
  files,
  HERE,
  LIMITS,
  leaseEnds,
  MAX_BYTES,
  names,
  pathOf,
  record,
  SEGMENT_BYTES,
  spool,
  useSpoolDirectory,
} from "../../../../tests/support/spool-clients.ts";
import { Exporter } from "../exporter.ts";
import { manualRuntime } from "../manual-runtime.ts";

useSpoolDirectory();

describe("a disk that takes nothing", () => {
  const breakIt = (): void => {
    renameSync(spool.directory, join(spool.base, "away"));
    writeFileSync(spool.directory, "a file where the directory was");
  };
  const repair = (): void => {
    rmSync(spool.directory);
    renameSync(join(spool.base, "away"), spool.directory);
  };

  it("is told of once, and memory holds what comes", () => {
    writeFileSync(spool.directory, "a file where the directory should be");
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
    writeFileSync(spool.directory, "a file where the directory should be");
    store.push(record("a"));
    const batch = store.take(LIMITS);
    rmSync(spool.directory);
    store.tick();
    store.push(record("b"));
    store.settle(batch);
    store.push(record("c"));
    expect(drain(store)).toEqual(["a", "b", "c"]);
  });

  it("loses what waits in memory at the end, and says how much", () => {
    writeFileSync(spool.directory, "a file where the directory should be");
    const { store } = client();
    for (const name of ["a", "b"]) store.push(record(name));
    expect(store.close()).toBe(2);
  });

  it("keeps a batch from disk durable, whatever waits in memory beside it", () => {
    const { store } = client();
    for (let number = 0; number < 16; number++) store.push(record(String(number)));
    breakIt();
    store.push(record("in memory"));
    repair();
    expect(store.durable).toBe(false);
    const batch = store.take(LIMITS);
    expect(names(batch)).not.toContain("in memory");
    expect(store.durable).toBe(true);
    store.settle(undefined);
    expect(names(store.take(LIMITS))).toEqual(["in memory"]);
    expect(store.durable).toBe(false);
  });
});

describe("a transport that does not stop", () => {
  it("costs the batch from memory that it holds, and nothing that is on disk", async () => {
    const { store: disk } = client();
    for (let number = 0; number < 16; number++) disk.push(record(String(number)));
    disk.close();
    const runtime = manualRuntime();
    const exporter = new Exporter({
      batch: { ...LIMITS, flushIntervalMs: 100 },
      store: (events) => client(HERE, SEGMENT_BYTES, MAX_BYTES, events).store,
      transport: { send: () => new Promise(() => undefined) },
      runtime,
      deadlineMs: 60_000,
      onRefusal: () => undefined,
      onDrop: () => undefined,
      onDiagnostic: () => undefined,
      onPendingChange: () => undefined,
    });
    exporter.start();
    renameSync(spool.directory, join(spool.base, "away"));
    writeFileSync(spool.directory, "a file where the directory was");
    exporter.enqueue(record("in memory"));
    const ended = exporter.shutdown(1_000);
    for (let turn = 0; turn < 20; turn++) {
      runtime.advance(500);
      await Promise.resolve();
    }
    expect(await ended).toMatchObject({ recorded: 17, sent: 0, pending: 16, droppedByReason: { shutdown: 1 } });
  });
});

describe("files that somebody removes", () => {
  const recorded = (): ReturnType<typeof client> => {
    const opened = client();
    for (let number = 0; number < 60; number++) opened.store.push(record(String(number)));
    return opened;
  };

  it.each([
    ["with their directory", () => rmSync(spool.directory, { recursive: true })],
    [
      "with their directory, while the client is stopped",
      () => {
        rmSync(spool.directory, { recursive: true });
        leaseEnds();
      },
    ],
    [
      "with their directory, which is made anew,",
      () => {
        rmSync(spool.directory, { recursive: true });
        mkdirSync(spool.directory);
        leaseEnds();
      },
    ],
    ["with the claim", () => files("").forEach((file) => rmSync(pathOf(file)))],
    ["and leaves the claim", () => files(".spool1").forEach((file) => rmSync(pathOf(file)))],
  ])("%s are lost as damage, told and counted; what is open is still sent", (_what, removeThem) => {
    const { store, dropped, diagnostics } = recorded();
    removeThem();
    store.tick();
    store.push(record("after"));
    const sent = drain(store);
    expect(sent).toContain("59");
    expect(sent).toContain("after");
    expect(dropped).toEqual({ spool_damaged: 61 - sent.length });
    expect(diagnostics).toContain("spool_damaged");
  });

  it("are lost for good where what was open could not be sent before the end", () => {
    const { store, dropped } = recorded();
    rmSync(spool.directory, { recursive: true });
    store.tick();
    expect([store.close(), dropped]).toEqual([0, { spool_damaged: 60 }]);
  });
});
