import { createExporter } from "./create-exporter.ts";
import type { Diagnostic } from "./diagnostics.ts";
import { encodeSpan } from "./encode.ts";
import type { EventOrigin, SpanContext, TraceEvent } from "./event.ts";
import { watchExit } from "./exit.ts";
import type { Exporter } from "./exporter.ts";
import type { Feedback, FeedbackChange, FeedbackResult } from "./feedback/feedback.ts";
import { FeedbackClient } from "./feedback/feedback-client.ts";
import { FeedbackSender } from "./feedback/feedback-sender.ts";
import { account, type GatewayPolicy } from "./gateway/account.ts";
import { createGatewayHosts } from "./gateway/gateway-hosts.ts";
import { ModelCalls } from "./gateway/model-calls.ts";
import type { ModelRequests } from "./gateway/model-requests.ts";
import { leaveUndici, observeUndici } from "./gateway/undici-channels.ts";
import { continueTrace } from "./headers/incoming.ts";
import { toTraceHeaders } from "./headers/trace-headers.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { type InsertReport, type LogInput, readLogs } from "./logs/insert-logs.ts";
import type { ResolvedOptions } from "./options.ts";
import { pinnedTrace } from "./pinned-trace.ts";
import { Policies } from "./policies.ts";
import type { Runtime } from "./runtime.ts";
import type { Span } from "./span.ts";
import { isModelCall, type SpanOptions, spanByHand, toSpanOptions } from "./span-by-hand.ts";
import { toTimeoutMs } from "./timeout.ts";
import { Tracer } from "./tracer.ts";
import type { FlushOptions, TraceOptions, Tracing, TracingReport, TracingStats } from "./tracing-interface.ts";
import { WaysOut } from "./ways-out.ts";
import { type RunLocator, Whereabouts } from "./whereabouts.ts";

type Start = Parameters<typeof spanByHand>[4];

const NOWHERE: Start = {};
const NO_OPTIONS: SpanOptions = {};

/** The steps put together, see docs/architecture.md. What is asked of it is told by {@link Tracing}. */
export class TracingClient implements Tracing {
  readonly enabled: boolean;
  private readonly policies: Policies;
  private readonly exporter: Exporter;
  private readonly tracer: Tracer;
  private readonly tellOperator: (diagnostic: Diagnostic) => void;
  private readonly whereabouts: Whereabouts;
  readonly calls: ModelCalls;
  readonly logs: Tracing["logs"] = { insert: (logs) => this.insert(logs) };
  private readonly waysOut: WaysOut;
  private readonly feedbackClient: FeedbackClient;
  private lastTraceId: string | undefined;
  private readonly gateway: GatewayPolicy;
  private readonly runtime: Runtime;
  private readonly looksAtRequests: boolean;
  private readonly pinned: SpanContext | undefined;
  private watched = false;
  private observes = false;
  private failedEvents = 0;

  constructor(
    options: ResolvedOptions,
    runtime: Runtime,
    diagnose: (diagnostic: Diagnostic) => void,
    enabled: boolean,
  ) {
    this.enabled = enabled;
    this.runtime = runtime;
    this.tellOperator = diagnose;
    this.policies = new Policies(options, diagnose);
    const target = enabled ? options : { ...options, spool: undefined };
    this.exporter = createExporter(target, runtime, {
      diagnose,
      onTruncated: () => this.policies.noteTruncated(),
      onPendingChange: () => this.watch(),
    });
    const pinned = pinnedTrace(options.traceId, this.policies.toPlain(options.metadata));
    this.pinned = pinned.traceId === undefined ? undefined : { traceId: pinned.traceId };
    this.whereabouts = new Whereabouts({
      owner: this,
      contextOf: (runId) => this.tracer.contextOf(runId),
      openTelemetry: options.openTelemetry,
    });
    this.tracer = new Tracer({
      runtime,
      snapshot: this.policies.snapshot,
      snapshotOfMark: this.policies.snapshotOfMark,
      ...pinned,
      maxOpenRuns: options.openRuns.max,
      maxOpenBytes: options.openRuns.maxBytes,
      rootGraceMs: options.openRuns.rootGraceMs,
      idleLimitMs: options.openRuns.idleLimitMs,
      onTruncated: () => this.policies.noteTruncated(),
      surroundings: () => this.whereabouts.surroundings(),
      onSpan: (span, requests) => this.finishSpan(span, requests),
    });
    const hosts = createGatewayHosts({ ...options, sendsToBaseURL: options.transport === undefined });
    this.gateway = { hosts, isWrapper: options.gatewayLogs === "wrapper" };
    this.looksAtRequests = enabled && options.traceHeaders;
    this.calls = new ModelCalls({
      owner: this,
      ...this.gateway,
      isOn: this.looksAtRequests,
      now: () => runtime.now(),
      openRun: (runId) => this.tracer.openRun(runId),
      openRuns: () => this.tracer.allOpenRuns(),
      currentSpan: () => this.currentSpan(),
      toName: (name) => toText(this.policies.redact(name, "name")),
    });
    const feedback = new FeedbackSender(target, runtime, { diagnose, onPendingChange: () => this.watch() });
    this.feedbackClient = new FeedbackClient({
      enabled,
      sender: feedback,
      defaultTraceId: () => (this.currentSpan() ?? this.pinned)?.traceId ?? this.lastTraceId,
      policies: {
        toPlain: (value) => this.policies.toPlain(value),
        redact: (value) => this.policies.redact(value, "metadata"),
      },
      onInvalid: (message) => diagnose({ code: "rejected", message: `feedback was not taken: ${message}` }),
    });
    this.waysOut = new WaysOut({ spans: this.exporter, feedback, runtime, diagnose });
    this.waysOut.start();
  }

  record(event: TraceEvent | (() => TraceEvent), origin: EventOrigin): void {
    if (!this.enabled) return;
    try {
      this.tracer.record(typeof event === "function" ? event() : event, origin);
      this.watch();
    } catch (error) {
      this.noteFailedEvent(error);
    }
  }

  contextOf(runId: string): SpanContext | undefined {
    return this.tracer.contextOf(runId);
  }

  locateBy(locator: RunLocator): void {
    this.whereabouts.locateBy(locator);
  }

  runInside<R>(context: SpanContext, fn: () => R): R {
    return this.whereabouts.runInside(context, undefined, fn);
  }

  withTrace<R>(options: TraceOptions, fn: () => R): R {
    const name = this.readable(() => options?.name, undefined) ?? "trace";
    const start = this.readable(() => continueTrace(options ?? {}), NOWHERE);
    return this.byHand(name, fn, options, start);
  }

  span<R>(name: string, fn: () => R, options?: SpanOptions): R {
    return this.byHand(name, fn, options, {});
  }

  currentSpan(): SpanContext | undefined {
    return this.whereabouts.currentSpan();
  }

  feedback(feedback: Feedback | readonly Feedback[]): Promise<FeedbackResult> {
    return this.feedbackClient.give(feedback);
  }

  updateFeedback(id: string, change: FeedbackChange): Promise<FeedbackResult> {
    return this.feedbackClient.change(id, change);
  }

  headers(): Record<string, string> {
    return toTraceHeaders(this.currentSpan() ?? this.pinned);
  }

  diagnose(diagnostic: Diagnostic): void {
    this.tellOperator(diagnostic);
  }

  stats(): TracingStats {
    const { failedEvents } = this;
    const { truncated, redactionFailures } = this.policies;
    const { openRuns, lateEnds } = this.tracer;
    const { recovered } = this.exporter;
    return { ...this.waysOut.report(), recovered, openRuns, lateEnds, truncated, redactionFailures, failedEvents };
  }

  flush(options?: FlushOptions | null): Promise<TracingReport> {
    this.tracer.closeLeftovers();
    return this.waysOut.flush(this.timeoutIn(options));
  }

  /** At a natural exit: what is open now can never end. */
  async finish(timeoutMs: number): Promise<void> {
    this.watched = false;
    this.tracer.closeAll("shutdown");
    await this.waysOut.finish(timeoutMs);
  }

  shutdown(options?: FlushOptions | null): Promise<TracingReport> {
    this.tracer.closeAll("shutdown");
    watchExit(this, false);
    this.observe(false, true);
    return this.waysOut.shutdown(this.timeoutIn(options));
  }

  private byHand<R>(name: string, fn: () => R, options: SpanOptions | null | undefined, start: Start): R {
    if (typeof fn !== "function") throw new TypeError("withTrace(options, fn) and span(name, fn) need a function");
    const sound = this.readable(() => toSpanOptions(options), NO_OPTIONS);
    const isCall = isModelCall(sound.type);
    const run = (context: SpanContext, metadata: JsonObject, runId: string): R => {
      const inside = (): R => this.whereabouts.runInside(context, metadata, fn);
      return isCall ? this.calls.run(runId, inside) : inside();
    };
    return spanByHand(this, name, run, sound, start);
  }

  private timeoutIn(options: FlushOptions | null | undefined): number {
    return toTimeoutMs(this.readable(() => options?.timeoutMs, undefined));
  }

  /** What the program hands over may be anything: reading it must not fail the program. */
  private readable<T>(read: () => T, standIn: T): T {
    try {
      return read();
    } catch (error) {
      this.noteFailedEvent(error);
      return standIn;
    }
  }

  private watch(): void {
    const isRunning = this.tracer.openRuns > 0;
    if (isRunning !== this.observes) this.observe(isRunning);
    const hasWork = isRunning || this.waysOut.pending > 0;
    if (hasWork === this.watched) return;
    this.watched = hasWork;
    watchExit(this, hasWork);
  }

  private insert(given: LogInput | readonly LogInput[]): InsertReport {
    try {
      const around = this.currentSpan();
      const { spans, refused } = readLogs(given, {
        toPlain: (value) => this.policies.toPlain(value),
        nowMs: this.runtime.now(),
        around,
      });
      if (this.enabled) for (const span of spans) this.accept(span);
      this.watch();
      const [first] = refused;
      if (first !== undefined) {
        const message = `a log was not taken: ${first.field || "the log itself"}: ${first.reason}`;
        this.diagnose({ code: "rejected", message });
      }
      return { inserted: this.enabled ? spans.length : 0, refused };
    } catch (error) {
      this.noteFailedEvent(error);
      return { inserted: 0, refused: [{ index: 0, field: "", reason: "cannot be read" }] };
    }
  }

  /** Of a model's call, what is posted depends on who else keeps a log of it. */
  private finishSpan(span: Span, requests: ModelRequests | undefined): void {
    if (requests !== undefined) this.calls.end(requests);
    if (span.parentSpanId === undefined) this.lastTraceId = span.traceId;
    if (span.model === undefined) return this.accept(span);
    for (const posted of account(span, requests?.attempts ?? [], this.gateway)) this.accept(posted);
  }

  /** Requests are looked at while something is traced. */
  private observe(isRunning: boolean, atOnce = false): void {
    this.observes = isRunning;
    if (isRunning && this.looksAtRequests) observeUndici(this.calls);
    else leaveUndici(this.calls, atOnce);
  }

  private accept(span: Span): void {
    try {
      this.exporter.enqueue(encodeSpan(this.policies.apply(span)));
    } catch (error) {
      this.exporter.lose("encode_failed");
      const reason = error instanceof Error ? error.name : typeof error;
      this.diagnose({ code: "handler_failed", message: `a span could not be encoded: ${reason}` });
    }
  }

  private noteFailedEvent(error: unknown): void {
    this.failedEvents += 1;
    const reason = error instanceof Error ? error.name : typeof error;
    this.diagnose({ code: "handler_failed", message: `an event could not be recorded: ${reason}` });
  }
}

function toText(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
