import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../json.ts";
import type { Span } from "../span.ts";
import { anySpan } from "./any-span.ts";
import { fromLogRecord, type LogReading } from "./from-log-record.ts";
import { toLogRecord } from "./to-log-record.ts";

const RECEIVED_AT_MS = Date.parse("2026-11-21T12:00:00.000Z");
const context = { receivedAtMs: RECEIVED_AT_MS, createTraceId: () => "new-trace", createSpanId: () => "new-span" };

const read = (record: unknown): LogReading => fromLogRecord(JSON.parse(JSON.stringify(record)), context);

function spanOf(record: unknown): Span {
  const reading = read(record);
  if (!reading.ok) throw new Error(`${reading.path}: ${reading.reason}`);
  return reading.span;
}

const log = (more: JsonObject = {}): JsonObject => ({ request: { url: "langchain/chain" }, ...more });

describe("fromLogRecord", () => {
  it("gives back every span that toLogRecord wrote", () => {
    fc.assert(
      fc.property(anySpan, (span) => {
        expect(spanOf(toLogRecord(span))).toEqual(span);
      }),
      { numRuns: 500 },
    );
  });

  it("reads again what it has read, whatever stood in it", () => {
    const odd = fc.oneof(
      fc.constantFrom(null, "", "x", -1, 0.1, 499, 1e15, 1e308, "00012", true, "2026-01-01", "{}"),
      fc.json({ maxDepth: 2 }).map((text): unknown => JSON.parse(text)),
    );
    const changes = fc.array(fc.tuple(fc.nat(), fc.option(odd, { nil: undefined })), { maxLength: 4 });
    fc.assert(
      fc.property(anySpan, changes, (span, changed) => {
        const record: JsonObject = JSON.parse(JSON.stringify(toLogRecord(span)));
        for (const [place, value] of changed) changeMember(record, place, value);
        const before = JSON.stringify(record);
        const first = fromLogRecord(record, context);
        expect(JSON.stringify(record)).toBe(before);
        if (!first.ok) return;
        const second = spanOf(toLogRecord(first.span));
        const facts = ({ traceId, spanId, type, status, startTimeMs, tags }: Span): string =>
          JSON.stringify([traceId, spanId, type, status, startTimeMs, tags]);
        expect(facts(second)).toBe(facts(first.span));
        expect(spanOf(toLogRecord(second))).toEqual(second);
      }),
      { numRuns: 500 },
    );
  });

  describe("ids", () => {
    const places: [string, JsonObject][] = [
      ["metadata in camelCase", { metadata: { traceId: "t", spanId: "s", parentSpanId: "p", spanName: "n" } }],
      ["metadata in snake_case", { metadata: { trace_id: "t", span_id: "s", parent_span_id: "p", span_name: "n" } }],
      ["top level in snake_case", { trace_id: "t", span_id: "s", parent_span_id: "p", span_name: "n" }],
      ["top level in camelCase", { traceId: "t", spanId: "s", parentSpanId: "p", spanName: "n" }],
      [
        "headers of the logged request",
        {
          request: {
            headers: {
              "X-Portkey-Trace-Id": "t",
              "x-portkey-span-id": "s",
              "x-portkey-parent-span-id": "p",
              "x-portkey-span-name": "n",
            },
          },
        },
      ],
    ];

    it.each(places)("are read from %s", (_place, record) => {
      expect(spanOf(log(record))).toMatchObject({ traceId: "t", spanId: "s", parentSpanId: "p", name: "n" });
    });

    it("are taken from the first of these places that has one", () => {
      for (let first = 0; first < places.length; first++) {
        const rest = places.slice(first).map(([, record], index) => rename(record, `t${index}`));
        expect(spanOf(merge([log(), ...rest])).traceId).toBe("t0");
      }
    });

    it("are made where the log has none", () => {
      const span = spanOf(log());
      expect(span).toMatchObject({ traceId: "new-trace", spanId: "new-span" });
      expect(span).not.toHaveProperty("parentSpanId");
    });

    it("may be integers, null or empty", () => {
      expect(spanOf(log({ trace_id: 7, span_id: 0, parent_span_id: null }))).toMatchObject({
        traceId: "7",
        spanId: "0",
      });
      expect(spanOf(log({ trace_id: "", metadata: { traceId: null } })).traceId).toBe("new-trace");
    });

    it("keep a name whole that metadata had to cut", () => {
      const name = "n".repeat(300);
      expect(spanOf(log({ span_name: name, metadata: { spanName: name.slice(0, 128) } })).name).toBe(name);
    });

    it("stay out of the user's metadata", () => {
      const metadata = { trace_id: "t", spanId: "s", span_id: "mine", _user: "ada" };
      expect(spanOf(log({ metadata })).metadata).toEqual({ span_id: "mine", _user: "ada" });
    });
  });

  describe("times", () => {
    it.each<[unknown, number]>([
      [12, 12],
      [12.5, 12.5],
      ["0012", 12],
      ["1.5e2", 150],
      [-3, 0],
      [null, 0],
    ])("read response_time %j as %d ms", (given, ms) => {
      expect(spanOf({ request: {}, response: { response_time: given } }).durationMs).toBe(ms);
    });

    it("read `time` where there is no response_time", () => {
      expect(spanOf({ request: {}, response: { time: 41 } }).durationMs).toBe(41);
    });

    const start = Date.parse("2026-11-20T10:00:00.250Z");
    it.each<[string, JsonObject]>([
      ["createdAt", { createdAt: "2026-11-20T10:00:00.250Z" }],
      ["createdAt, as Python writes it", { createdAt: "2026-11-20 10:00:00.250000" }],
      ["start_time in seconds", { start_time: start / 1000 }],
      ["metadata.startTime in nanoseconds", { metadata: { startTime: start * 1e6 } }],
      ["metadata.startTime as text", { metadata: { startTime: `${start}000000` } }],
    ])("start at %s", (_name, record) => {
      expect(spanOf(log(record)).startTimeMs).toBe(start);
    });

    it("start at the arrival minus the duration where nothing else is known", () => {
      expect(spanOf({ request: {}, response: { response_time: 500 } }).startTimeMs).toBe(RECEIVED_AT_MS - 500);
    });
  });

  describe("content", () => {
    it("reads request and response that are JSON text", () => {
      const request = JSON.stringify({ url: "llamaindex/query", body: { input: "why?" } });
      const response = JSON.stringify({ status: 200, body: JSON.stringify({ output: "because" }) });
      expect(spanOf({ request, response })).toMatchObject({ type: "query", input: "why?", output: "because" });
    });

    it("takes a gateway's log of a chat completion for a model call", () => {
      const span = spanOf({
        request: {
          url: "https://api.openai.com/v1/chat/completions",
          provider: "openai",
          body: { model: "m", messages: [] },
        },
        response: { streamingMode: true, body: { usage: { total_tokens: 3 } } },
      });
      expect(span).toMatchObject({ type: "llm", name: "m", source: "Portkey", status: { code: "ok" } });
      expect(span.model).toEqual({
        provider: "openai",
        url: "https://api.openai.com/v1/chat/completions",
        streamed: true,
      });
    });

    it("keeps what it does not know", () => {
      const span = spanOf(log({ metadata: { _source: "CrewAI", source_metadata: "free text", _user: "ada" } }));
      expect(span.metadata).toEqual({ _source: "CrewAI", source_metadata: "free text", _user: "ada" });
    });

    it("reads metadata of the logged request's header under that of the log", () => {
      const headers = { "x-portkey-metadata": '{"_user":"ada","env":"test"}' };
      const span = spanOf({ request: { headers }, metadata: { env: "prod" } });
      expect(span.metadata).toEqual({ _user: "ada", env: "prod" });
    });
  });

  describe("status", () => {
    it.each<[unknown, string]>([
      [undefined, "ok"],
      [200, "ok"],
      ["200", "ok"],
      [499, "cancelled"],
      [500, "error"],
      [429, "error"],
    ])("of HTTP status %j is %s", (status, code) => {
      expect(spanOf({ request: {}, response: { status } }).status.code).toBe(code);
    });

    it("carries the error of the body", () => {
      const body = { error: { message: "slow down", type: "rate_limit", code: 42 } };
      expect(spanOf({ request: {}, response: { status: 429, body } }).status).toEqual({
        code: "error",
        error: { message: "slow down", type: "rate_limit", code: "42", httpStatus: 429 },
      });
    });
  });

  it.each<[unknown, string, string]>([
    [null, "", "expected object"],
    [[], "", "expected object"],
    [{}, "request", "expected object"],
    [{ request: "not json" }, "request", "expected object"],
    [{ request: { body: [] } }, "request.body", "expected object"],
    [{ request: {}, response: { body: 3 } }, "response.body", "expected object"],
    [{ request: {}, response: { status: "bad" } }, "response.status", "expected number"],
    [{ request: {}, response: { response_time: "soon" } }, "response.response_time", "expected number"],
    [{ request: {}, response: { response_time: " " } }, "response.response_time", "expected number"],
    [{ request: {}, start_time: "0x10" }, "start_time", "expected number"],
    [{ request: {}, metadata: { traceId: {} } }, "metadata.traceId", "expected string or integer"],
    [{ request: {}, trace_id: 1.5 }, "trace_id", "expected string or integer"],
    [{ request: {}, span_id: "x".repeat(513) }, "span_id", "expected at most 512 characters"],
    [{ request: {}, createdAt: "tomorrow 3" }, "createdAt", "expected ISO 8601 date, e.g. 2026-11-21T12:00:00Z"],
    [{ request: {}, createdAt: "1" }, "createdAt", "expected ISO 8601 date, e.g. 2026-11-21T12:00:00Z"],
    [{ request: {}, created_at: "1" }, "created_at", "expected ISO 8601 date, e.g. 2026-11-21T12:00:00Z"],
    [{ request: {}, time: 1e15 }, "time", "expected at most 31 years of milliseconds"],
    [{ request: {}, start_time: 1e300 }, "start_time", "expected time between the years 1970 and 2223"],
    [ownLog({ marks: [{ name: "m", time_ms: 1e306 }] }), "response.body.tracing.marks[0]", "expected name and time_ms"],
  ])("refuses %j at %j: %s", (record, path, reason) => {
    expect(read(record)).toEqual({ ok: false, path, reason });
  });

  it("cuts a name that no list could show", () => {
    const reading = read({ request: {}, span_name: `${"x".repeat(1_023)}🦜🦜` });
    expect(reading).toMatchObject({ ok: true, span: { name: `${"x".repeat(1_023)}\ufffd` } });
  });
});

/** A record of this library's own. */
function ownLog(more: JsonObject): JsonObject {
  return { request: {}, response: { body: { tracing: { start_time_ms: 1, duration_ms: 1, ...more } } } };
}

/** Gives the n-th of all members another value, or takes it out. */
function changeMember(record: JsonObject, place: number, value: unknown): void {
  const members: [object, string][] = [];
  const find = (owner: unknown): void => {
    if (typeof owner !== "object" || owner === null) return;
    for (const [key, inner] of Object.entries(owner)) {
      members.push([owner, key]);
      find(inner);
    }
  };
  find(record);
  const [owner, key] = members[place % members.length] ?? [record, "request"];
  if (value === undefined) Reflect.deleteProperty(owner, key);
  else Reflect.defineProperty(owner, key, { value, enumerable: true, configurable: true, writable: true });
}

/** The same ids under another trace id. */
function rename(record: JsonObject, traceId: string): JsonObject {
  const copy: JsonObject = JSON.parse(JSON.stringify(record).replace('"t"', JSON.stringify(traceId)));
  return copy;
}

function merge(records: readonly JsonObject[]): JsonObject {
  const metadata: JsonObject = Object.assign({}, ...records.map((record) => record["metadata"]));
  const request: JsonObject = Object.assign({}, ...records.map((record) => record["request"]));
  return Object.assign({}, ...records, { metadata, request });
}
