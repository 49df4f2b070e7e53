import type { Batch, DropReason, Outcome, Transport } from "./transport/transport.ts";

/** What became of the records of one batch. */
export interface Tally {
  sent: number;
  readonly dropped: Map<DropReason, number>;
  /** Records that are to wait on: the server refused the key, or the sending was called off. */
  kept: { readonly batch: Batch; readonly why: "unauthorized" | "shutdown" } | undefined;
}

/** Told of every answer that was no success. */
export type RefusalListener = (outcome: Outcome & { kind: "rejected" }) => void;

/**
 * Delivers a batch. Where the server refuses it for its size or its content, it is halved until the records at fault
 * stand alone: one bad record costs itself and no other.
 */
export async function deliver(
  batch: Batch,
  transport: Transport,
  signal: AbortSignal,
  onRefusal: RefusalListener,
): Promise<Tally> {
  const tally: Tally = { sent: 0, dropped: new Map(), kept: undefined };
  const waiting: Batch[] = [batch];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const outcome = await transport.send(next, signal);
    if (outcome.kind === "accepted") {
      tally.sent += next.records.length;
    } else if (outcome.kind === "rejected" && (outcome.reason === "unauthorized" || outcome.reason === "shutdown")) {
      onRefusal(outcome);
      tally.kept = { batch: join([next, ...waiting]), why: outcome.reason };
      return tally;
    } else if (outcome.kind === "rejected" && outcome.aboutContent === true && next.records.length > 1) {
      waiting.unshift(...halve(next));
    } else {
      const reason = outcome.kind === "rejected" ? outcome.reason : "retries_exhausted";
      if (outcome.kind === "rejected") onRefusal(outcome);
      tally.dropped.set(reason, (tally.dropped.get(reason) ?? 0) + next.records.length);
    }
  }
  return tally;
}

function halve(batch: Batch): Batch[] {
  const middle = Math.ceil(batch.records.length / 2);
  return [toBatch(batch.records.slice(0, middle)), toBatch(batch.records.slice(middle))];
}

function join(batches: readonly Batch[]): Batch {
  return toBatch(batches.flatMap((batch) => batch.records));
}

function toBatch(records: readonly Uint8Array[]): Batch {
  return { records, bytes: records.reduce((sum, record) => sum + record.length, 0) };
}
