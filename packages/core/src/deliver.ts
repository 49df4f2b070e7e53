import { isolate } from "./isolate.ts";
import { type Batch, type DropReason, halve, type Outcome, type Transport, toBatch } from "./transport/transport.ts";

/** After so many answers of 5xx to a batch its records are tried by themselves. */
const ATTEMPTS_OF_MANY = 4;

type WhyKept = "unauthorized" | "shutdown" | "unreachable";

/** What became of the records of one batch. */
export interface Tally {
  sent: number;
  readonly dropped: Map<DropReason, number>;
  /**
   * Records that are to wait on, the last ones of the batch: the server refused the key, the sending was called off, all
   * retries are used up and the records wait where they outlive that, or the server failed on these and took others.
   */
  kept: { readonly batch: Batch; readonly why: WhyKept } | undefined;
}

/** Told of every answer that was no success. */
export type RefusalListener = (outcome: Outcome & { kind: "rejected" }) => void;

/**
 * Delivers a batch. Where the server refuses it for its size or its content, it is halved until the records at fault
 * stand alone, and so it is where the server keeps failing on it: one bad record costs itself and no other.
 */
export async function deliver(
  batch: Batch,
  transport: Transport,
  signal: AbortSignal,
  onRefusal: RefusalListener,
  keepsUnreachable: boolean,
): Promise<Tally> {
  const tally: Tally = { sent: 0, dropped: new Map(), kept: undefined };
  const waiting: Batch[] = batch.records.length === 0 ? [] : [withFewAttempts(batch)];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const outcome = await transport.send(next, signal);
    if (outcome.kind === "accepted") {
      tally.sent += next.records.length;
      continue;
    }
    if (outcome.kind === "rejected" && outcome.aboutContent === true && next.records.length > 1) {
      waiting.unshift(...halve(next).map(withFewAttempts));
      continue;
    }
    if (outcome.kind === "retryable" && next.attempts !== undefined) {
      const { sent, refused, left } = await isolate(next, transport, signal);
      tally.sent += sent;
      for (const message of refused) {
        onRefusal({ kind: "rejected", reason: "rejected", message });
        drop(tally, "rejected", 1);
      }
      // A server that took nothing is down: it gets the whole again, for as long as the deadline lets it.
      if (left.length === next.records.length) waiting.unshift(toBatch(left));
      else if (left.length > 0) return keep(tally, [toBatch(left), ...waiting], "unreachable");
      continue;
    }
    const reason = outcome.kind === "rejected" ? outcome.reason : "retries_exhausted";
    const why = whyKept(reason, keepsUnreachable);
    // Of a server that cannot be reached the retries have told; nothing is refused, and nothing lost.
    if (outcome.kind === "rejected" && why !== "unreachable") onRefusal(outcome);
    if (why !== undefined) return keep(tally, [next, ...waiting], why);
    drop(tally, reason, next.records.length);
  }
  return tally;
}

/** Several records are first tried a few times only: should it be one of them, the others do not wait for the deadline. */
function withFewAttempts(batch: Batch): Batch {
  return batch.records.length > 1 ? { ...batch, attempts: ATTEMPTS_OF_MANY } : batch;
}

function drop(tally: Tally, reason: DropReason, count: number): void {
  tally.dropped.set(reason, (tally.dropped.get(reason) ?? 0) + count);
}

function whyKept(reason: DropReason, keepsUnreachable: boolean): WhyKept | undefined {
  if (reason === "unauthorized" || reason === "shutdown") return reason;
  return reason === "retries_exhausted" && keepsUnreachable ? "unreachable" : undefined;
}

function keep(tally: Tally, batches: readonly Batch[], why: WhyKept): Tally {
  tally.kept = { batch: toBatch(batches.flatMap((batch) => batch.records)), why };
  return tally;
}
