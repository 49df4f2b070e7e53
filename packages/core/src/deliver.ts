import type { Batch, DropReason, Outcome, Transport } from "./transport/transport.ts";

type WhyKept = "unauthorized" | "shutdown" | "unreachable";

/** What became of the records of one batch. */
export interface Tally {
  sent: number;
  readonly dropped: Map<DropReason, number>;
  /**
   * Records that are to wait on, the last ones of the batch: the server refused the key, the sending was called off, or
   * all retries are used up and the records wait where they outlive that.
   */
  kept: { readonly batch: Batch; readonly why: WhyKept } | undefined;
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
  keepsUnreachable: boolean,
): Promise<Tally> {
  const tally: Tally = { sent: 0, dropped: new Map(), kept: undefined };
  const waiting: Batch[] = batch.records.length === 0 ? [] : [batch];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const outcome = await transport.send(next, signal);
    if (outcome.kind === "accepted") {
      tally.sent += next.records.length;
      continue;
    }
    if (outcome.kind === "rejected" && outcome.aboutContent === true && next.records.length > 1) {
      waiting.unshift(...halve(next));
      continue;
    }
    const reason = outcome.kind === "rejected" ? outcome.reason : "retries_exhausted";
    const why = whyKept(reason, keepsUnreachable);
    // Of a server that cannot be reached the retries have told; nothing is refused, and nothing lost.
    if (outcome.kind === "rejected" && why !== "unreachable") onRefusal(outcome);
    if (why !== undefined) {
      tally.kept = { batch: join([next, ...waiting]), why };
      return tally;
    }
    tally.dropped.set(reason, (tally.dropped.get(reason) ?? 0) + next.records.length);
  }
  return tally;
}

function whyKept(reason: DropReason, keepsUnreachable: boolean): WhyKept | undefined {
  if (reason === "unauthorized" || reason === "shutdown") return reason;
  return reason === "retries_exhausted" && keepsUnreachable ? "unreachable" : undefined;
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
