import type { JsonObject, JsonValue } from "@portkey-tracing/core";
import { PbfReader } from "pbf";
import { MAX_VALUES } from "../http/limits.ts";
import { TOO_MANY_VALUES } from "../http/read-json.ts";
import { MAX_SPANS, MAX_VALUE_DEPTH, OtlpError, type OtlpEvent, type OtlpSpan, OtlpTooLarge } from "./otlp-span.ts";

/** Numbers of fields are those of opentelemetry-proto 1.x: `trace/v1/trace.proto`, `common/v1/common.proto`. */

type Draft = { -readonly [Key in keyof OtlpSpan]: OtlpSpan[Key] };

/** The spans of a request, and how many values there are in it. */
export interface ProtobufReading {
  readonly spans: OtlpSpan[];
  readonly values: number;
}

/** Counts messages inside messages: what they become takes a hundred bytes and more, and some are two bytes long. */
class Reader extends PbfReader {
  values = 0;
}

/** Reads OTLP's protobuf. Throws an `OtlpError` where it is none. */
export function decodeProtobuf(bytes: Uint8Array): ProtobufReading {
  const spans: OtlpSpan[] = [];
  const reader = new Reader(bytes);
  try {
    eachField(reader, {
      1: (pbf) => readResourceSpans(pbf, spans),
    });
  } catch (error) {
    // What the reader throws differs: a type that is none, a length that leads beyond the end.
    if (error instanceof OtlpError) throw error;
    throw new OtlpError("body: not protobuf as OTLP has it", { cause: error });
  }
  return { spans, values: reader.values };
}

function readResourceSpans(pbf: Reader, spans: OtlpSpan[]): void {
  const resource: JsonObject = {};
  const from = spans.length;
  message(pbf, {
    1: () => message(pbf, { 1: () => readAttribute(pbf, resource, 0) }),
    2: () => readScopeSpans(pbf, spans),
  });
  for (let index = from; index < spans.length; index++) Object.assign(spans[index] ?? {}, { resource });
}

function readScopeSpans(pbf: Reader, spans: OtlpSpan[]): void {
  let scope = "";
  const from = spans.length;
  message(pbf, {
    1: () => message(pbf, { 1: () => (scope = pbf.readString()) }),
    2: () => {
      if (spans.length === MAX_SPANS) throw new OtlpTooLarge(`body: expected at most ${MAX_SPANS} spans`);
      spans.push(readSpan(pbf));
    },
  });
  for (let index = from; index < spans.length; index++) Object.assign(spans[index] ?? {}, { scope });
}

function readSpan(pbf: Reader): OtlpSpan {
  const attributes: JsonObject = {};
  const events: OtlpEvent[] = [];
  const span: Draft = {
    traceId: "",
    spanId: "",
    parentSpanId: "",
    name: "",
    startNanos: 0,
    endNanos: 0,
    attributes,
    events,
    statusCode: 0,
    statusMessage: "",
    resource: {},
    scope: "",
  };
  message(pbf, {
    1: () => (span.traceId = toHex(pbf)),
    2: () => (span.spanId = toHex(pbf)),
    4: () => (span.parentSpanId = toHex(pbf)),
    5: () => (span.name = pbf.readString()),
    7: () => (span.startNanos = pbf.readFixed64()),
    8: () => (span.endNanos = pbf.readFixed64()),
    9: () => readAttribute(pbf, attributes, 0),
    11: () => events.push(readEvent(pbf)),
    15: () =>
      message(pbf, {
        2: () => (span.statusMessage = pbf.readString()),
        3: () => (span.statusCode = pbf.readVarint()),
      }),
  });
  return span;
}

function readEvent(pbf: Reader): OtlpEvent {
  const attributes: JsonObject = {};
  const event = { name: "", timeNanos: 0, attributes };
  message(pbf, {
    1: () => (event.timeNanos = pbf.readFixed64()),
    2: () => (event.name = pbf.readString()),
    3: () => readAttribute(pbf, attributes, 0),
  });
  return event;
}

function readAttribute(pbf: Reader, into: JsonObject, depth: number): void {
  const pair: { key: string; value: JsonValue } = { key: "", value: null };
  message(pbf, {
    1: () => (pair.key = pbf.readString()),
    2: () => (pair.value = readValue(pbf, depth)),
  });
  Object.defineProperty(into, pair.key, { value: pair.value, enumerable: true, configurable: true, writable: true });
}

function readValue(pbf: Reader, depth: number): JsonValue {
  if (depth > MAX_VALUE_DEPTH) throw new OtlpError("attributes: nested too deep");
  let value: JsonValue = null;
  message(pbf, {
    1: () => (value = pbf.readString()),
    2: () => (value = pbf.readBoolean()),
    3: () => (value = readInteger(pbf)),
    4: () => (value = toFinite(pbf.readDouble())),
    5: () => {
      const list: JsonValue[] = [];
      message(pbf, { 1: () => list.push(readValue(pbf, depth + 1)) });
      value = list;
    },
    6: () => {
      const object: JsonObject = {};
      message(pbf, { 1: () => readAttribute(pbf, object, depth + 1) });
      value = object;
    },
    7: () => (value = Buffer.from(pbf.readBytes()).toString("base64")),
  });
  return value;
}

type Fields = Readonly<Record<number, (pbf: Reader) => unknown>>;

/** Reads a message that has its length before it. */
function message(pbf: Reader, fields: Fields): void {
  pbf.values += 1;
  if (pbf.values > MAX_VALUES) throw new OtlpTooLarge(TOO_MANY_VALUES);
  const end = pbf.readVarint() + pbf.pos;
  if (end > pbf.length) throw new OtlpError("body: ends early");
  eachField(pbf, fields, end);
}

function eachField(pbf: Reader, fields: Fields, end: number = pbf.length): void {
  while (pbf.pos < end) {
    const tag = pbf.readVarint();
    const read = fields[tag >> 3];
    if (read === undefined) pbf.skip(tag);
    else read(pbf);
  }
  if (pbf.pos !== end) throw new OtlpError("body: a field leads beyond its message");
}

function toHex(pbf: Reader): string {
  return Buffer.from(pbf.readBytes()).toString("hex");
}

/** A number; where it cannot be exact as one (ids of 64 bits), its digits. */
function readInteger(pbf: Reader): JsonValue {
  const start = pbf.pos;
  const value = pbf.readVarint(true);
  if (Number.isSafeInteger(value)) return value;
  const bytes = pbf.buf.subarray(start, pbf.pos);
  const bits = bytes.reduceRight((sum, byte) => (sum << 7n) | BigInt(byte & 0x7f), 0n);
  return String(BigInt.asIntN(64, bits));
}

function toFinite(value: number): JsonValue {
  return Number.isFinite(value) ? value : String(value);
}
