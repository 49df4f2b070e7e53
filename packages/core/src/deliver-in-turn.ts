import { type DeliveryOptions, deliver, type Tally } from "./deliver.ts";
import { isGuilty } from "./suspects.ts";
import { type Batch, type DropReason, toBatch } from "./transport/transport.ts";

/**
 * Delivers records for which a resend is not harmless: one request for each, in order, up to the first whose fate is
 * known. What comes behind it waits on, untried, so that its fate is noted before the next is sent: a crash repeats one at
 * most. Records on which the server fails are passed over to find out whether it takes others; only then they are put off.
 */
export async function deliverInTurn(batch: Batch, options: DeliveryOptions): Promise<Tally> {
  const failed: Uint8Array[] = [];
  const oneByOne = { ...options, othersWait: false };
  for (const [place, record] of batch.records.entries()) {
    const tally = await deliver(toBatch([record]), oneByOne);
    if (tally.kept?.why === "failing") failed.push(record);
    else if (tally.kept !== undefined) return { ...tally, kept: { ...tally.kept, batch } };
    else return withFailed(tally, failed, toBatch(batch.records.slice(place + 1)), options);
  }
  const kept = failed.length === 0 ? undefined : { why: "failing" as const, batch };
  return { sent: 0, dropped: new Map(), postponed: [], kept };
}

/** Of a server that has just taken another record, a failure says something about the record. */
function withFailed(tally: Tally, failed: readonly Uint8Array[], rest: Batch, options: DeliveryOptions): Tally {
  const { suspects, now, deadlineMs, onRefusal } = options;
  const dropped = new Map<DropReason, number>(tally.dropped);
  const postponed: Uint8Array[] = [];
  for (const record of failed) {
    const nowMs = now();
    const isGivenUp = tally.sent > 0 && isGuilty(suspects.note(record, nowMs), nowMs, deadlineMs);
    if (!isGivenUp) {
      postponed.push(record);
      continue;
    }
    suspects.forget(record);
    dropped.set("rejected", (dropped.get("rejected") ?? 0) + 1);
    onRefusal({ kind: "rejected", reason: "rejected", message: "fails on a record, and takes others" });
  }
  const kept = rest.records.length === 0 ? undefined : { why: "untried" as const, batch: rest };
  return { sent: tally.sent, dropped, postponed, kept };
}
