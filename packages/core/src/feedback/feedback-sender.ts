import { createHttpTransport } from "#http-transport";
import { openStore } from "../create-exporter.ts";
import type { DeliveryOptions, Tally } from "../deliver.ts";
import { deliverInTurn } from "../deliver-in-turn.ts";
import type { DeliveryReport } from "../delivery-books.ts";
import type { Diagnostic } from "../diagnostics.ts";
import { Exporter } from "../exporter.ts";
import { createSpanId } from "../ids.ts";
import type { JsonValue } from "../json.ts";
import type { ResolvedOptions } from "../options.ts";
import { createRefusalReporter, toServerText } from "../refusals.ts";
import type { Runtime } from "../runtime.ts";
import { retrying } from "../transport/retrying.ts";
import type { Batch, DropReason, Outcome, Transport } from "../transport/transport.ts";
import { type FeedbackResult, readIds } from "./feedback.ts";
import { FeedbackAnswers, stillWaits } from "./feedback-answers.ts";
import { decodeRecord, encodeRecord, toFeedbackRequest } from "./feedback-record.ts";

/** Where feedback goes, where it waits, and how long it is tried. */
export type FeedbackTarget = Pick<ResolvedOptions, "apiKey" | "baseURL" | "compression" | "retry" | "spool">;

/** What hears of feedback. */
export interface FeedbackEvents {
  readonly diagnose: (diagnostic: Diagnostic) => void;
  readonly onPendingChange: () => void;
}

/** So many may wait, and so many bytes of them; one may be as large. */
const MAX_WAITING = 10_000;
const MAX_WAITING_BYTES = 4_194_304;
const MAX_BYTES = 1_048_576;
/** So many are looked at in a row while the server fails on them, to find one that it takes. */
const BATCH = { maxRecords: 16, maxBytes: MAX_BYTES, flushIntervalMs: 0 };
/** The sender refuses what goes beyond its bounds: what waits in memory is never pushed out. */
const MEMORY = { maxRecords: MAX_WAITING * 2, maxBytes: MAX_WAITING_BYTES * 2 };

/** What the last attempt to send a record came to. */
interface Said {
  readonly outcome: Outcome;
  readonly ids: readonly string[];
}

/** Delivers feedback as spans are delivered, by an exporter of its own: each by one request, at once and in order. */
export class FeedbackSender {
  readonly exporter: Exporter;
  private readonly onPendingChange: () => void;
  private readonly apiKey: string | undefined;
  private readonly answers: FeedbackAnswers;
  private readonly said = new Map<string, Said>();
  /** Why the last delivery was given up for now; nobody is kept waiting meanwhile. */
  private heldUp: string | undefined;
  private lastLoss: DropReason | undefined;

  constructor(target: FeedbackTarget, runtime: Runtime, events: FeedbackEvents) {
    const { apiKey, retry } = target;
    const { diagnose } = events;
    this.onPendingChange = events.onPendingChange;
    this.apiKey = apiKey;
    this.answers = new FeedbackAnswers(runtime, retry.deadlineMs + retry.attemptTimeoutMs);
    const refusals = createRefusalReporter(target, diagnose, "feedback");
    const ids = new WeakMap<Batch, readonly string[]>();
    const onSuccess = (text: string, batch: Batch): void => void ids.set(batch, readIds(text));
    const http = createHttpTransport(target, { toRequest: toFeedbackRequest, onSuccess });
    this.exporter = new Exporter({
      batch: BATCH,
      deadlineMs: retry.deadlineMs,
      store: (storeEvents) => openStore("feedback", MEMORY, target, storeEvents, runtime),
      transport: this.noting(retrying(http, retry, runtime, refusals.onRetry), ids),
      delivering: (batch, options) => this.deliver(batch, options),
      runtime,
      onRefusal: refusals.onRefusal,
      onDrop: (count, reason) => {
        this.lastLoss = reason;
        refusals.onDrop(count, reason);
      },
      onDiagnostic: diagnose,
      onPendingChange: () => {
        if (this.exporter.pending === 0) this.answerLost();
        events.onPendingChange();
      },
    });
  }

  /**
   * Sends one body: feedback, or with an id what changes it. With a spool it is on disk when this returns. Never
   * rejects.
   */
  send(id: string | undefined, body: JsonValue): Promise<FeedbackResult> {
    const key = createSpanId();
    const record = encodeRecord({ key, id, body });
    const why = this.overBounds(record);
    if (why !== undefined) {
      this.exporter.lose(why);
      return Promise.resolve(lost(why));
    }
    const answer = this.answers.wait(key);
    this.lastLoss = undefined;
    this.exporter.enqueue(record);
    this.onPendingChange();
    if (this.isLost()) this.answers.give(key, lost(this.lastLoss));
    else if (this.heldUp !== undefined) this.answers.give(key, stillWaits(this.heldUp));
    return answer;
  }

  /** Gives up what waits, unless it waits on disk, and takes no more. Never rejects. */
  async shutdown(timeoutMs: number): Promise<DeliveryReport> {
    const report = await this.exporter.shutdown(timeoutMs);
    this.endWaiting();
    return report;
  }

  /** The process ends: nobody hears any more of what is not sent yet. */
  async interrupt(): Promise<void> {
    await this.exporter.interrupt();
    this.endWaiting();
  }

  private endWaiting(): void {
    const { pending } = this.exporter;
    if (pending === 0) this.answerLost();
    else this.answers.giveAll(this.exporter.keepsPending ? stillWaits("the client ends") : LEFT_IN_MEMORY);
  }

  private overBounds(record: Uint8Array): DropReason | undefined {
    const { pending, waitingBytes } = this.exporter;
    if (record.length > MAX_BYTES) return "too_large";
    return pending >= MAX_WAITING || waitingBytes + record.length > MAX_WAITING_BYTES ? "queue_overflow" : undefined;
  }

  /** Was the record that has just been handed over not taken? These reasons are never those of an older one then. */
  private isLost(): boolean {
    const isOwn = this.lastLoss === "shutdown" || this.lastLoss === "too_large";
    return isOwn || (this.lastLoss !== undefined && this.exporter.pending === 0);
  }

  /** Keeps what was said of each record, for the one who gave it. */
  private noting(inner: Transport, ids: WeakMap<Batch, readonly string[]>): Transport {
    return {
      ...inner,
      send: async (batch, signal) => {
        const record = decodeRecord(batch.records[0]);
        if (record === undefined) return { kind: "rejected", reason: "rejected", message: "no feedback stands there" };
        const outcome = await inner.send(batch, signal);
        this.said.set(record.key, { outcome, ids: ids.get(batch) ?? [] });
        return outcome;
      },
    };
  }

  private async deliver(batch: Batch, options: DeliveryOptions): Promise<Tally> {
    const tally = await deliverInTurn(batch, options);
    const waiting = new Set([...tally.postponed, ...(tally.kept?.batch.records ?? [])]);
    for (const bytes of batch.records) {
      const record = waiting.has(bytes) ? undefined : decodeRecord(bytes);
      if (record !== undefined) this.answers.give(record.key, this.resultOf(this.said.get(record.key)));
    }
    if (tally.sent > 0) this.heldUp = undefined;
    const why = tally.kept?.why;
    if (why === "unauthorized" || why === "unreachable") {
      this.heldUp = this.toText([...this.said.values()].at(-1)?.outcome);
      this.answers.giveAll(stillWaits(this.heldUp));
    }
    this.said.clear();
    return tally;
  }

  private resultOf(said: Said | undefined): FeedbackResult {
    if (said?.outcome.kind === "accepted") return { status: "accepted", ids: said.ids };
    const reason = said?.outcome.kind === "rejected" ? said.outcome.reason : "rejected";
    return { status: "refused", reason, message: this.toText(said?.outcome) };
  }

  private toText(outcome: Outcome | undefined): string {
    return outcome === undefined || outcome.kind === "accepted" ? "" : toServerText(outcome.message, this.apiKey);
  }

  /** Nothing waits any more: whoever still has no answer gave what was lost. */
  private answerLost(): void {
    this.answers.giveAll(lost(this.lastLoss ?? "shutdown"));
  }
}

const LEFT_IN_MEMORY: FeedbackResult = {
  status: "pending",
  message: "the process ends; what waits in memory is lost with it",
};

const WHY: Partial<Record<DropReason, string>> = {
  queue_overflow: `more than ${MAX_WAITING} feedbacks wait, or ${MAX_WAITING_BYTES} bytes of them`,
  too_large: "it is larger than what may wait",
  shutdown: "it was not sent when the client was shut down",
  taken_over: "another process sends it",
};

function lost(reason: DropReason = "shutdown"): FeedbackResult {
  return { status: "refused", reason, message: WHY[reason] ?? `it was lost (${reason})` };
}
