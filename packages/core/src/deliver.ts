import { isGuilty, type Suspects } from "./suspects.ts";
import { type Batch, type DropReason, type Outcome, type Transport, toBatch } from "./transport/transport.ts";

/** Why records wait on: what is done until they are tried again depends on it. */
export type WhyKept = "unauthorized" | "shutdown" | "unreachable" | "failing" | "untried";

/** What became of the records of one batch. */
export interface Tally {
  readonly sent: number;
  readonly dropped: ReadonlyMap<DropReason, number>;
  /** The last records of the batch, which are to wait on. The server may have taken some of them: a resend is harmless. */
  readonly kept:
    | { readonly batch: Batch; readonly why: WhyKept; readonly retryAfterMs?: number | undefined }
    | undefined;
  /** Records on which the server failed while it took others: they are to wait behind all that come after them. */
  readonly postponed: readonly Uint8Array[];
}

/** Delivers one batch. */
export type Delivering = (batch: Batch, options: DeliveryOptions) => Promise<Tally>;

/** Told of every answer that was no success. */
export type RefusalListener = (outcome: Outcome & { kind: "rejected" }) => void;

/** What delivering needs to know and to reach. */
export interface DeliveryOptions {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  readonly onRefusal: RefusalListener;
  readonly suspects: Suspects;
  readonly now: () => number;
  /** How long all attempts may take together. */
  readonly deadlineMs: number;
  /** What waits outlives all attempts. */
  readonly isDurable: boolean;
  /** Records wait behind this batch. */
  readonly othersWait: boolean;
}

/** Records that are sent together, by their places in the batch. */
interface Part {
  readonly places: readonly number[];
  /** Is it sent to find out what the server fails on? Such a part is sent once. */
  readonly isProbe: boolean;
}

type Fate = "sent" | "postponed" | DropReason;

/** After so many answers of 5xx in a row a batch is sent in parts. */
const ATTEMPTS_OF_A_BATCH = 4;
/** Halves, quarters, eighths: a server that takes none of them is down. */
const MAX_PROBES_IN_VAIN = 14;

/**
 * Delivers a batch. Where the server refuses it for its size or its content, it is halved until the records at fault
 * stand alone, and so it is where the server keeps failing on it: one bad record costs itself and no other. A failure
 * says less than a refusal: a record on which the server fails while it takes others is put off, again and again, and
 * given up only at the deadline, and only if it was tried often enough by then.
 */
export function deliver(batch: Batch, options: DeliveryOptions): Promise<Tally> {
  return new Delivery(batch, options).run();
}

class Delivery {
  private readonly records: readonly Uint8Array[];
  private readonly options: DeliveryOptions;
  private readonly fates: (Fate | undefined)[];
  private readonly waiting: Part[];
  private readonly failed: number[] = [];
  private readonly untilMs: number;
  private probesInVain = 0;
  private kept: { readonly why: WhyKept; readonly retryAfterMs?: number | undefined } | undefined;

  constructor({ records }: Batch, options: DeliveryOptions) {
    this.records = [...records];
    this.options = options;
    this.fates = records.map(() => undefined);
    this.untilMs = options.now() + options.deadlineMs;
    const places = records.map((_record, place) => place);
    const suspected = places.filter((place) => options.suspects.has(records[place] as Uint8Array));
    const others = places.filter((place) => !suspected.includes(place));
    this.waiting = suspected.map((place) => ({ places: [place], isProbe: true }));
    if (others.length > 0) this.waiting.unshift({ places: others, isProbe: false });
  }

  async run(): Promise<Tally> {
    for (let part = this.waiting.shift(); part !== undefined; part = this.waiting.shift()) {
      this.settle(part, await this.send(part));
      if (this.kept !== undefined) break;
    }
    this.judge();
    return this.tally();
  }

  private send({ places, isProbe }: Part): Promise<Outcome> {
    const batch = toBatch(places.map((place) => this.records[place] as Uint8Array));
    const attempts = isProbe ? 1 : ATTEMPTS_OF_A_BATCH;
    return this.options.transport.send({ ...batch, attempts, untilMs: this.untilMs }, this.options.signal);
  }

  private settle(part: Part, outcome: Outcome): void {
    const isOne = part.places.length === 1;
    if (outcome.kind === "accepted") return this.decide(part, "sent");
    if (outcome.kind === "retryable") {
      // Of all parts of a size, before any smaller one: a few bad records do not hide those that are well.
      if (isOne) this.failed.push(...part.places);
      else this.waiting.push(...halves(part, true));
      this.probesInVain += 1;
      if (!this.fates.includes("sent") && this.probesInVain > MAX_PROBES_IN_VAIN) this.kept = { why: "failing" };
      return;
    }
    if (outcome.aboutContent === true && !isOne) {
      this.waiting.unshift(...halves(part, part.isProbe));
      return;
    }
    const why = this.whyKept(outcome);
    // Of a server that cannot be reached the retries have told; nothing is refused, and nothing lost.
    if (why !== "unreachable") this.options.onRefusal(outcome);
    if (why === undefined) this.decide(part, outcome.reason);
    else this.kept = { why, retryAfterMs: outcome.retryAfterMs };
  }

  private whyKept({ reason, retryAfterMs }: Outcome & { kind: "rejected" }): WhyKept | undefined {
    if (reason === "unauthorized" || reason === "shutdown") return reason;
    const isKept = this.options.isDurable || retryAfterMs !== undefined;
    return reason === "retries_exhausted" && isKept ? "unreachable" : undefined;
  }

  private decide({ places }: Part, fate: Fate): void {
    if (fate === "sent") this.options.suspects.takenAtMs = this.options.now();
    for (const place of places) {
      this.fates[place] = fate;
      this.options.suspects.forget(this.records[place] as Uint8Array);
    }
  }

  /**
   * Of records on which the server failed nothing can be said, unless it took others. One that goes alone, as it is larger
   * than a batch, has none beside it: on disk, where it waits for as long as that takes, it lets those behind it go first.
   */
  private judge(): void {
    if (this.kept !== undefined || this.failed.length === 0) return;
    const { suspects, now, deadlineMs, onRefusal, isDurable, othersWait } = this.options;
    const isAlone = this.records.length === 1;
    if (!this.fates.includes("sent") && !(isAlone && isDurable && othersWait)) {
      this.kept = { why: "failing" };
      return;
    }
    for (const place of this.failed) {
      const nowMs = now();
      const suspicion = suspects.note(this.records[place] as Uint8Array, nowMs);
      const takesOthers = !isAlone || suspects.takenAtMs > suspicion.sinceMs;
      if (!takesOthers || !isGuilty(suspicion, nowMs, deadlineMs)) this.fates[place] = "postponed";
      else {
        this.decide({ places: [place], isProbe: true }, "rejected");
        onRefusal({ kind: "rejected", reason: "rejected", message: "fails on a record, and takes others" });
      }
    }
  }

  /** What is kept has to be the end of the batch: it begins with the first record whose fate is not known. */
  private tally(): Tally {
    const end = this.fates.includes(undefined) ? this.fates.indexOf(undefined) : this.fates.length;
    const dropped = new Map<DropReason, number>();
    const postponed: Uint8Array[] = [];
    let sent = 0;
    for (const [place, fate] of this.fates.slice(0, end).entries()) {
      if (fate === "sent") sent += 1;
      else if (fate === "postponed") postponed.push(this.records[place] as Uint8Array);
      else if (fate !== undefined) dropped.set(fate, (dropped.get(fate) ?? 0) + 1);
    }
    const rest = this.records.slice(end);
    const kept = this.kept === undefined ? undefined : { ...this.kept, batch: toBatch(rest) };
    return { sent, dropped, kept, postponed };
  }
}

function halves({ places }: Part, isProbe: boolean): Part[] {
  const middle = Math.ceil(places.length / 2);
  return [places.slice(0, middle), places.slice(middle)].map((half) => ({ places: half, isProbe }));
}
