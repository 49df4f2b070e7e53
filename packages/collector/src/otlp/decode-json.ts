import { z } from "@hono/zod-openapi";
import type { JsonObject, JsonValue } from "@portkey-tracing/core";
import { memberOf } from "../json.ts";
import { MAX_SPANS, MAX_VALUE_DEPTH, OtlpError, type OtlpSpan, OtlpTooLarge } from "./otlp-span.ts";

const Attributes = z
  .array(z.looseObject({ key: z.string(), value: z.unknown() }))
  .nullish()
  // What is in a value came out of JSON; it is read by `toValue`, which knows how deep it is.
  .transform((list) => toObject((list ?? []) as KeyValue[], 0));

/** 64-bit numbers are texts in JSON; some senders write numbers. */
const Nanos = z
  .union([z.string().regex(/^\d{1,20}$/), z.number().min(0)])
  .transform(Number)
  .default(0);

const Id = z.string().default("");

const Event = z.looseObject({ name: z.string().default(""), timeUnixNano: Nanos, attributes: Attributes });

const Span = z.looseObject({
  traceId: Id,
  spanId: Id,
  parentSpanId: Id,
  name: z.string().default(""),
  startTimeUnixNano: Nanos,
  endTimeUnixNano: Nanos,
  attributes: Attributes,
  events: z.array(Event).nullish(),
  status: z.looseObject({ code: z.int().default(0), message: z.string().default("") }).nullish(),
});

const Request = z.looseObject({
  resourceSpans: z
    .array(
      z.looseObject({
        resource: z.looseObject({ attributes: Attributes }).nullish(),
        scopeSpans: z
          .array(
            z.looseObject({
              scope: z.looseObject({ name: z.string().default("") }).nullish(),
              spans: z.array(Span).default([]),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});

/** The shape of a request, for the document of the API. */
export const OtlpRequestSchema: z.ZodType = z
  .looseObject({ resourceSpans: z.array(z.looseObject({})) })
  .openapi("OtlpTraces", { description: "ExportTraceServiceRequest of opentelemetry-proto, in its JSON form" });

/** Reads OTLP's JSON. Throws an `OtlpError` where it is none. */
export function decodeJson(value: JsonValue): OtlpSpan[] {
  const { data, error } = Request.safeParse(value);
  if (error !== undefined) throw new OtlpError(`${error.issues[0]?.path.join(".") || "body"}: not as OTLP has it`);
  const count = data.resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans)
    .reduce((sum, { spans }) => sum + spans.length, 0);
  if (count > MAX_SPANS) throw new OtlpTooLarge(`body: expected at most ${MAX_SPANS} spans`);
  return data.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map(
        (span): OtlpSpan => ({
          traceId: span.traceId.toLowerCase(),
          spanId: span.spanId.toLowerCase(),
          parentSpanId: span.parentSpanId.toLowerCase(),
          name: span.name,
          startNanos: span.startTimeUnixNano,
          endNanos: span.endTimeUnixNano,
          attributes: span.attributes,
          events: (span.events ?? []).map((event) => ({
            name: event.name,
            timeNanos: event.timeUnixNano,
            attributes: event.attributes,
          })),
          statusCode: span.status?.code ?? 0,
          statusMessage: span.status?.message ?? "",
          resource: resource?.attributes ?? {},
          scope: scope?.name ?? "",
        }),
      ),
    ),
  );
}

interface KeyValue {
  readonly key: string;
  readonly value?: JsonValue | undefined;
}

function toObject(list: readonly KeyValue[], depth: number): JsonObject {
  return Object.fromEntries(list.map(({ key, value }) => [key, toValue(value, depth)]));
}

/** `{ stringValue: "x" }` → `"x"`. */
function toValue(value: JsonValue | undefined, depth: number): JsonValue {
  if (depth > MAX_VALUE_DEPTH) throw new OtlpError("attributes: nested too deep");
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const [[kind, inner] = []] = Object.entries(value);
  switch (kind) {
    case "stringValue":
    case "boolValue":
    case "bytesValue":
      return inner ?? null;
    case "doubleValue":
      return Number.isFinite(Number(inner)) ? Number(inner) : (inner ?? null);
    case "intValue":
      // Those of 64 bits (ids) are digits that are not exact as a number.
      return Number.isSafeInteger(Number(inner)) ? Number(inner) : (inner ?? null);
    case "arrayValue":
      return membersOf(inner).map((one) => toValue(one, depth + 1));
    case "kvlistValue":
      return toObject(membersOf(inner).filter(isKeyValue), depth + 1);
    case undefined:
    default:
      return null;
  }
}

function membersOf(value: JsonValue | undefined): JsonValue[] {
  const values = memberOf(value, "values");
  return Array.isArray(values) ? values : [];
}

function isKeyValue(value: JsonValue): value is { key: string; value: JsonValue } {
  return typeof memberOf(value, "key") === "string";
}
