import type { Diagnostic } from "./diagnostics.ts";
import type { Exporter } from "./exporter.ts";
import type { FeedbackSender } from "./feedback/feedback-sender.ts";
import type { RecordKind } from "./record-store.ts";
import type { Runtime } from "./runtime.ts";
import type { TracingReport } from "./tracing-interface.ts";

/** What the ways out of the process need to reach. */
export interface WaysOutOptions {
  readonly spans: Exporter;
  readonly feedback: FeedbackSender;
  readonly runtime: Runtime;
  readonly diagnose: (diagnostic: Diagnostic) => void;
}

/** The two ways out of the process, of spans and of feedback: started, flushed, counted and ended together. */
export class WaysOut {
  private readonly options: WaysOutOptions;
  /** The program waited for a flush, and it was not long enough. */
  private flushedInVain = false;

  constructor(options: WaysOutOptions) {
    this.options = options;
  }

  /** Begins to look for what earlier processes left. */
  start(): void {
    this.options.spans.start();
    this.options.feedback.exporter.start();
  }

  get pending(): number {
    return this.options.spans.pending + this.options.feedback.exporter.pending;
  }

  report(): TracingReport {
    const { exporter } = this.options.feedback;
    return { ...this.options.spans.report(), feedback: { ...exporter.report(), recovered: exporter.recovered } };
  }

  async flush(timeoutMs: number): Promise<TracingReport> {
    const { spans, feedback } = this.options;
    await Promise.all([spans.flush(timeoutMs), feedback.exporter.flush(timeoutMs)]);
    this.flushedInVain = this.pending > 0;
    return this.report();
  }

  async shutdown(timeoutMs: number): Promise<TracingReport> {
    const { spans, feedback } = this.options;
    await Promise.all([spans.shutdown(timeoutMs), feedback.shutdown(timeoutMs)]);
    return this.report();
  }

  /** The flush before a natural exit; what cannot be sent in time is not tried again. */
  async finish(timeoutMs: number): Promise<void> {
    const { spans, feedback } = this.options;
    await Promise.all([
      this.finishOne("spans", spans, () => spans.interrupt(), timeoutMs),
      this.finishOne("feedback", feedback.exporter, () => feedback.interrupt(), timeoutMs),
    ]);
  }

  private async finishOne(
    kind: RecordKind,
    way: Exporter,
    interrupt: () => Promise<void>,
    timeoutMs: number,
  ): Promise<void> {
    const { runtime } = this.options;
    const startedMs = runtime.now();
    const { recorded } = way.report();
    const { sent, dropped, pending } = await way.flush(timeoutMs);
    // What came meanwhile, from a program that waited for this, is sent as ever, or by the next exit.
    if (pending === 0 || sent + dropped >= recorded) return;
    // Where the key was refused, nothing was waited for.
    const wasHeld = runtime.now() - startedMs >= timeoutMs - 1;
    const hint = wasHeld ? `; ${this.flushedInVain ? "a spool keeps them on disk" : "flush() waits for longer"}` : "";
    await interrupt();
    if (way.keepsPending) return;
    const message = `${pending} ${kind} could not be sent before the process ended${hint}`;
    this.options.diagnose({ code: "dropped", message });
  }
}
