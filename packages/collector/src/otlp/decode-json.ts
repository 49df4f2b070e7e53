import { z } from "@hono/zod-openapi";
import type { JsonObject, JsonValue } from "@portkey-tracing/core";
import { ONLY_TRACES } from "../http/missing.ts";
import { memberOf } from "../json.ts";
import { MAX_SPANS, MAX_VALUE_DEPTH, OtlpError, type OtlpSpan, OtlpTooLarge } from "./otlp-span.ts";

/** In the JSON form of protobuf, null is what is not there. */
function absentAs<T>(value: T, schema: z.ZodType<T>): z.ZodType<T> {
  return schema.nullish().transform((given) => given ?? value);
}

const Text = absentAs("", z.string());

const Attributes = z
  .array(z.looseObject({ key: Text, value: z.unknown().optional() }))
  .nullish()
  // What is in a value came out of JSON; it is read by `toValue`, which knows how deep it is.
  .transform((list) => toObject((list ?? []) as KeyValue[], 0));

/** 64-bit numbers are texts in JSON; some senders write numbers. */
const Nanos = absentAs(0, z.union([z.string().regex(/^\d{1,20}$/), z.number().min(0)]).transform(Number));

const Event = z.looseObject({ name: Text, timeUnixNano: Nanos, attributes: Attributes });

const Span = z.looseObject({
  traceId: Text,
  spanId: Text,
  parentSpanId: Text,
  name: Text,
  startTimeUnixNano: Nanos,
  endTimeUnixNano: Nanos,
  attributes: Attributes,
  events: z.array(Event).nullish(),
  status: z.looseObject({ code: absentAs(0, z.int()), message: Text }).nullish(),
});

const ScopeSpans = z.looseObject({
  scope: z.looseObject({ name: Text }).nullish(),
  spans: z.array(Span).nullish(),
});

const ResourceSpans = z.looseObject({
  resource: z.looseObject({ attributes: Attributes }).nullish(),
  scopeSpans: z.array(ScopeSpans).nullish(),
});

const Request = z.looseObject({ resourceSpans: z.array(ResourceSpans).nullish() });

/** The shape of a request, for the document of the API. */
export const OtlpRequestSchema: z.ZodType = z
  .looseObject({ resourceSpans: z.array(z.looseObject({})) })
  .openapi("OtlpTraces", { description: "ExportTraceServiceRequest of opentelemetry-proto, in its JSON form" });

/** Reads OTLP's JSON. Throws an `OtlpError` where it is none. */
export function decodeJson(value: JsonValue): OtlpSpan[] {
  const { data, error } = Request.safeParse(value);
  if (error !== undefined) throw new OtlpError(`${error.issues[0]?.path.join(".") || "body"}: not as OTLP has it`);
  // Nobody is told that what was taken for something else is stored.
  if (data.resourceSpans === undefined && Object.keys(data).length > 0) {
    throw new OtlpError(`resourceSpans: expected; ${ONLY_TRACES}`);
  }
  const made = data.resourceSpans ?? [];
  const count = made
    .flatMap(({ scopeSpans }) => scopeSpans ?? [])
    .reduce((sum, { spans }) => sum + (spans?.length ?? 0), 0);
  if (count > MAX_SPANS) throw new OtlpTooLarge(`body: expected at most ${MAX_SPANS} spans`);
  return made.flatMap(({ resource, scopeSpans }) =>
    (scopeSpans ?? []).flatMap(({ scope, spans }) =>
      (spans ?? []).map(
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
