import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deliver } from "./deliver.ts";
import { isolate } from "./isolate.ts";
import { type Outcome, type Transport, toBatch } from "./transport/transport.ts";

const FAILS: Outcome = { kind: "retryable", message: "HTTP 500", status: 500 };
const records = (count: number): Uint8Array[] => Array.from({ length: count }, (_, index) => Uint8Array.of(index));

/** A server that fails with 500 wherever one of these records is part of the batch. */
function failingOn(poison: readonly number[]) {
  const taken = new Set<number>();
  const sizes: number[] = [];
  const transport: Transport = {
    send: async (batch) => {
      sizes.push(batch.records.length);
      const names = batch.records.map(([name = 0]) => name);
      if (names.some((name) => poison.includes(name))) return FAILS;
      for (const name of names) taken.add(name);
      return { kind: "accepted" };
    },
  };
  return { transport, taken, sizes };
}

const neverAborted = new AbortController().signal;

describe("a server that fails on some records of a batch", () => {
  it("gets all others, and each record is told apart for certain or left", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 3, max: 120 }),
        fc.uniqueArray(fc.nat(119), { maxLength: 5 }),
        async (n, bad) => {
          const poison = bad.filter((name) => name < n && name > 1);
          const { transport, taken } = failingOn(poison);
          const refusals: Outcome[] = [];
          const tally = await deliver(toBatch(records(n)), transport, neverAborted, (o) => refusals.push(o), true);
          const kept = tally.kept?.batch.records.map(([name]) => name) ?? [];
          const dropped = tally.dropped.get("rejected") ?? 0;
          expect(taken.size).toBe(n - poison.length);
          expect(tally.sent).toBe(n - poison.length);
          expect(dropped + kept.length).toBe(poison.length);
          expect(poison).toEqual(expect.arrayContaining(kept));
          expect(refusals).toHaveLength(dropped);
        },
      ),
    );
  });

  it("a record at the end of the batch is left, as nothing was taken after it", async () => {
    const { transport } = failingOn([9]);
    const { sent, refused, left } = await isolate(toBatch(records(10)), transport, neverAborted);
    expect({ sent, refused, left }).toEqual({ sent: 9, refused: [], left: [Uint8Array.of(9)] });
  });
});

describe("a server that is down", () => {
  it("is asked no more often than the batch has binary digits, and nothing is blamed", async () => {
    const { transport, sizes } = failingOn(records(100).map(([name = 0]) => name));
    const batch = toBatch(records(100));
    expect(await isolate(batch, transport, neverAborted)).toEqual({ sent: 0, refused: [], left: batch.records });
    expect(sizes).toEqual([50, 25, 13, 7, 4, 2, 1, 1]);
  });

  it("keeps what waits on disk, whole", async () => {
    const { transport } = failingOn(records(8).map(([name = 0]) => name));
    const tally = await deliver(toBatch(records(8)), transport, neverAborted, () => undefined, true);
    expect(tally).toMatchObject({ sent: 0, kept: { why: "unreachable" } });
    expect(tally.kept?.batch.records).toHaveLength(8);
  });

  it("in the middle of it costs nothing", async () => {
    let requests = 0;
    const transport: Transport = {
      send: async () => {
        requests += 1;
        if (requests === 3) return { kind: "accepted" };
        return requests < 4 ? FAILS : { kind: "retryable", message: "ECONNRESET" };
      },
    };
    const { sent, refused, left } = await isolate(toBatch(records(8)), transport, neverAborted);
    expect(refused).toEqual([]);
    expect(sent + left.length).toBe(8);
  });
});
