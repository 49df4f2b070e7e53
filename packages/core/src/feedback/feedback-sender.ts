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

/** So many are sent at a time, each over a connection of its own. */
const AT_ONCE = 4;
/** So many more may wait for their turn. */
const MAX_WAITING = 1_000;

const OVERFLOW: FeedbackResult = {
  status: "refused",
  reason: "queue_overflow",
  message: `more than ${MAX_WAITING} feedbacks wait`,
};

/** Delivers feedback: at once, each for itself, and repeated like batches of spans. */
export class FeedbackSender {
  private readonly target: FeedbackTarget;
  private readonly runtime: Runtime;
  private readonly onPendingChange: () => void;
  private readonly pendingResults = new Set<Promise<FeedbackResult>>();
  private readonly transports = new Set<Transport>();
  /** Each begins one that waits. */
  private readonly waiting: (() => void)[] = [];
  private readonly abort = new AbortController();
  private busy = 0;

  constructor(target: FeedbackTarget, runtime: Runtime, onPendingChange: () => void) {
    this.target = target;
    this.runtime = runtime;
    this.onPendingChange = onPendingChange;
  }

  /** How many have no answer yet. */
  get pending(): number {
    return this.pendingResults.size;
  }

  /** Sends one body; resolves when its fate is known. Never rejects. */
  send(method: HttpEndpoint["method"], path: string, body: JsonValue): Promise<FeedbackResult> {
    if (this.waiting.length >= MAX_WAITING) return Promise.resolve(OVERFLOW);
    const record = toUtf8(JSON.stringify(body));
    const sending = this.turn()
      .then(() => this.deliver(method, path, record))
      .then((result) => {
        this.pendingResults.delete(sending);
        this.onPendingChange();
        return result;
      });
    this.pendingResults.add(sending);
    this.onPendingChange();
    return sending;
  }

  /** Waits for a place, which `deliver` gives on. */
  private async turn(): Promise<void> {
    if (this.busy < AT_ONCE) this.busy += 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Feedback is rare: its connection is closed when it is through. */
  private async deliver(method: HttpEndpoint["method"], path: string, record: Uint8Array): Promise<FeedbackResult> {
    let ids: string[] = [];
    const onSuccess = (text: string): void => {
      ids = readIds(text);
    };
    const http = createHttpTransport(this.target, { path, method, toBody: () => new Uint8Array(record), onSuccess });
    const transport = retrying(http, this.target.retry, this.runtime, () => undefined);
    this.transports.add(transport);
    const outcome = await transport.send(toBatch([record]), this.abort.signal);
    try {
      await transport.close?.();
    } catch {
      // The answer is there: what becomes of the socket changes nothing.
    }
    this.transports.delete(transport);
    const next = this.waiting.shift();
    if (next === undefined) this.busy -= 1;
    else next();
    return toResult(outcome, ids);
  }

  /** Waits until all that is under way has its answer, or the time is over. Keeps the process for that. */
  async settle(timeoutMs: number): Promise<void> {
    if (this.pendingResults.size === 0) return;
    for (const transport of this.transports) transport.wake?.();
    let timer: Timer | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = this.runtime.schedule(resolve, timeoutMs, { keepAlive: true });
    });
    await Promise.race([Promise.allSettled(this.pendingResults), enough]);
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
