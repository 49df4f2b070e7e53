import type { Tally } from "./deliver.ts";
import type { Runtime } from "./runtime.ts";

/** How long a refused key is left alone. */
const UNAUTHORIZED_PAUSE_MS = 60_000;
/** How long a server is left alone that cannot be reached, or fails: first so long, then twice that, and so on. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
/** What is believed of a `Retry-After`. */
const LONGEST_ASKED_MS = 3_600_000;

/** When nothing is sent, because of what became of the last batch. */
export class SendingPause {
  private readonly runtime: Runtime;
  private untilMs = 0;
  private nextMs = FIRST_PAUSE_MS;
  /** The server itself asked for it, or refused the key: a flush does not end it. */
  private isFirm = false;
  private refused = false;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  /** How long it lasts yet; 0 or less while there is none. Milliseconds. */
  get remainingMs(): number {
    return this.untilMs - this.runtime.now();
  }

  get isOn(): boolean {
    return this.remainingMs > 0;
  }

  /** The server has refused the key, and taken nothing since. */
  get keyRefused(): boolean {
    return this.refused;
  }

  /** Someone wants to send now. */
  lift(): void {
    if (!this.isFirm) this.untilMs = 0;
  }

  /** Draws its conclusions from what became of a batch. */
  after({ sent, kept, postponed }: Tally): void {
    if (sent > 0) this.nextMs = FIRST_PAUSE_MS;
    this.refused = kept?.why === "unauthorized" || (this.refused && sent === 0);
    this.isFirm = this.refused || kept?.retryAfterMs !== undefined;
    if (kept?.why === "unauthorized") this.begin(UNAUTHORIZED_PAUSE_MS);
    else if (kept?.retryAfterMs !== undefined) this.begin(Math.min(kept.retryAfterMs, LONGEST_ASKED_MS));
    else if (kept?.why === "unreachable" || kept?.why === "failing" || (sent === 0 && postponed.length > 0)) {
      this.beginLonger();
    }
  }

  /** Each time twice as long, until something is sent. */
  beginLonger(): void {
    this.begin(this.nextMs);
    this.nextMs = Math.min(this.nextMs * 2, LONGEST_PAUSE_MS);
  }

  private begin(pauseMs: number): void {
    this.untilMs = this.runtime.now() + pauseMs;
  }
}
