import type { JsonObject, JsonValue } from "./json.ts";

/** The kinds of work a span can stand for: one vocabulary for every framework. */
export const SPAN_TYPES = [
  "llm",
  "embedding",
  "retriever",
  "reranker",
  "tool",
  "agent",
  "chain",
  "query",
  "synthesizer",
  "chat_engine",
  "workflow",
  "step",
  "parser",
  "ingestion",
  "attempt",
  "span",
] as const;

/** One of {@link SPAN_TYPES}. */
export type SpanType = (typeof SPAN_TYPES)[number];

/** The ways in which a span can have come to its end, see {@link SpanStatus}. */
export const STATUS_CODES = ["ok", "error", "cancelled", "interrupted", "unfinished"] as const;

/** One of {@link STATUS_CODES}. */
export type StatusCode = (typeof STATUS_CODES)[number];

/** Where a span comes from, as Portkey's `_source` names it. */
export type SpanSource = "Langchain" | "LlamaIndex" | "Portkey";

/** Why a span was closed without its end having been seen. */
export const UNFINISHED_REASONS = [
  /** Its root had ended, and nothing more was heard. */
  "root_ended",
  /** At a flush, a stream below or beside it stood still. */
  "stalled",
  /** Nothing was heard of its whole trace for long. */
  "idle",
  /** The client was shut down, or the process had nothing more to do. */
  "shutdown",
  /** More runs were open than `openRuns.max`, or held more than `openRuns.maxBytes`, and it was the oldest. */
  "open_runs_overflow",
] as const;

/** One of {@link UNFINISHED_REASONS}. */
export type UnfinishedReason = (typeof UNFINISHED_REASONS)[number];

/** An error as data: no reference to the program's error object is kept. */
export interface SpanError {
  /** The class or name of the error, e.g. `RangeError`. */
  readonly type: string;
  readonly message: string;
  /** The program's or provider's own code, e.g. `ECONNREFUSED`, `rate_limit_exceeded`. */
  readonly code?: string;
  /** The HTTP status that the error carries, if any. */
  readonly httpStatus?: number;
  readonly stack?: string;
  readonly cause?: SpanError;
}

/**
 * How a span ended.
 * - `ok`: it returned.
 * - `error`: it failed, or reports that it was aborted (HTTP status 499) or took too long (408).
 * - `cancelled`: someone stopped it, and it reported no end (a stream that its reader left).
 * - `interrupted`: it waits for a human.
 * - `unfinished`: its end was never seen.
 */
export type SpanStatus =
  | { readonly code: "ok" }
  | { readonly code: "error"; readonly error: SpanError }
  | { readonly code: "cancelled"; readonly error?: SpanError }
  | { readonly code: "interrupted"; readonly value?: JsonValue }
  | { readonly code: "unfinished"; readonly reason: UnfinishedReason };

/** A moment inside a span: its first token, a retry, an agent's action, a custom event. */
export interface Mark {
  readonly name: string;
  /** Milliseconds since the Unix epoch, with fractions. */
  readonly timeMs: number;
  readonly attributes?: JsonValue;
}

/** Token counts in OpenAI's shape. Cached tokens are part of `prompt_tokens`, reasoning tokens of `completion_tokens`. */
export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: {
    readonly cached_tokens?: number;
    readonly cache_creation_tokens?: number;
    readonly audio_tokens?: number;
  };
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number; readonly audio_tokens?: number };
}

/**
 * What only a call to a model has. The span's `input` and `output` are then objects, the request and response bodies in
 * OpenAI's shape (`{ model, messages, tools, temperature, … }`, `{ id, object, model, choices, usage }`): the model and
 * the token usage stand there and nowhere else.
 */
export interface ModelCall {
  /** Provider as Portkey names it: `openai`, `anthropic`, `azure-openai`, `google`, … */
  readonly provider?: string;
  /** Address that the request went to, e.g. `https://api.openai.com/v1/chat/completions`. */
  readonly url?: string;
  readonly streamed?: boolean;
  /** The answer came from the framework's own cache: no tokens were spent. */
  readonly cached?: boolean;
  readonly timeToFirstTokenMs?: number;
}

/** One finished, immutable unit of work. */
export interface Span {
  /** 32 lower-case hex, unless the user pinned a trace id of their own: then that text. */
  readonly traceId: string;
  /** 16 lower-case hex. */
  readonly spanId: string;
  /** Absent on the root of a trace. */
  readonly parentSpanId?: string;
  readonly name: string;
  readonly type: SpanType;
  readonly source: SpanSource;
  /** Milliseconds since the Unix epoch, with fractions. */
  readonly startTimeMs: number;
  /** Milliseconds, with fractions; never negative. */
  readonly durationMs: number;
  readonly status: SpanStatus;
  readonly input?: JsonValue;
  readonly output?: JsonValue;
  /** Present on spans of type `llm` and `embedding` only. */
  readonly model?: ModelCall;
  readonly marks: readonly Mark[];
  readonly tags: readonly string[];
  readonly metadata: Readonly<JsonObject>;
}
