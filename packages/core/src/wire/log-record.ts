import type { JsonObject, JsonValue } from "../json.ts";

/** Ids of a span as Portkey's docs write them, beside whatever metadata the user gave. All values are strings. */
export type WireMetadata = Record<string, string>;

/**
 * The JSON of one span on `POST /v1/logs`.
 * Source: Portkey's OpenAPI file (`CustomLog`), its tracing docs, and what its Python handlers send.
 */
export interface LogRecord {
  readonly request: {
    /** Address of the model call, or `langchain/chain`, `llamaindex/query`, … for spans that are none. */
    readonly url: string;
    readonly method: "POST";
    readonly provider?: string | undefined;
    readonly headers: Readonly<Record<string, string>>;
    /** The provider request in OpenAI's shape, or `{ input }`. */
    readonly body: JsonObject;
  };
  readonly response: {
    /** HTTP status: 200, the error's own, 500, 408 (timeout), 499 (cancelled). */
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** Whole milliseconds. */
    readonly response_time: number;
    readonly streamingMode: boolean;
    /** The provider response in OpenAI's shape, `{ output }`, or `{ error }`; with `tracing` beside it. */
    readonly body: JsonObject;
  };
  readonly metadata: WireMetadata;
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id?: string | undefined;
  readonly span_name: string;
  /** Start of the span, ISO 8601 with milliseconds. */
  readonly createdAt: string;
}

/**
 * What a span knows and the logs API has no field for: `response.body.tracing`.
 * Absent members are at their default.
 */
export interface TracingExtension {
  /** Start, milliseconds since the Unix epoch with fractions; `createdAt` has whole ones only. */
  start_time_ms: number;
  /** Duration with fractions; `response_time` has whole milliseconds only. */
  duration_ms: number;
  /** Full status, where `source_metadata` has its code only. */
  status?: JsonObject;
  marks?: JsonValue[];
  tags?: string[];
  /** All metadata, where a value is no string or longer than the 128 characters that `metadata` may hold. */
  metadata?: JsonObject;
  time_to_first_token_ms?: number;
  cached?: boolean;
  /** Whether the bodies are those of a model call, where the type alone would say otherwise. */
  model_call?: boolean;
}
