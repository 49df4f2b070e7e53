import { type Batch, halve, mayBeAboutContent, type Transport } from "./transport/transport.ts";

/** What was found out by sending a batch in parts: of its first records the fate is known, of the others it is not. */
export interface Isolated {
  readonly sent: number;
  /** What the server said of each record that is at fault: it failed on it twice, and took others in between. */
  readonly refused: readonly string[];
  /** The last records of the batch. The server may have taken some of them: a resend is harmless. */
  readonly left: readonly Uint8Array[];
}

/** A part of the batch, and where in it. */
interface Part {
  readonly batch: Batch;
  readonly from: number;
}

/**
 * Finds the records on which a server fails with 5xx again and again: parts of their batch are sent once each, and halved
 * where they fail. A server that takes none of the first parts, down to two single records, is down and is left alone;
 * that takes about as many requests as the batch's size has binary digits.
 */
export async function isolate(batch: Batch, transport: Transport, signal: AbortSignal): Promise<Isolated> {
  const known: (true | string | undefined)[] = batch.records.map(() => undefined);
  const suspects: { readonly part: Part; readonly sentBefore: number }[] = [];
  const waiting = halves({ batch, from: 0 });
  let sent = 0;
  /** True where it was taken, the server's words where it failed on it, undefined where nothing can be said. */
  const send = async (part: Part): Promise<true | string | undefined> => {
    const outcome = await transport.send({ ...part.batch, attempts: 1 }, signal);
    if (outcome.kind !== "accepted") return mayBeAboutContent(outcome) ? outcome.message : undefined;
    known.fill(true, part.from, part.from + part.batch.records.length);
    sent += part.batch.records.length;
    return true;
  };
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    const answer = await send(part);
    if (answer === undefined) break;
    if (answer === true) continue;
    if (part.batch.records.length > 1) waiting.unshift(...halves(part));
    else if (suspects.push({ part, sentBefore: sent }) > 1 && sent === 0) break;
  }
  for (const { part, sentBefore } of suspects) {
    if (sent > sentBefore) known[part.from] = await send(part);
  }
  const end = known.includes(undefined) ? known.indexOf(undefined) : known.length;
  const certain = known.slice(0, end);
  return {
    sent: certain.filter((answer) => answer === true).length,
    refused: certain.filter((answer) => typeof answer === "string"),
    left: batch.records.slice(end),
  };
}

function halves({ batch, from }: Part): Part[] {
  let next = from;
  return halve(batch).map((half) => {
    const part = { batch: half, from: next };
    next += half.records.length;
    return part;
  });
}
