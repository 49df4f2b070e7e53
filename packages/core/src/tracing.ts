import { createHttpTransport } from "#http-transport";
import { applyCapture, createSnapshot } from "./capture.ts";
import { currentFrame, runInFrame } from "./context.ts";
import { consoleListener, createDiagnostics, type Diagnostic } from "./diagnostics.ts";
import { encodeSpan } from "./encode.ts";
import type { EventOrigin, Recorder, SpanContext, TraceEvent } from "./event.ts";
import { watchExit } from "./exit.ts";
import { type DeliveryReport, Exporter } from "./exporter.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import { isLoopback } from "./loopback.ts";
import { MAX_MILLISECONDS, type ResolvedOptions, type TracingOptions } from "./options.ts";
import { RecordQueue } from "./record-queue.ts";
import type { RecordStore, StoreEvents } from "./record-store.ts";
import { redactSpan } from "./redact.ts";
import { createRefusalReporter } from "./refusals.ts";
import { resolveOptions } from "./resolve-options.ts";
import { type Runtime, systemRuntime } from "./runtime.ts";
import { toSoundId } from "./sound.ts";
import type { Span } from "./span.ts";
import { type SpanOptions, spanByHand } from "./span-by-hand.ts";
import { Tracer } from "./tracer.ts";
import { retrying } from "./transport/retrying.ts";
import { trimming } from "./transport/trimming.ts";

/** Counts for the operator: delivery, and what the bounds did. */
export interface TracingStats extends DeliveryReport {
  /** Spans of earlier processes that this one took over from the spool; they count as recorded here. */
  readonly recovered: number;
  /** Runs whose end has not been seen yet. */
  readonly openRuns: number;
  /** Ends that came after their run had been closed as `unfinished`: each was sent again, with its end and the same ids. */
  readonly lateEnds: number;
  /** Inputs, outputs and their parts that `capture` limits cut short, and marks beyond the 256 that a span keeps. */
  readonly truncated: number;
  /** Parts of spans that were withheld because a redactor threw. */
  readonly redactionFailures: number;
  /** Events that could not be recorded because reading them failed. */
  readonly failedEvents: number;
}

/** Bounds of a flush. */
export interface FlushOptions {
  /** Longest wait in milliseconds; 5,000 where it is not given. */
  readonly timeoutMs?: number | undefined;
}

/** Options of {@link Tracing.withTrace}. */
export interface TraceOptions extends SpanOptions {
  /** Trace id of everything inside. Free text; 32 hex are best. */
  readonly traceId?: string | undefined;
  /** Span of another service that called this one. Wants `traceId`. */
  readonly parentSpanId?: string | undefined;
}

/** One client for any number of handlers: what they share is sent together, and hangs together. */
export interface Tracing extends Recorder {
  /** `false` where there is neither a key nor a collector, or `enabled` is `false`: nothing is kept, nothing is sent. */
  readonly enabled: boolean;
  /** Waits until all that was recorded before the call is sent or dropped, or the time is over. Never rejects. */
  flush(options?: FlushOptions | null): Promise<DeliveryReport>;
  /** Closes open runs as `unfinished`, flushes, and takes no more. Never rejects. */
  shutdown(options?: FlushOptions | null): Promise<DeliveryReport>;
  /** Counts since the start. */
  stats(): TracingStats;
  /** Runs a function under one root span; everything traced inside, by any handler of this tracing, hangs below it. */
  withTrace<R>(options: TraceOptions, fn: () => R): R;
  /** Runs a function under a span of its own. Its result, or what it throws, is passed on as it is. */
  span<R>(name: string, fn: () => R, options?: SpanOptions): R;
  /** The span that encloses the code that runs now, as far as this tracing made it. */
  currentSpan(): SpanContext | undefined;
  /** For integrations: runs a function so that what it starts hangs below `context`. */
  runInside<R>(context: SpanContext, fn: () => R): R;
  /** For integrations: tells the operator. Each code at most once a minute. */
  diagnose(diagnostic: Diagnostic): void;
}

const DEFAULT_TIMEOUT_MS = 5_000;
/** Text that a mark may hold: a span has up to 256 of them. */
const MAX_MARK_BYTES = 16_384;

/**
 * Creates a client. Opens no connection and starts no timer before the first span.
 * @throws ConfigError for a wrong option; nothing else is ever thrown, now or later.
 */
export function createTracing(options: TracingOptions = {}, runtime: Runtime = systemRuntime): Tracing {
  const environment = (globalThis as { process?: { env?: Record<string, string> } }).process?.env ?? {};
  const { options: resolved, warnings } = resolveOptions(options, environment);
  const diagnose = createDiagnostics(resolved.onDiagnostic ?? consoleListener, runtime);
  if (warnings.length > 0) diagnose({ code: "invalid_environment", message: warnings.join("; ") });
  return new TracingClient(resolved, runtime, diagnose, isEnabled(resolved, diagnose));
}

function isEnabled(options: ResolvedOptions, diagnose: (diagnostic: Diagnostic) => void): boolean {
  if (!options.enabled) return false;
  if (options.apiKey !== undefined || options.transport !== undefined || isLoopback(new URL(options.baseURL)))
    return true;
  const message =
    "tracing is off: give the option apiKey or set PORTKEY_API_KEY to send traces to Portkey, " +
    "or run `npx portkey-traces` and set PORTKEY_BASE_URL to the address that it prints";
  diagnose({ code: "disabled", message });
  return false;
}

class TracingClient implements Tracing {
  readonly enabled: boolean;
  private readonly policies: Pick<ResolvedOptions, "capture" | "redact">;
  private readonly exporter: Exporter;
  private readonly tracer: Tracer;
  private readonly tellOperator: (diagnostic: Diagnostic) => void;
  private watched = false;
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
    const onTruncated = (): void => this.noteTruncated();
    const snapshot = createSnapshot(options.capture, onTruncated);
    this.tracer = new Tracer({
      runtime,
      snapshot,
      snapshotOfMark: createSnapshot(
        { ...options.capture, maxBytes: Math.min(options.capture.maxBytes, MAX_MARK_BYTES) },
        onTruncated,
      ),
      ...pinnedTrace(options, toMetadata(snapshot(options.metadata, HAND))),
      maxOpenRuns: options.openRuns.max,
      rootGraceMs: options.openRuns.rootGraceMs,
      idleLimitMs: options.openRuns.idleLimitMs,
      onTruncated,
      surroundings: () => {
        const frame = currentFrame(this);
        return frame === undefined ? undefined : { parent: frame.context, metadata: frame.metadata };
      },
      onSpan: (span) => this.accept(span),
    });
    this.exporter.start();
  }

  record(event: TraceEvent | (() => TraceEvent), origin: EventOrigin): void {
    if (!this.enabled) return;
    try {
      this.tracer.record(typeof event === "function" ? event() : event, origin);
      this.watch();
    } catch (error) {
      this.failedEvents += 1;
      const reason = error instanceof Error ? error.name : typeof error;
      this.diagnose({ code: "handler_failed", message: `an event could not be recorded: ${reason}` });
    }
  }

  contextOf(runId: string): SpanContext | undefined {
    return this.tracer.contextOf(runId);
  }

  runInside<R>(context: SpanContext, fn: () => R): R {
    return runInFrame(this, context, currentFrame(this)?.metadata ?? {}, fn);
  }

  withTrace<R>(options: TraceOptions, fn: () => R): R {
    const { traceId, parentSpanId, name = "trace", ...rest } = options ?? {};
    const start = { traceId, parent: toParent(traceId, parentSpanId) };
    return spanByHand(this, name, (context, metadata) => runInFrame(this, context, metadata, fn), rest, start);
  }

  span<R>(name: string, fn: () => R, options: SpanOptions = {}): R {
    return spanByHand(this, name, (context, metadata) => runInFrame(this, context, metadata, fn), options, {});
  }

  currentSpan(): SpanContext | undefined {
    return currentFrame(this)?.context;
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
    return this.exporter.shutdown(toTimeoutMs(options?.timeoutMs));
  }

  private watch(): void {
    const hasWork = this.tracer.openRuns > 0 || this.exporter.pending > 0;
    if (hasWork === this.watched) return;
    this.watched = hasWork;
    watchExit(this, hasWork);
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

function toMetadata(value: ReturnType<ReturnType<typeof createSnapshot>>): JsonObject {
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

/** The span of another service, where both of its ids are given. */
function toParent(traceId: unknown, parentSpanId: unknown): SpanContext | undefined {
  const [trace, span] = [toSoundId(traceId), toSoundId(parentSpanId)];
  return trace === undefined || span === undefined ? undefined : { traceId: trace, spanId: span };
}

/** A time that timers can hold; anything that is no time is the default. */
function toTimeoutMs(value: unknown): number {
  if (typeof value !== "number" || Number.isNaN(value) || value < 0) return DEFAULT_TIMEOUT_MS;
  return Math.min(value, MAX_MILLISECONDS);
}
