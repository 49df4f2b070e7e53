import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DeliveryOptions } from "./deliver.ts";
import { deliverInTurn } from "./deliver-in-turn.ts";
import { MIN_FAILURES, Suspects } from "./suspects.ts";
import { type Outcome, toBatch } from "./transport/transport.ts";

const FAILS: Outcome = { kind: "retryable", message: "HTTP 500", status: 500 };
const REFUSES: Outcome = { kind: "rejected", reason: "rejected", message: "HTTP 400", aboutContent: true };
const ACCEPTS: Outcome = { kind: "accepted" };
const KEY_REFUSED: Outcome = { kind: "rejected", reason: "unauthorized", message: "HTTP 401" };
const DEADLINE_MS = 1_000;
const namesOf = (given: readonly Uint8Array[] = []): number[] => given.map(([name = -1]) => name);

/** A server that answers as it is told, and a clock. */
function world(answers: readonly Outcome[]) {
  const asked: number[] = [];
  const refusals: Outcome[] = [];
  const clock = { ms: 0 };
  const options: DeliveryOptions = {
    transport: {
      send: async ({ records }) => {
        expect(records).toHaveLength(1);
        const [name = -1] = namesOf(records);
        asked.push(name);
        return answers[name] ?? ACCEPTS;
      },
    },
    signal: new AbortController().signal,
    onRefusal: (outcome) => refusals.push(outcome),
    suspects: new Suspects(),
    now: () => clock.ms,
    deadlineMs: DEADLINE_MS,
    isDurable: true,
    othersWait: false,
  };
  const send = async (names: readonly number[]) => {
    const tally = await deliverInTurn(toBatch(names.map((name) => Uint8Array.of(name))), options);
    const { sent, dropped, postponed, kept } = tally;
    return {
      sent,
      dropped: [...dropped],
      postponed: namesOf(postponed),
      why: kept?.why,
      kept: namesOf(kept?.batch.records),
    };
  };
  return { send, asked, refusals, clock };
}

describe("records that are delivered in turn", () => {
  it("go one by one: what comes behind the first one taken is not tried yet", async () => {
    const { send, asked } = world([]);
    expect(await send([0, 1, 2])).toEqual({ sent: 1, dropped: [], postponed: [], why: "untried", kept: [1, 2] });
    expect(await send([2])).toEqual({ sent: 1, dropped: [], postponed: [], why: undefined, kept: [] });
    expect(asked).toEqual([0, 2]);
  });

  it("may be none", async () => {
    expect(await world([]).send([])).toEqual({ sent: 0, dropped: [], postponed: [], why: undefined, kept: [] });
  });

  it("are lost one by one where the server refuses them", async () => {
    const { send, refusals } = world([REFUSES]);
    expect(await send([0, 1])).toEqual({
      sent: 0,
      dropped: [["rejected", 1]],
      postponed: [],
      why: "untried",
      kept: [1],
    });
    expect(refusals).toEqual([REFUSES]);
  });

  it("all wait on, in order, where the key is refused", async () => {
    const { send, asked } = world([FAILS, KEY_REFUSED]);
    const all = { sent: 0, dropped: [], postponed: [], why: "unauthorized", kept: [0, 1, 2] };
    expect(await send([0, 1, 2])).toEqual(all);
    expect(asked).toEqual([0, 1]);
  });

  it("all wait on, in order, where the server fails on each of them", async () => {
    const { send } = world([FAILS, FAILS]);
    expect(await send([0, 1])).toEqual({ sent: 0, dropped: [], postponed: [], why: "failing", kept: [0, 1] });
  });

  it("are put off where the server fails on them and takes the next, and given up at the deadline", async () => {
    const { send, refusals, clock } = world([FAILS]);
    const putOff = { sent: 1, dropped: [], postponed: [0], why: undefined, kept: [] };
    expect(await send([0, 1])).toEqual(putOff);
    clock.ms = DEADLINE_MS - 1;
    for (let failures = 1; failures < MIN_FAILURES; failures++) expect(await send([0, 2])).toEqual(putOff);
    clock.ms = DEADLINE_MS;
    expect(await send([0, 3])).toEqual({
      sent: 1,
      dropped: [["rejected", 1]],
      postponed: [],
      why: undefined,
      kept: [],
    });
    expect(refusals).toHaveLength(1);
  });

  it("are not given up at the deadline where the server failed on them a few times only", async () => {
    const { send, clock } = world([FAILS]);
    for (let failures = 1; failures < MIN_FAILURES; failures++) {
      expect((await send([0, 1])).postponed).toEqual([0]);
      clock.ms += DEADLINE_MS;
    }
    expect((await send([0, 1])).dropped).toEqual([["rejected", 1]]);
  });

  it("are each sent, dropped, put off or kept, whatever the server does", async () => {
    const outcome = fc.constantFrom(ACCEPTS, FAILS, REFUSES, KEY_REFUSED);
    await fc.assert(
      fc.asyncProperty(fc.array(outcome, { maxLength: 16 }), async (answers) => {
        const names = answers.map((_answer, name) => name);
        const { sent, dropped, postponed, kept } = await world(answers).send(names);
        expect(sent + dropped.reduce((sum, [, count]) => sum + count, 0)).toBeLessThanOrEqual(1);
        expect(kept).toEqual(names.slice(names.length - kept.length));
        const decided = names.slice(0, names.length - kept.length).filter((name) => !postponed.includes(name));
        expect(decided).toHaveLength(sent + dropped.length);
      }),
    );
  });
});
