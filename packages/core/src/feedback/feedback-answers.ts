import type { Runtime, Timer } from "../runtime.ts";
import type { FeedbackResult } from "./feedback.ts";

interface Waiting {
  readonly resolve: (result: FeedbackResult) => void;
  readonly timer: Timer;
}

/** Those who wait for an answer to feedback. None waits for longer than the deadline; the feedback itself may. */
export class FeedbackAnswers {
  private readonly waiting = new Map<string, Waiting>();
  private readonly runtime: Runtime;
  private readonly deadlineMs: number;

  constructor(runtime: Runtime, deadlineMs: number) {
    this.runtime = runtime;
    this.deadlineMs = deadlineMs;
  }

  /** Resolves when the fate of that record is known, or it is known that it will not be for long. */
  wait(key: string): Promise<FeedbackResult> {
    return new Promise((resolve) => {
      const late = stillWaits("no answer in time");
      const timer = this.runtime.schedule(() => this.give(key, late), this.deadlineMs);
      this.waiting.set(key, { resolve, timer });
    });
  }

  give(key: string, result: FeedbackResult): void {
    const waiting = this.waiting.get(key);
    this.waiting.delete(key);
    waiting?.timer.cancel();
    waiting?.resolve(result);
  }

  giveAll(result: FeedbackResult): void {
    for (const key of this.waiting.keys()) this.give(key, result);
  }
}

/** What is told where feedback is neither taken nor lost. */
export function stillWaits(why: string): FeedbackResult {
  return { status: "pending", message: `${why}; it waits, and is tried again` };
}
