import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DeliveryOptions, deliver, type Tally } from "./deliver.ts";
import { MIN_FAILURES, Suspects } from "./suspects.ts";
import { type Outcome, toBatch } from "./transport/transport.ts";

const FAILS: Outcome = { kind: "retryable", message: "HTTP 500", status: 500 };
const REFUSES: Outcome = { kind: "rejected", reason: "rejected", message: "HTTP 400", aboutContent: true };
const ACCEPTS: Outcome = { kind: "accepted" };
const DEADLINE_MS = 1_000;
const records = (count: number): Uint8Array[] => Array.from({ length: count }, (_, index) => Uint8Array.of(index));
const namesOf = (given: readonly Uint8Array[]): number[] => given.map(([name = -1]) => name);

/** A server that answers as it is told by the names of the records. */
function world(answer: (names: readonly number[], request: number) => Outcome) {
  const taken = new Set<number>();
  const sizes: number[] = [];
  const refusals: Outcome[] = [];
  const clock = { ms: 0 };
  const options: DeliveryOptions = {
    transport: {
      send: async (batch) => {
        const names = namesOf(batch.records);
        sizes.push(names.length);
        const outcome = answer(names, sizes.length);
        if (outcome.kind === "accepted") for (const name of names) taken.add(name);
        return outcome;
      },
    },
    signal: new AbortController().signal,
    onRefusal: (outcome) => refusals.push(outcome),
    suspects: new Suspects(),
    now: () => clock.ms,
    deadlineMs: DEADLINE_MS,
    isDurable: false,
    othersWait: false,
  };
  const send = (given: readonly Uint8Array[]): Promise<Tally> => deliver(toBatch(given), options);
  return { send, taken, sizes, refusals, clock, options };
}

const failingOn = (poison: readonly number[]) => (names: readonly number[]) =>
  names.some((name) => poison.includes(name)) ? FAILS : ACCEPTS;

describe("a server that fails on some records, and refuses others", () => {
  it("gets all that are well, wherever the bad ones stand", async () => {
    const places = fc.uniqueArray(fc.nat(119), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 120 }), places, places, async (count, failing, refused) => {
        const poison = failing.filter((name) => name < count);
        const bad = refused.filter((name) => name < count && !poison.includes(name));
        fc.pre(count - poison.length - bad.length > 0);
        const { send, taken } = world((names) => {
          if (names.some((name) => poison.includes(name))) return FAILS;
          return names.some((name) => bad.includes(name)) ? REFUSES : ACCEPTS;
        });
        const tally = await send(records(count));
        expect(taken.size).toBe(count - poison.length - bad.length);
        expect(tally).toMatchObject({ sent: taken.size, kept: undefined });
        expect(new Set(namesOf(tally.postponed))).toEqual(new Set(poison));
        expect(tally.dropped.get("rejected") ?? 0).toBe(bad.length);
      }),
    );
  });

  it("a record that was put off is tried by itself, after the others", async () => {
    const { send, sizes } = world(failingOn([0, 1]));
    const first = await send(records(4));
    sizes.length = 0;
    const second = await send([...first.postponed, Uint8Array.of(7), Uint8Array.of(8)]);
    expect(sizes).toEqual([2, 1, 1]);
    expect(second.sent).toBe(2);
    expect(namesOf(second.postponed)).toEqual([0, 1]);
  });

  it("a record is given up at the deadline, and not before, however often the server fails", async () => {
    const { send, clock, refusals } = world(failingOn([0]));
    let waiting = records(1);
    for (clock.ms = 0; clock.ms < DEADLINE_MS; clock.ms += 100) {
      const tally = await send([...waiting, Uint8Array.of(9)]);
      waiting = [...tally.postponed];
      expect(waiting).toHaveLength(1);
    }
    expect(refusals).toEqual([]);
    const last = await send([...waiting, Uint8Array.of(9)]);
    expect([...last.dropped]).toEqual([["rejected", 1]]);
    expect(refusals).toHaveLength(1);
  });

  it("a record that came round a few times only is not given up at the deadline: the server may fail by chance", async () => {
    const { send, clock, refusals } = world(failingOn([0]));
    for (let failures = 1; failures < MIN_FAILURES; failures++) {
      expect(namesOf((await send(records(2))).postponed)).toEqual([0]);
      clock.ms += DEADLINE_MS;
    }
    expect(refusals).toEqual([]);
    expect([...(await send(records(2))).dropped]).toEqual([["rejected", 1]]);
  });
});

describe("a record on disk that goes alone, on which the server fails", () => {
  it("lets those behind it go first, and is given up at the deadline once others were taken", async () => {
    const { send, options, refusals, clock } = world(failingOn([0]));
    const alone = () => deliver(toBatch(records(1)), { ...options, isDurable: true, othersWait: true });
    for (clock.ms = 0; clock.ms < MIN_FAILURES * DEADLINE_MS; clock.ms += DEADLINE_MS) {
      expect(await alone()).toMatchObject({ sent: 0, postponed: [Uint8Array.of(0)], kept: undefined });
    }
    await send([Uint8Array.of(1)]);
    expect([...(await alone()).dropped]).toEqual([["rejected", 1]]);
    expect(refusals).toHaveLength(1);
  });

  it("waits in front where none is behind it", async () => {
    const { send } = world(failingOn([0]));
    expect(await send(records(1))).toMatchObject({ sent: 0, postponed: [], kept: { why: "failing" } });
  });
});

describe("a server that is down", () => {
  it("is asked a few times, nothing is blamed, and all waits on", async () => {
    const { send, sizes } = world(() => FAILS);
    const tally = await send(records(100));
    expect(tally).toMatchObject({ sent: 0, postponed: [], kept: { why: "failing" } });
    expect(tally.kept?.batch.records).toHaveLength(100);
    expect(sizes).toEqual([100, 50, 50, 25, 25, 25, 25, 13, 12, 13, 12, 13, 12, 13, 12]);
  });

  it("from some moment on loses nothing of what it had not taken", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.nat(20), fc.nat(59), async (count, requests, poison) => {
        const outage: Outcome = { kind: "rejected", reason: "retries_exhausted", message: "ECONNREFUSED" };
        const down = world((names, request) => (request > requests ? outage : failingOn([poison])(names)));
        const tally = await deliver(toBatch(records(count)), { ...down.options, isDurable: true });
        const kept = tally.kept?.batch.records.length ?? 0;
        expect(tally.sent + tally.postponed.length + kept).toBe(count);
        expect(tally.dropped.size).toBe(0);
      }),
    );
  });

  it("asks for a wait beyond the deadline: what it has not taken waits, in memory too", async () => {
    const busy: Outcome = { kind: "rejected", reason: "retries_exhausted", message: "429", retryAfterMs: 3_600_000 };
    const { send, sizes } = world(() => busy);
    expect(await send(records(3))).toMatchObject({ sent: 0, kept: { why: "unreachable", retryAfterMs: 3_600_000 } });
    expect(sizes).toEqual([3]);
  });
});

describe("a transport that takes the records out of what it is given", () => {
  it("changes no count", async () => {
    const { options } = world(() => ACCEPTS);
    const greedy = {
      send: async (batch: { records: readonly Uint8Array[] }): Promise<Outcome> => {
        (batch.records as Uint8Array[]).length = 0;
        return ACCEPTS;
      },
    };
    expect(await deliver(toBatch(records(3)), { ...options, transport: greedy })).toMatchObject({ sent: 3 });
  });
});
