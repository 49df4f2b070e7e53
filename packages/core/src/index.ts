export { ConfigError, isConfigError } from "./config-error.ts";
export type { DeliveryReport } from "./delivery-books.ts";
export type { Diagnostic, DiagnosticCode, DiagnosticListener } from "./diagnostics.ts";
export type {
  EndEvent,
  ErrorEvent,
  EventOrigin,
  MarkEvent,
  Recorder,
  RunChanges,
  SpanContext,
  StartEvent,
  TokenEvent,
  TraceEvent,
  UpdateEvent,
} from "./event.ts";
export type { Feedback, FeedbackChange, FeedbackResult } from "./feedback/feedback.ts";
export type { ExitSignal, FlushOnExitOptions } from "./flush-on-exit.ts";
export { flushOnExit } from "./flush-on-exit.ts";
export type { GatewayLogs } from "./gateway/gateway-hosts.ts";
export type { ModelCallOptions, ModelCallTracking } from "./gateway/model-calls.ts";
export { portkeyFetch } from "./gateway/portkey-fetch.ts";
export type { RequestObserver, RequestWatch, SeenRequest } from "./gateway/seen-request.ts";
export { createHeaders, type HeaderOptions } from "./headers/create-headers.ts";
export type { IncomingHeaders } from "./headers/incoming.ts";
export { createSpanId, createTraceId, isSpanId, isTraceId, toSpanId, toTraceId } from "./ids.ts";
export type { JsonObject, JsonValue } from "./json.ts";
export { isJsonObject } from "./json.ts";
export type { InsertReport, LogInput, RefusedLog } from "./logs/insert-logs.ts";
export type { OptionRow } from "./option-table.ts";
export { OPTION_TABLE } from "./option-table.ts";
export type {
  BatchOptions,
  CaptureOptions,
  OpenRunsOptions,
  QueueOptions,
  RetryOptions,
  TracingOptions,
} from "./options.ts";
export type { OwnOrShared } from "./own-or-shared.ts";
export { ownOrShared } from "./own-or-shared.ts";
export type { QueueLimits, RecordKind, RecordStore, Spool, SpoolClient, StoreEvents } from "./record-store.ts";
export type { RedactableField, Redactor } from "./redact.ts";
export { redactKeys, redactPatterns } from "./redactors.ts";
export type { Runtime, Timer } from "./runtime.ts";
export type {
  Mark,
  ModelCall,
  Span,
  SpanError,
  SpanSource,
  SpanStatus,
  SpanType,
  StatusCode,
  UnfinishedReason,
  Usage,
} from "./span.ts";
export { SPAN_TYPES, STATUS_CODES, UNFINISHED_REASONS } from "./span.ts";
export type { SpanOptions } from "./span-by-hand.ts";
export { toSpanError } from "./span-error.ts";
export { toTimeoutMs } from "./timeout.ts";
export type { FeedbackReport, FlushOptions, TraceOptions, Tracing, TracingReport, TracingStats } from "./tracing.ts";
export { createTracing } from "./tracing.ts";
export type { Batch, DropReason, Outcome, Transport } from "./transport/transport.ts";
export { DROP_REASONS } from "./transport/transport.ts";
export type { RunLocator } from "./whereabouts.ts";
