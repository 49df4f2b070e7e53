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
    return this.report();
  }

  async shutdown(timeoutMs: number): Promise<TracingReport> {
    const { spans, feedback } = this.options;
    await Promise.all([spans.shutdown(timeoutMs), feedback.shutdown(timeoutMs)]);
    return this.report();
  }

  /** The last flush before a natural exit; what cannot be sent in time is not tried again. */
  async finish(timeoutMs: number): Promise<void> {
    const { spans, feedback, runtime } = this.options;
    const startedMs = runtime.now();
    await this.flush(timeoutMs);
    // Where the key was refused, nothing was waited for.
    const hint = runtime.now() - startedMs < timeoutMs - 1 ? "" : "; flush() waits for longer";
    await Promise.all([
      this.leave("spans", spans, () => spans.interrupt(), hint),
      this.leave("feedback", feedback.exporter, () => feedback.interrupt(), hint),
    ]);
  }

  /** Lets go what is pending, which waits on or is lost with the process. */
  private async leave(kind: RecordKind, way: Exporter, interrupt: () => Promise<void>, hint: string): Promise<void> {
    const { pending } = way;
    if (pending === 0) return;
    await interrupt();
    if (way.keepsPending) return;
    const message = `${pending} ${kind} could not be sent before the process ended${hint}`;
    this.options.diagnose({ code: "dropped", message });
  }
}
