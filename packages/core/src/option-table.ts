/** The longest time that a timer can hold: 24.8 days. */
export const MAX_MILLISECONDS = 2_147_483_647;

/** How one option is checked and documented. */
export interface OptionRow {
  /** Path of the option, e.g. `batch.maxRecords`. */
  readonly option: string;
  readonly kind:
    | "key"
    | "text"
    | "url"
    | "flag"
    | "count"
    | "milliseconds"
    | "bytes"
    | "object"
    | "function"
    | "compression"
    | "gateway logs"
    | "addresses"
    | "transport"
    | "spool";
  readonly environment?: string;
  readonly default?: string | number | boolean;
  /** What a wrong value in the environment means where the default would send more than was meant. */
  readonly whenWrong?: "false" | "tracing off";
  /** Smallest number that makes sense, where that is not 0 (milliseconds) or 1. */
  readonly minimum?: number;
  readonly description: string;
}

/** All options in one table: what is read, checked, defaulted and documented comes from here. */
export const OPTION_TABLE: readonly OptionRow[] = [
  {
    option: "apiKey",
    kind: "key",
    environment: "PORTKEY_API_KEY",
    description: "Portkey API key with `completions.write` and `logs.write`. Not needed for a loopback `baseURL`.",
  },
  {
    option: "baseURL",
    kind: "url",
    environment: "PORTKEY_BASE_URL",
    default: "https://api.portkey.ai/v1",
    whenWrong: "tracing off",
    description:
      "Address of the API, up to and including `/v1`. Plain `http:` is for `127.0.0.0/8`, `[::1]` and `localhost` only.",
  },
  {
    option: "enabled",
    kind: "flag",
    environment: "PORTKEY_TRACING_ENABLED",
    default: true,
    whenWrong: "tracing off",
    description: "`false` turns tracing off without a word.",
  },
  {
    option: "metadata",
    kind: "object",
    description: "Metadata of every span. Portkey indexes `_user`, `_organisation`, `_prompt`, `_environment`.",
  },
  { option: "traceId", kind: "text", description: "Pins the trace id of everything that is traced. Free text." },
  {
    option: "capture.inputs",
    kind: "flag",
    environment: "PORTKEY_TRACING_CAPTURE_INPUTS",
    default: true,
    whenWrong: "false",
    description: "`false` keeps names, times, models and tokens, but no inputs.",
  },
  {
    option: "capture.outputs",
    kind: "flag",
    environment: "PORTKEY_TRACING_CAPTURE_OUTPUTS",
    default: true,
    whenWrong: "false",
    description: "`false` keeps names, times, models and tokens, but no outputs.",
  },
  {
    option: "capture.maxBytes",
    kind: "bytes",
    default: 1_048_576,
    description: "Text kept of each input and each output; what is cut is marked.",
  },
  {
    option: "capture.maxDepth",
    kind: "count",
    default: 40,
    description: "Levels of nesting kept of each input and each output.",
  },
  { option: "redact", kind: "function", description: "One redactor or several, run before anything is encoded." },
  { option: "batch.maxRecords", kind: "count", default: 500, description: "Records in one request." },
  {
    option: "batch.maxBytes",
    kind: "bytes",
    default: 1_048_576,
    description: "Size of one request; a single larger record goes alone.",
  },
  {
    option: "batch.flushIntervalMs",
    kind: "milliseconds",
    environment: "PORTKEY_TRACING_FLUSH_INTERVAL_MS",
    default: 1_000,
    description: "From the first waiting record to the request.",
  },
  {
    option: "queue.maxRecords",
    kind: "count",
    default: 100_000,
    description: "Records that may wait; on overflow the oldest are dropped, and counted.",
  },
  {
    option: "queue.maxBytes",
    kind: "bytes",
    default: 67_108_864,
    description: "Size of what may wait; on overflow the oldest are dropped, and counted.",
  },
  {
    option: "retry.minDelayMs",
    kind: "milliseconds",
    default: 250,
    description: "Before the second attempt; doubled for each further one, with jitter.",
  },
  {
    option: "retry.maxDelayMs",
    kind: "milliseconds",
    default: 10_000,
    description: "Longest wait between attempts, unless `Retry-After` asks for more.",
  },
  {
    option: "retry.attemptTimeoutMs",
    kind: "milliseconds",
    minimum: 1,
    default: 10_000,
    description: "After which an attempt without an answer counts as failed.",
  },
  {
    option: "retry.deadlineMs",
    kind: "milliseconds",
    default: 600_000,
    description: "After which a batch is given up, over all attempts.",
  },
  {
    option: "openRuns.max",
    kind: "count",
    default: 10_000,
    description: "Runs that may be open at once; beyond it the oldest is closed as `unfinished`.",
  },
  {
    option: "openRuns.maxBytes",
    kind: "bytes",
    default: 134_217_728,
    description:
      "What open runs may hold of inputs, marks and streamed text; beyond it the oldest are closed as `unfinished`.",
  },
  {
    option: "openRuns.rootGraceMs",
    kind: "milliseconds",
    minimum: 100,
    default: 10_000,
    description: "Silence after which a run is closed, once its root has ended.",
  },
  {
    option: "openRuns.idleLimitMs",
    kind: "milliseconds",
    minimum: 100,
    default: 1_800_000,
    description: "Silence in its whole trace after which a run is closed.",
  },
  {
    option: "compression",
    kind: "compression",
    environment: "PORTKEY_TRACING_COMPRESSION",
    default: "auto",
    description:
      "`gzip`, `none`, or `auto`: gzip where the endpoint has said that it takes it, and is not this machine.",
  },
  {
    option: "spool",
    kind: "spool",
    description:
      "Keeps ended spans, and feedback, on disk until they are sent: `fileSpool()` of `@portkey-tracing/core/node`.",
  },
  { option: "transport", kind: "transport", description: "Delivers batches in another way than HTTP to `baseURL`." },
  {
    option: "traceHeaders",
    kind: "flag",
    environment: "PORTKEY_TRACING_HEADERS",
    default: true,
    whenWrong: "false",
    description: "`false` adds trace headers to no request of a model, and looks at none.",
  },
  {
    option: "gateways",
    kind: "addresses",
    environment: "PORTKEY_TRACING_GATEWAYS",
    description: "Addresses of Portkey gateways, beside `*.portkey.ai` and what a request's headers tell.",
  },
  {
    option: "gatewayLogs",
    kind: "gateway logs",
    environment: "PORTKEY_TRACING_GATEWAY_LOGS",
    default: "auto",
    description: "Who posts a call through a gateway: `auto`, `none`, `joined` or `wrapper`.",
  },
  {
    option: "openTelemetry",
    kind: "flag",
    environment: "PORTKEY_TRACING_OPENTELEMETRY",
    default: false,
    description: "`true` hangs what has no other parent below OpenTelemetry's active span.",
  },
  {
    option: "onDiagnostic",
    kind: "function",
    description: "Told of problems; the default writes a line to standard error, each kind at most once a minute.",
  },
];
