import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type Delivering, deliver } from "../deliver.ts";
import { deliverInTurn } from "../deliver-in-turn.ts";
import { Exporter } from "../exporter.ts";
import { manualRuntime } from "../manual-runtime.ts";
import type { QueueLimits } from "../record-store.ts";
import { MIN_FAILURES } from "../suspects.ts";
import type { DropReason, Outcome, Transport } from "../transport/transport.ts";
import { LEASE_MS } from "./claim.ts";
import { SpoolStore } from "./spool-store.ts";

const outcome = fc.constantFrom<Outcome>(
  { kind: "accepted" },
  { kind: "accepted" },
  { kind: "rejected", reason: "rejected", message: "a part of it", aboutContent: true },
  { kind: "rejected", reason: "retries_exhausted", message: "no" },
  { kind: "rejected", reason: "unauthorized", message: "no" },
  { kind: "retryable", message: "a wrapper forgot" },
);
const who = fc.nat(2);
const others = [
  { weight: 2, arbitrary: fc.record({ do: fc.constant("send" as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("tick" as const), who }) },
  fc.record({ do: fc.constant("interrupt" as const), who }),
  fc.record({ do: fc.constant("shutdown" as const), who }),
  fc.record({ do: fc.constant("crash" as const), who }),
  fc.record({ do: fc.constant("stall" as const), who }),
];
const recordOf = (maxBytes: number) => fc.record({ do: fc.constant("record" as const), who, size: fc.nat(maxBytes) });
const step = fc.oneof({ weight: 6, arbitrary: recordOf(3_000) }, ...others);
const largeStep = fc.oneof({ weight: 20, arbitrary: recordOf(14_000) }, ...others);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What there is room for, and what may be lost. */
interface World {
  readonly maxBytes: number;
  readonly batch: QueueLimits;
  readonly reasons: readonly DropReason[];
  /** As batches where not given. */
  readonly delivering?: Delivering;
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

/** Records end with what tells them from others, as spans do. */
const recordOfName = (name: string, size: number): Uint8Array => Buffer.from(JSON.stringify(["x".repeat(size), name]));
const nameOf = (record: Uint8Array = Buffer.from("[]")): string =>
  (JSON.parse(Buffer.from(record).toString()) as string[])[1] ?? "";

/** Three clients of one directory, each replaced by a new one when it ends. */
function world(
  directory: string,
  outcomes: readonly Outcome[],
  { maxBytes, batch: batches, reasons, delivering = deliver }: World,
) {
  const runtime = manualRuntime();
  const arrived = new Set<string>();
  const failures = new Map<string, number>();
  const surprises: string[] = [];
  let calls = 0;
  let aheadMs = 0;
  const transport: Transport = {
    async send(batch) {
      const next = outcomes[calls++] ?? { kind: "accepted" };
      await Promise.resolve();
      const isTooMuch = next.kind === "rejected" && next.aboutContent === true && batch.records.length > 1;
      // A single record is never refused for good here: each has to arrive.
      if (next.kind === "rejected" && next.aboutContent === true && !isTooMuch) return { kind: "accepted" };
      const isBlamed = next.kind === "retryable" && batch.records.length === 1 && failsOften(batch.records[0]);
      return isBlamed ? { kind: "accepted" } : next;
    },
  };
  // Nor does the server fail on one so often that the record would be blamed.
  const failsOften = (record: Uint8Array | undefined): boolean => {
    const name = nameOf(record);
    failures.set(name, (failures.get(name) ?? 0) + 1);
    return (failures.get(name) ?? 0) >= MIN_FAILURES;
  };
  const noting: Transport = {
    async send(batch, signal) {
      const answer = await transport.send(batch, signal);
      if (answer.kind === "accepted") for (const each of batch.records) arrived.add(nameOf(each));
      return answer;
    },
  };
  const open = () => {
    const now = (): number => Date.now() + aheadMs;
    const settings = {
      kind: "spans" as const,
      directory,
      maxBytes,
      segmentBytes: 4_096,
      syncs: false,
      destination: "0".repeat(16),
      now,
    };
    let opened: SpoolStore | undefined;
    const exporter = new Exporter({
      batch: { ...batches, flushIntervalMs: 100 },
      store: (events) => (opened = new SpoolStore(settings, { maxRecords: 100, maxBytes: 100_000 }, events)),
      transport: noting,
      delivering,
      runtime,
      deadlineMs: 60_000,
      onRefusal: () => undefined,
      onDrop: (_count, reason) => void (reasons.includes(reason) || surprises.push(`dropped: ${reason}`)),
      onDiagnostic: ({ code, message }) => void surprises.push(`${code}: ${message}`),
      onPendingChange: () => undefined,
    });
    exporter.start();
    return { exporter, tick: () => opened?.tick() };
  };
  const stall = (): void => {
    aheadMs += LEASE_MS + 1_000;
  };
  return { runtime, arrived, surprises, open, stall };
}

const holds = (exporter: Exporter): void => {
  const { recorded, sent, dropped, pending } = exporter.report();
  expect(sent + dropped + pending).toBe(recorded);
  expect(pending).toBeGreaterThanOrEqual(0);
};

/** Lets the clients live, and a last one send what is left. Answers what never arrived. */
async function live(steps: readonly Step[], outcomes: readonly Outcome[], of: World): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), "portkey-spool-"));
  const { runtime, arrived, surprises, open, stall } = world(directory, outcomes, of);
  const clients = [open(), open(), open()];
  // One that crashed may be only slow, and come back to what nobody took meanwhile.
  const alive = new Set(clients);
  const recorded: string[] = [];
  for (const each of steps) {
    const client = clients[each.who] ?? open();
    const { exporter, tick } = client;
    if (each.do === "record") {
      const name = `record ${recorded.length}`;
      recorded.push(name);
      exporter.enqueue(recordOfName(name, each.size));
    }
    if (each.do === "send") runtime.advance(70_000);
    if (each.do === "tick") tick();
    if (each.do === "interrupt") await exporter.interrupt();
    if (each.do === "stall" || each.do === "crash") stall();
    if (each.do === "shutdown") void exporter.shutdown(1_000);
    if (each.do === "shutdown") runtime.advance(2_000);
    await settle();
    holds(exporter);
    if (each.do === "shutdown") alive.delete(client);
    if (each.do === "crash" || each.do === "shutdown") alive.add((clients[each.who] = open()));
  }
  stall();
  alive.add(open());
  const waiting = (): number => [...alive].reduce((sum, { exporter }) => sum + exporter.pending, 0);
  for (let turn = 0; turn < 200 && (turn < 3 || waiting() > 0); turn++) {
    runtime.advance(70_000);
    for (const { tick } of alive) tick();
    await settle();
  }
  for (const { exporter } of alive) holds(exporter);
  expect(waiting()).toBe(0);
  expect(surprises).toEqual([]);
  rmSync(directory, { recursive: true });
  return recorded.filter((name) => !arrived.has(name));
}

const fates = fc.array(outcome, { maxLength: 20 });

it("whatever becomes of three clients of one directory, every record arrives, and all books add up", async () => {
  const of = { maxBytes: 10_000_000, batch: { maxRecords: 5, maxBytes: 4_000 }, reasons: ["taken_over"] } as const;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), fates, async (steps, outcomes) => {
      expect(await live(steps, outcomes, of)).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

it("the same where each goes by itself, as feedback does", async () => {
  const batch = { maxRecords: 5, maxBytes: 4_000 };
  const of = { maxBytes: 10_000_000, batch, reasons: ["taken_over"], delivering: deliverInTurn } as const;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), fates, async (steps, outcomes) => {
      expect(await live(steps, outcomes, of)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

it("with far less room than is recorded, and batches of all that waits, all books add up as well", async () => {
  const reasons = ["taken_over", "queue_overflow"] as const;
  const of = { maxBytes: 65_536, batch: { maxRecords: 500, maxBytes: 400_000 }, reasons };
  let lost = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(largeStep, { maxLength: 200, size: "max" }), fates, async (steps, outcomes) => {
      lost += (await live(steps, outcomes, of)).length;
    }),
    { numRuns: 20 },
  );
  expect(lost).toBeGreaterThan(0);
});
