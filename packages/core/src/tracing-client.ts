import { createHttpTransport } from "#http-transport";
import { applyCapture, createSnapshot } from "./capture.ts";
import type { Diagnostic } from "./diagnostics.ts";
import { encodeSpan } from "./encode.ts";
import type { EventOrigin, SpanContext, TraceEvent } from "./event.ts";
import { watchExit } from "./exit.ts";
import { type DeliveryReport, Exporter } from "./exporter.ts";
import { account, type GatewayPolicy } from "./gateway/account.ts";
import { createGatewayHosts } from "./gateway/gateway-hosts.ts";
import { ModelCalls } from "./gateway/model-calls.ts";
import type { ModelRequests } from "./gateway/model-requests.ts";
import { leaveUndici, observeUndici } from "./gateway/undici-channels.ts";
import { type Continuation, continueTrace, type Origin } from "./headers/incoming.ts";
import { toTraceHeaders } from "./headers/trace-headers.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { MAX_MILLISECONDS, type ResolvedOptions } from "./options.ts";
import { RecordQueue } from "./record-queue.ts";
import type { RecordStore, StoreEvents } from "./record-store.ts";
import { redactSpan } from "./redact.ts";
import { createRefusalReporter } from "./refusals.ts";
import type { Runtime } from "./runtime.ts";
import type { Span } from "./span.ts";
import { type SpanOptions, spanByHand } from "./span-by-hand.ts";
import { Tracer } from "./tracer.ts";
import type { FlushOptions, TraceOptions, Tracing, TracingStats } from "./tracing.ts";
import { retrying } from "./transport/retrying.ts";
import { trimming } from "./transport/trimming.ts";
import { type RunLocator, Whereabouts } from "./whereabouts.ts";

const DEFAULT_TIMEOUT_MS = 5_000;
/** Text that a mark may hold: a span has up to 256 of them. */
const MAX_MARK_BYTES = 16_384;

type Start = Parameters<typeof spanByHand>[4];

/** The steps put together, see docs/architecture.md. What is asked of it is told by {@link Tracing}. */
export class TracingClient implements Tracing {
  readonly enabled: boolean;
  private readonly policies: Pick<ResolvedOptions, "capture" | "redact">;
  private readonly exporter: Exporter;
  private readonly tracer: Tracer;
  private readonly tellOperator: (diagnostic: Diagnostic) => void;
  private readonly whereabouts: Whereabouts;
  readonly calls: ModelCalls;
  private readonly gateway: GatewayPolicy;
  private readonly seesRequests: boolean;
  private readonly pinned: SpanContext | undefined;
  private watched = false;
  private observes = false;
  private truncated = 0;
  private redactionFailures = 0;
  private failedEvents = 0;

  constructor(
    options: ResolvedOptions,
    runtime: Runtime,
    diagnose: (diagnostic: Diagnostic) => void,
    enabled: boolean,
  ) {
    this.policies = { capture: options.capture, redact: options.redact };
    this.enabled = enabled;
    this.tellOperator = diagnose;
    const refusals = createRefusalReporter(options.baseURL, diagnose);
    const transport = options.transport ?? createHttpTransport(options);
    this.exporter = new Exporter({
      batch: options.batch,
      store: (events) => openStore(enabled ? options : { ...options, spool: undefined }, events, runtime),
      transport: trimming(retrying(transport, options.retry, runtime, refusals.onRetry), () => this.noteTruncated()),
      runtime,
      onRefusal: refusals.onRefusal,
      onDrop: refusals.onDrop,
      onDiagnostic: diagnose,
      onPendingChange: () => this.watch(),
    });
    this.seesRequests = options.traceHeaders;
    const hosts = createGatewayHosts({ ...options, sendsToBaseURL: options.transport === undefined });
    this.gateway = { hosts, isWrapper: options.gatewayLogs === "wrapper" };
    this.calls = new ModelCalls({
      owner: this,
      ...this.gateway,
      isOn: enabled && options.traceHeaders,
      now: () => runtime.now(),
      openRun: (runId) => this.tracer.openRun(runId),
      openRuns: () => this.tracer.allOpenRuns(),
      currentSpan: () => this.currentSpan(),
      toName: (name) => this.redactName(name),
    });
    const onTruncated = (): void => this.noteTruncated();
    const snapshot = createSnapshot(options.capture, onTruncated);
    const pinned = pinnedTrace(options, toMetadata(snapshot(options.metadata, HAND).value));
    this.pinned = pinned.traceId === undefined ? undefined : { traceId: pinned.traceId };
    this.whereabouts = new Whereabouts({
      owner: this,
      contextOf: (runId) => this.tracer.contextOf(runId),
      openTelemetry: options.openTelemetry,
    });
    this.tracer = new Tracer({
      runtime,
      snapshot,
      snapshotOfMark: createSnapshot(
        { ...options.capture, maxBytes: Math.min(options.capture.maxBytes, MAX_MARK_BYTES) },
        onTruncated,
      ),
      ...pinned,
      maxOpenRuns: options.openRuns.max,
      maxOpenBytes: options.openRuns.maxBytes,
      rootGraceMs: options.openRuns.rootGraceMs,
      idleLimitMs: options.openRuns.idleLimitMs,
      onTruncated,
      surroundings: () => this.whereabouts.surroundings(),
      onSpan: (span, requests) => this.finishSpan(span, requests),
    });
    this.exporter.start();
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
    const { traceId, parentSpanId, traceparent, headers, name = "trace", ...rest } = options ?? {};
    const start = this.continuation({ traceId, parentSpanId, traceparent, headers });
    return this.byHand(name, fn, rest, start);
  }

  span<R>(name: string, fn: () => R, options: SpanOptions = {}): R {
    return this.byHand(name, fn, options, {});
  }

  currentSpan(): SpanContext | undefined {
    return this.whereabouts.currentSpan();
  }

  headers(): Record<string, string> {
    return toTraceHeaders(this.currentSpan() ?? this.pinned);
  }

  diagnose(diagnostic: Diagnostic): void {
    this.tellOperator(diagnostic);
  }

  stats(): TracingStats {
    const { truncated, redactionFailures, failedEvents } = this;
    const { openRuns, lateEnds } = this.tracer;
    const { recovered } = this.exporter;
    return { ...this.exporter.report(), recovered, openRuns, lateEnds, truncated, redactionFailures, failedEvents };
  }

  flush(options?: FlushOptions | null): Promise<DeliveryReport> {
    this.tracer.closeLeftovers();
    return this.exporter.flush(toTimeoutMs(options?.timeoutMs));
  }

  /** At a natural exit: what is open now can never end. */
  async finish(timeoutMs: number): Promise<void> {
    this.watched = false;
    this.tracer.closeAll("shutdown");
    const { pending } = await this.exporter.flush(timeoutMs);
    if (pending === 0) return;
    await this.exporter.interrupt();
    if (this.exporter.keepsPending) return;
    const message = `${pending} spans could not be sent before the process ended; flush() waits for longer`;
    this.diagnose({ code: "dropped", message });
  }

  shutdown(options?: FlushOptions | null): Promise<DeliveryReport> {
    this.tracer.closeAll("shutdown");
    watchExit(this, false);
    this.observe(false, true);
    return this.exporter.shutdown(toTimeoutMs(options?.timeoutMs));
  }

  /** What headers hold may be anything: reading it must not fail the request. */
  private continuation(origin: Origin): Continuation {
    try {
      return continueTrace(origin);
    } catch (error) {
      this.noteFailedEvent(error);
      return { traceId: undefined, parent: undefined };
    }
  }

  private byHand<R>(name: string, fn: () => R, options: SpanOptions, start: Start): R {
    const run = (context: SpanContext, metadata: JsonObject): R => this.whereabouts.runInside(context, metadata, fn);
    return spanByHand(this, name, run, options, start);
  }

  /** A name that goes into a header passes the same redactors as in a span. */
  private redactName(name: string): string | undefined {
    if (this.policies.redact.length === 0) return name;
    try {
      const kept = this.policies.redact.reduce<JsonValue | undefined>(
        (text, redact) => (text === undefined ? text : redact(text, "name")),
        name,
      );
      return typeof kept === "string" ? kept : undefined;
    } catch (error) {
      this.noteRedaction(error);
      return undefined;
    }
  }

  private watch(): void {
    const isRunning = this.tracer.openRuns > 0;
    if (isRunning !== this.observes) this.observe(isRunning);
    const hasWork = isRunning || this.exporter.pending > 0;
    if (hasWork === this.watched) return;
    this.watched = hasWork;
    watchExit(this, hasWork);
  }

  /** Of a model's call, what is posted depends on who else keeps a log of it. */
  private finishSpan(span: Span, requests: ModelRequests | undefined): void {
    if (requests !== undefined) this.calls.end(requests);
    if (span.model === undefined) return this.accept(span);
    for (const posted of account(span, requests?.attempts ?? [], this.gateway)) this.accept(posted);
  }

  /** Requests are looked at while something is traced. */
  private observe(isRunning: boolean, atOnce = false): void {
    this.observes = isRunning;
    if (isRunning && this.seesRequests) observeUndici(this.calls);
    else leaveUndici(this.calls, atOnce);
  }

  private accept(span: Span): void {
    try {
      const { capture, redact } = this.policies;
      const kept = redactSpan(applyCapture(span, capture), redact, (error) => this.noteRedaction(error));
      this.exporter.enqueue(encodeSpan(kept));
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

  private noteTruncated(): void {
    this.truncated += 1;
  }

  private noteRedaction(error: unknown): void {
    this.redactionFailures += 1;
    const type = error instanceof Error ? error.name : typeof error;
    this.diagnose({ code: "redactor_failed", message: `a redactor failed (${type}); what it was given is withheld` });
  }
}

function openStore(options: ResolvedOptions, events: StoreEvents, runtime: Runtime): RecordStore {
  const { spool, queue: memory, baseURL, apiKey } = options;
  if (spool === undefined) return new RecordQueue(memory, events);
  const destination = `${baseURL}\n${apiKey ?? ""}`;
  return spool.open({
    events,
    memory,
    destination,
    schedule: (callback, delayMs) => runtime.schedule(callback, delayMs),
  });
}

/** Origin of spans that are made by hand. */
const HAND: EventOrigin = { source: "Portkey" };

function toMetadata(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** `metadata.traceId` pins the trace id too, as it does in Portkey's Python handlers. */
function pinnedTrace(
  options: ResolvedOptions,
  base: JsonObject,
): { metadata: JsonObject; traceId: string | undefined } {
  const { traceId: pinned, ...metadata } = base;
  const traceId = options.traceId ?? (typeof pinned === "string" && pinned !== "" ? pinned : undefined);
  return { metadata: pinned === undefined || traceId === pinned ? metadata : base, traceId };
}

/** A time that timers can hold; anything that is no time is the default. */
function toTimeoutMs(value: unknown): number {
  if (typeof value !== "number" || Number.isNaN(value) || value < 0) return DEFAULT_TIMEOUT_MS;
  return Math.min(value, MAX_MILLISECONDS);
}
