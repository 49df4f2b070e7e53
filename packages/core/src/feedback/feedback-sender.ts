import { createHttpTransport } from "#http-transport";
import type { JsonValue } from "../json.ts";
import type { ResolvedOptions } from "../options.ts";
import type { Runtime, Timer } from "../runtime.ts";
import type { HttpEndpoint } from "../transport/http.ts";
import { retrying } from "../transport/retrying.ts";
import { type Outcome, type Transport, toBatch } from "../transport/transport.ts";
import { toUtf8 } from "../utf8.ts";
import { type FeedbackResult, readIds } from "./feedback.ts";

/** Where feedback goes, and how long it is tried. */
export type FeedbackTarget = Pick<ResolvedOptions, "apiKey" | "baseURL" | "compression" | "retry">;

/** Delivers feedback: at once, each for itself, and repeated like batches of spans. */
export class FeedbackSender {
  private readonly target: FeedbackTarget;
  private readonly runtime: Runtime;
  private readonly onPendingChange: () => void;
  private readonly underWay = new Map<Promise<FeedbackResult>, Transport>();
  private readonly abort = new AbortController();

  constructor(target: FeedbackTarget, runtime: Runtime, onPendingChange: () => void) {
    this.target = target;
    this.runtime = runtime;
    this.onPendingChange = onPendingChange;
  }

  /** How many have no answer yet. */
  get pending(): number {
    return this.underWay.size;
  }

  /** Sends one body; resolves when its fate is known. Never rejects. */
  send(method: HttpEndpoint["method"], path: string, body: JsonValue): Promise<FeedbackResult> {
    let ids: string[] = [];
    const record = toUtf8(JSON.stringify(body));
    const onSuccess = (text: string): void => {
      ids = readIds(text);
    };
    const http = createHttpTransport(this.target, { path, method, toBody: () => new Uint8Array(record), onSuccess });
    const transport = retrying(http, this.target.retry, this.runtime, () => undefined);
    const sending = this.deliver(transport, record).then((outcome) => {
      this.underWay.delete(sending);
      this.onPendingChange();
      return toResult(outcome, ids);
    });
    this.underWay.set(sending, transport);
    this.onPendingChange();
    return sending;
  }

  /** Feedback is rare: its connection is closed when it is through. */
  private async deliver(transport: Transport, record: Uint8Array): Promise<Outcome> {
    const outcome = await transport.send(toBatch([record]), this.abort.signal);
    try {
      await transport.close?.();
    } catch {
      // The answer is there: what becomes of the socket changes nothing.
    }
    return outcome;
  }

  /** Waits until all that is under way has its answer, or the time is over. Keeps the process for that. */
  async settle(timeoutMs: number): Promise<void> {
    if (this.underWay.size === 0) return;
    for (const transport of this.underWay.values()) transport.wake?.();
    let timer: Timer | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = this.runtime.schedule(resolve, timeoutMs, { keepAlive: true });
    });
    await Promise.race([Promise.allSettled(this.underWay.keys()), enough]);
    timer?.cancel();
  }

  /** Gives up what has no answer. */
  close(): void {
    this.abort.abort(new Error("the client was shut down"));
  }
}

function toResult(outcome: Outcome, ids: readonly string[]): FeedbackResult {
  if (outcome.kind === "accepted") return { status: "accepted", ids };
  const reason = outcome.kind === "rejected" ? outcome.reason : "retries_exhausted";
  return { status: "refused", reason, message: outcome.message };
}
