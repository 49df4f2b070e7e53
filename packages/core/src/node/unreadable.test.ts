import { renameSync, rmSync, symlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  client,
  drain,
  files,
  LIMITS,
  leaseEnds,
  names,
  pathOf,
  record,
  useSpoolDirectory,
} from "../../../../tests/support/spool-clients.ts";

useSpoolDirectory();

/** Makes a file unreadable (it becomes a link that leads to itself), and answers what makes it readable again. */
function hide(file: string | undefined): () => void {
  const path = pathOf(file);
  renameSync(path, `${path}.hidden`);
  symlinkSync(path, path);
  return () => {
    rmSync(path);
    renameSync(`${path}.hidden`, path);
  };
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, number) => String(number));

describe("records that cannot be read now", () => {
  it("wait on, and are taken later; others are taken meanwhile", () => {
    const { store, dropped, diagnostics } = client();
    for (const number of numbers(60)) store.push(record(number));
    const show = hide(files(".spool1")[0]);
    const meanwhile: string[] = [];
    for (let batch = store.take(LIMITS); batch.records.length > 0; batch = store.take(LIMITS)) {
      meanwhile.push(...names(batch));
      store.settle(undefined);
    }
    store.settle(undefined);
    expect(meanwhile.at(-1)).toBe("59");
    expect(store.size).toBe(60 - meanwhile.length);
    expect(store.size).toBeGreaterThan(0);
    expect([dropped, new Set(diagnostics)]).toEqual([{}, new Set(["spool_failed"])]);
    show();
    expect([...drain(store), ...meanwhile]).toEqual(numbers(60));
    expect([dropped, files("")]).toEqual([{}, []]);
  });

  it("of a dead client stay where they are, and are taken over later", () => {
    const dead = client();
    for (const number of numbers(5)) dead.store.push(record(number));
    leaseEnds();
    const show = hide(files(".spool1")[0]);
    const next = client();
    expect([next.books.recovered, next.dropped, next.diagnostics]).toEqual([0, {}, ["spool_failed"]]);
    show();
    next.store.tick();
    expect(next.books.recovered).toBe(5);
    expect(drain(next.store)).toEqual(numbers(5));
  });

  it("of a dead client keep nobody from writing where room is wanted", () => {
    const dead = client("aaaaaaaaaaaaaaaa");
    for (const number of numbers(5)) dead.store.push(record(number));
    leaseEnds();
    const show = hide(files(".spool1")[0]);
    const { store } = client();
    for (const number of numbers(1_500)) store.push(record(number));
    expect(drain(store).at(-1)).toBe("1499");
    show();
    expect(drain(client("aaaaaaaaaaaaaaaa").store)).toEqual(numbers(5));
  });
});
