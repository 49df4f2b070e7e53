import * as fc from "fast-check";
import type { JsonObject, JsonValue } from "../json.ts";
import {
  type Mark,
  type ModelCall,
  SPAN_TYPES,
  type Span,
  type SpanError,
  type SpanStatus,
  UNFINISHED_REASONS,
} from "../span.ts";

/** Generator of every span that the tracer can make, with what `fromLogRecord` promises to keep. For tests. */

const json: fc.Arbitrary<JsonValue> = fc.json({ maxDepth: 3 }).map((text): JsonValue => normalised(JSON.parse(text)));
const key = fc.oneof(
  fc.constantFrom(
    "traceId",
    "spanId",
    "trace_id",
    "parent_span_id",
    "_source",
    "source_metadata",
    "_user",
    "__proto__",
  ),
  fc.string(),
);
const object: fc.Arbitrary<JsonObject> = fc
  .array(fc.tuple(key, json), { maxLength: 6 })
  .map((entries) => normalised(Object.fromEntries(entries)));

const microseconds = (maxMs: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: maxMs * 1000 }).map((value) => value / 1000);
const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef".split("")), minLength: length, maxLength: length });

const plainError: fc.Arbitrary<SpanError> = fc.record(
  {
    type: fc.string(),
    message: fc.string(),
    code: fc.string(),
    httpStatus: fc.integer({ min: 400, max: 599 }),
    stack: fc.string(),
  },
  { requiredKeys: ["type", "message"] },
);
const error: fc.Arbitrary<SpanError> = fc
  .array(plainError, { minLength: 1, maxLength: 3 })
  .map((chain) => chain.reduce((cause, outer): SpanError => ({ ...outer, cause })));

const status: fc.Arbitrary<SpanStatus> = fc.oneof(
  fc.constant<SpanStatus>({ code: "ok" }),
  error.map((cause): SpanStatus => ({ code: "error", error: cause })),
  fc.option(error).map((cause): SpanStatus => (cause ? { code: "cancelled", error: cause } : { code: "cancelled" })),
  fc
    .option(json, { nil: undefined })
    .map((value): SpanStatus => (value === undefined ? { code: "interrupted" } : { code: "interrupted", value })),
  fc.constantFrom(...UNFINISHED_REASONS).map((reason): SpanStatus => ({ code: "unfinished", reason })),
);

const model: fc.Arbitrary<ModelCall> = fc.record(
  {
    provider: fc.constantFrom("openai", "anthropic"),
    url: fc.webUrl(),
    streamed: fc.constant(true),
    cached: fc.boolean(),
    timeToFirstTokenMs: microseconds(60_000),
  },
  { requiredKeys: [] },
);

const mark: fc.Arbitrary<Mark> = fc.record(
  { name: fc.string(), timeMs: microseconds(4_000_000_000_000), attributes: json },
  { requiredKeys: ["name", "timeMs"] },
);

const base: fc.Arbitrary<Span> = fc.record(
  {
    traceId: fc.oneof(hex(32), fc.string({ minLength: 1, maxLength: 512 })),
    spanId: hex(16),
    parentSpanId: hex(16),
    name: fc.oneof(fc.string({ minLength: 1 }), fc.string({ unit: "binary", minLength: 120, maxLength: 200 })),
    type: fc.constantFrom(...SPAN_TYPES),
    source: fc.constantFrom("Langchain", "LlamaIndex", "Portkey"),
    startTimeMs: microseconds(4_000_000_000_000),
    durationMs: microseconds(10_000_000),
    status,
    input: json,
    output: json,
    marks: fc.array(mark, { maxLength: 3 }),
    tags: fc.array(fc.string(), { maxLength: 5 }),
    metadata: object,
  },
  {
    requiredKeys: [
      "traceId",
      "spanId",
      "name",
      "type",
      "source",
      "startTimeMs",
      "durationMs",
      "status",
      "marks",
      "tags",
      "metadata",
    ],
  },
);

/** Any span: a third of them calls to a model, of whatever type. */
export const anySpan: fc.Arbitrary<Span> = fc.oneof(
  { weight: 2, arbitrary: base },
  {
    weight: 1,
    arbitrary: fc.tuple(base, model, object, object).map(([span, call, input, output]): Span => {
      const { input: _input, output: _output, ...rest } = span;
      const { error: _error, tracing: _tracing, ...answer } = output;
      return {
        ...rest,
        model: call,
        ...(Object.keys(input).length > 0 ? { input } : {}),
        ...(Object.keys(answer).length > 0 ? { output: answer } : {}),
      };
    }),
  },
);

/** What is left of a value on its way through JSON: no -0. */
function normalised<T>(value: T): T {
  const copy: T = JSON.parse(JSON.stringify(value));
  return copy;
}
