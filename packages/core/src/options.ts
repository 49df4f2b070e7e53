import type { DiagnosticListener } from "./diagnostics.ts";
import type { GatewayLogs } from "./gateway/gateway-hosts.ts";
import type { Spool } from "./record-store.ts";
import type { Redactor } from "./redact.ts";
import type { Transport } from "./transport/transport.ts";

/** Options of {@link createTracing}. Code beats environment beats default; an explicit `undefined` counts as unset. */
export interface TracingOptions {
  /** Portkey API key with the permissions `completions.write` and `logs.write`. */
  apiKey?: string | undefined;
  /** Address of the API, up to and including `/v1`. */
  baseURL?: string | undefined;
  /** `false` turns tracing off without a word. */
  enabled?: boolean | undefined;
  /** Metadata of every span. Portkey indexes `_user`, `_organisation`, `_prompt` and `_environment`. */
  metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Pins the trace id of everything that is traced. Free text. */
  traceId?: string | undefined;
  /** What is kept of inputs and outputs, and how much. */
  capture?: CaptureOptions | undefined;
  /** Changes or withholds content before it is encoded, see {@link Redactor}. */
  redact?: Redactor | readonly Redactor[] | undefined;
  /** When a batch is sent. */
  batch?: BatchOptions | undefined;
  /** How much may wait to be sent. */
  queue?: QueueOptions | undefined;
  /** How long one batch is tried. */
  retry?: RetryOptions | undefined;
  /** Bounds of runs whose end has not been seen. */
  openRuns?: OpenRunsOptions | undefined;
  /** Whether requests are compressed, see {@link Compression}. */
  compression?: Compression | undefined;
  /** Keeps ended spans on disk until they are sent: `fileSpool()` of `@portkey-tracing/core/node`. */
  spool?: Spool | undefined;
  /** Delivers batches in another way than HTTP to `baseURL`. */
  transport?: Transport | undefined;
  /** `false` adds trace headers to no request, and looks at none. */
  traceHeaders?: boolean | undefined;
  /** Addresses of Portkey gateways, beside `*.portkey.ai` and those that are known by the headers of a request. */
  gateways?: readonly string[] | undefined;
  /** Who posts a call through a gateway, see {@link GatewayLogs}. */
  gatewayLogs?: GatewayLogs | undefined;
  /** `true` hangs what has no other parent below OpenTelemetry's active span, where the program uses its API. */
  openTelemetry?: boolean | undefined;
  /** Told of problems; the default writes one line to standard error, each kind at most once a minute. */
  onDiagnostic?: DiagnosticListener | undefined;
}

/**
 * - `gzip`: always. The endpoint must be known to take it.
 * - `none`: never.
 * - `auto`: once the endpoint has said by `accept-encoding` that it takes gzip, as the collector does, and only where
 *   bytes cost more than the work of packing them: not on this machine, and not for small batches.
 */
export type Compression = "auto" | "gzip" | "none";

/** What is kept of inputs and outputs, and how much of it. */
export interface CaptureOptions {
  /** `false` keeps names, times, models and tokens, but no inputs. */
  inputs?: boolean | undefined;
  /** `false` keeps names, times, models and tokens, but no outputs. */
  outputs?: boolean | undefined;
  /** UTF-8 bytes of text kept of each input and each output. */
  maxBytes?: number | undefined;
  /** Levels of nesting kept of each input and each output. */
  maxDepth?: number | undefined;
}

/** When waiting records are sent together. */
export interface BatchOptions {
  /** Records in one request. */
  maxRecords?: number | undefined;
  /** UTF-8 bytes of one request; a single larger record goes alone. */
  maxBytes?: number | undefined;
  /** Milliseconds from the first waiting record to the request. */
  flushIntervalMs?: number | undefined;
}

/** How much may wait to be sent. */
export interface QueueOptions {
  /** Records that may wait. On overflow the oldest are dropped, and counted. */
  maxRecords?: number | undefined;
  /** UTF-8 bytes that may wait. */
  maxBytes?: number | undefined;
}

/** How long, and how often, one batch is tried. */
export interface RetryOptions {
  /** Milliseconds before the second attempt; doubled for each further one, with jitter. */
  minDelayMs?: number | undefined;
  /** Longest wait between attempts, unless the server asks for more by `Retry-After`. Milliseconds. */
  maxDelayMs?: number | undefined;
  /** Milliseconds after which an attempt without an answer counts as failed. */
  attemptTimeoutMs?: number | undefined;
  /** Milliseconds after which a batch is given up, over all attempts. */
  deadlineMs?: number | undefined;
}

/** Bounds of runs whose end has not been seen. */
export interface OpenRunsOptions {
  /** Runs that may be open at once; beyond it the oldest is closed as `unfinished`. */
  max?: number | undefined;
  /** Bytes that the copies in open runs may hold together; beyond it the oldest are closed as `unfinished`. */
  maxBytes?: number | undefined;
  /** Milliseconds without an event after which a run is closed as `unfinished`, once its root has ended. */
  rootGraceMs?: number | undefined;
  /** Milliseconds without any event in its trace after which a run is closed as `unfinished`. */
  idleLimitMs?: number | undefined;
}

/** Options with nothing left open. */
export interface ResolvedOptions {
  readonly apiKey: string | undefined;
  readonly baseURL: string;
  readonly enabled: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly traceId: string | undefined;
  readonly capture: Readonly<Required<Defined<CaptureOptions>>>;
  readonly redact: readonly Redactor[];
  readonly batch: Readonly<Required<Defined<BatchOptions>>>;
  readonly queue: Readonly<Required<Defined<QueueOptions>>>;
  readonly retry: Readonly<Required<Defined<RetryOptions>>>;
  readonly openRuns: Readonly<Required<Defined<OpenRunsOptions>>>;
  readonly compression: Compression;
  readonly spool: Spool | undefined;
  readonly transport: Transport | undefined;
  readonly traceHeaders: boolean;
  readonly gateways: readonly string[];
  readonly gatewayLogs: GatewayLogs;
  readonly openTelemetry: boolean;
  readonly onDiagnostic: DiagnosticListener | undefined;
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
