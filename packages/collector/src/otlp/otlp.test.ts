import type { JsonValue } from "@portkey-tracing/core";
import * as fc from "fast-check";
import { PbfReader, PbfWriter } from "pbf";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CollectorApp, createApp } from "../app.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { decodeJson } from "./decode-json.ts";
import { decodeProtobuf } from "./decode-protobuf.ts";
import { OtlpError } from "./otlp-span.ts";
import { encodeStatus } from "./status.ts";
import { fromOtlpSpan } from "./to-span.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

/** A request with one span, as OTLP's JSON has it. */
function aRequest(attributes: Record<string, unknown>, more: object = {}): JsonValue {
  const span = {
    traceId: TRACE,
    spanId: SPAN,
    name: "chat gpt-4o",
    startTimeUnixNano: "1763740800000000000",
    endTimeUnixNano: "1763740801500250000",
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: toAnyValue(value) })),
    ...more,
  };
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "shop" } }] };
  const scopeSpans = [{ scope: { name: "opentelemetry.instrumentation.openai_v2" }, spans: [span] }];
  return JSON.parse(JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] }));
}

function toAnyValue(value: unknown): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(toAnyValue) } };
  return {
    kvlistValue: { values: Object.entries(Object(value)).map(([key, one]) => ({ key, value: toAnyValue(one) })) },
  };
}

function spanOf(attributes: Record<string, unknown>, more: object = {}): unknown {
  const [otlp] = decodeJson(aRequest(attributes, more));
  const reading = otlp === undefined ? undefined : fromOtlpSpan(otlp);
  return reading?.ok === true ? reading.span : reading;
}

const CALL = {
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "OpenAI",
  "gen_ai.request.model": "gpt-4o",
  "gen_ai.response.model": "gpt-4o-2024-08-06",
  "gen_ai.request.temperature": 0.5,
  "gen_ai.request.max_tokens": 100,
  "gen_ai.usage.input_tokens": 12,
  "gen_ai.usage.output_tokens": 3,
  "gen_ai.usage.cache_read.input_tokens": 8,
  "gen_ai.response.finish_reasons": ["tool_calls"],
  "gen_ai.response.time_to_first_chunk": 0.25,
  "gen_ai.conversation.id": "c-1",
  "user.id": "ada",
};

describe("a call to a model, by the conventions for GenAI", () => {
  it("is what the rest of the tree has", () => {
    const request = { model: "gpt-4o", temperature: 0.5, max_tokens: 100 };
    expect(spanOf(CALL, { parentSpanId: "00f067aa0ba902b7" })).toMatchObject({
      traceId: TRACE,
      spanId: SPAN,
      parentSpanId: "00f067aa0ba902b7",
      name: "chat gpt-4o",
      type: "llm",
      source: "Portkey",
      startTimeMs: 1_763_740_800_000,
      durationMs: 1_500.25,
      status: { code: "ok" },
      model: { provider: "openai", timeToFirstTokenMs: 250 },
      input: request,
      output: {
        model: "gpt-4o-2024-08-06",
        usage: {
          prompt_tokens: 12,
          completion_tokens: 3,
          total_tokens: 15,
          prompt_tokens_details: { cached_tokens: 8 },
        },
      },
      metadata: { _user: "ada", session_id: "c-1", "service.name": "shop", "gen_ai.conversation.id": "c-1" },
    });
  });

  const input = [
    { role: "user", parts: [{ type: "text", content: "Where is order 17?" }] },
    { role: "assistant", parts: [{ type: "tool_call", id: "t1", name: "find", arguments: { order: 17 } }] },
    { role: "tool", parts: [{ type: "tool_call_response", id: "t1", response: "in Oslo" }] },
  ];
  const output = [
    {
      role: "assistant",
      parts: [
        { type: "reasoning", content: "hm" },
        { type: "text", content: "In Oslo." },
      ],
      finish_reason: "stop",
    },
  ];
  const messages = {
    input: {
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Where is order 17?" },
        {
          role: "assistant",
          content: "",
          tool_calls: [{ id: "t1", type: "function", function: { name: "find", arguments: '{"order":17}' } }],
        },
        { role: "tool", tool_call_id: "t1", content: "in Oslo" },
      ],
    },
    output: {
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "In Oslo.", reasoning_content: "hm" },
          finish_reason: "stop",
        },
      ],
    },
  };

  it.each([
    ["JSON texts", JSON.stringify],
    ["values", (value: unknown) => value],
  ])("has its messages, given as %s", (_name, write) => {
    const content = {
      "gen_ai.system_instructions": write([{ type: "text", content: "Be brief." }]),
      "gen_ai.input.messages": write(input),
      "gen_ai.output.messages": write(output),
    };
    expect(spanOf({ ...CALL, ...content })).toMatchObject(messages);
    const span = spanOf({ ...CALL, ...content });
    expect(JSON.stringify(Object(span).metadata)).not.toContain("Oslo");
  });

  it("has its messages, given in an event", () => {
    const attributes = [{ key: "gen_ai.output.messages", value: { stringValue: JSON.stringify(output) } }];
    const events = [
      { timeUnixNano: "1763740800000000000", name: "gen_ai.client.inference.operation.details", attributes },
    ];
    expect(spanOf(CALL, { events })).toMatchObject({ output: messages.output, marks: [] });
  });

  it("has its messages as older instrumentations number them", () => {
    const older = {
      "gen_ai.prompt.0.role": "user",
      "gen_ai.prompt.0.content": "hello",
      "gen_ai.completion.0.role": "assistant",
      "gen_ai.completion.0.content": "hi",
      "gen_ai.completion.0.finish_reason": "stop",
    };
    expect(spanOf({ "llm.request.type": "chat", "gen_ai.system": "openai", ...older })).toMatchObject({
      type: "llm",
      input: { messages: [{ role: "user", content: "hello" }] },
      output: { choices: [{ message: { role: "assistant", content: "hi" }, finish_reason: "stop" }] },
    });
  });

  it("has its messages as OpenInference names them", () => {
    const other = {
      "openinference.span.kind": "LLM",
      "llm.model_name": "gpt-4o",
      "llm.input_messages.0.message.role": "user",
      "llm.input_messages.0.message.content": "hello",
      "llm.token_count.prompt": 4,
      "llm.token_count.completion": 2,
    };
    expect(spanOf(other)).toMatchObject({
      type: "llm",
      input: { model: "gpt-4o", messages: [{ role: "user", content: "hello" }] },
      output: { usage: { total_tokens: 6 } },
    });
  });
});

describe("other spans", () => {
  it.each([
    [{ "gen_ai.operation.name": "invoke_agent" }, "agent"],
    [{ "gen_ai.operation.name": "embeddings" }, "embedding"],
    [{ "traceloop.span.kind": "workflow" }, "workflow"],
    [{ "openinference.span.kind": "RETRIEVER" }, "retriever"],
    [{ "http.request.method": "GET" }, "span"],
    [{ "gen_ai.operation.name": "constructor" }, "span"],
  ])("%j is of type %s", (attributes, type) => {
    expect(spanOf(attributes)).toMatchObject({ type });
  });

  it("have what a tool was given and gave", () => {
    const tool = {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.call.arguments": '{"order":17}',
      "gen_ai.tool.call.result": "in Oslo",
    };
    expect(spanOf(tool)).toMatchObject({ type: "tool", input: { order: 17 }, output: "in Oslo" });
  });

  it("have errors, marks and attributes of every kind", () => {
    const exception = Object.entries({ type: "ValueError", message: "no such order", stacktrace: "File …" });
    const attributes = exception.map(([key, text]) => ({ key: `exception.${key}`, value: { stringValue: text } }));
    const events = [
      { name: "exception", timeUnixNano: "1", attributes },
      { name: "retry", timeUnixNano: "1763740800500000000", attributes: [{ key: "n", value: { intValue: "2" } }] },
    ];
    const values = { a: true, b: 1.5, c: ["x", 1], d: { e: "f" }, "http.response.status_code": 503 };
    expect(spanOf(values, { events, status: { code: 2, message: "unused" } })).toMatchObject({
      status: {
        code: "error",
        error: { type: "ValueError", message: "no such order", stack: "File …", httpStatus: 503 },
      },
      marks: [{ name: "retry", timeMs: 1_763_740_800_500, attributes: { n: 2 } }],
      metadata: values,
    });
  });
});

describe("POST /v1/otel/v1/traces", () => {
  let store: Store;
  let app: CollectorApp;
  beforeEach(async () => {
    store = await createSqliteStore(":memory:");
    app = createApp({ store, maxRequestsPerSecond: 0, maxBodyBytes: 100_000 });
  });
  afterEach(() => store.close());

  const post = (body: string | Uint8Array<ArrayBuffer>, type = "application/json"): Response | Promise<Response> =>
    app.request("/v1/otel/v1/traces", { method: "POST", body, headers: { "content-type": type } });

  it("stores spans, and says which it did not", async () => {
    expect(await (await post(JSON.stringify(aRequest(CALL)))).json()).toEqual({ partialSuccess: {} });
    const bad = await post(JSON.stringify(aRequest(CALL, { spanId: "0".repeat(16) })));
    expect([bad.status, await bad.json()]).toEqual([
      200,
      { partialSuccess: { rejectedSpans: "1", errorMessage: "spanId: expected 16 hex characters, not all zero" } },
    ]);
    expect(await store.getSpans(TRACE)).toHaveLength(1);
  });

  it.each([
    "{oops",
    "[]",
    '{"resourceSpans":1}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":{}}]}]}]}',
    "\u0000",
  ])("answers 400 to %j", async (body) => {
    expect((await post(body)).status).toBe(400);
    const other = await post(new TextEncoder().encode(body), "application/x-protobuf");
    expect([other.status, other.headers.get("content-type")]).toEqual([400, "application/x-protobuf"]);
  });

  it("takes null for what is not there, as the JSON of protobuf has it, and attributes without a value", async () => {
    const nothing = { parentSpanId: null, endTimeUnixNano: null, status: { code: null, message: null }, events: null };
    const attributes = [{ key: "left" }, { key: "empty", value: null }, { key: "a", value: { intValue: 5 } }];
    const scopeSpans = [{ spans: null }, { scope: { name: null } }];
    const request = Object(aRequest({}, { ...nothing, attributes }));
    request.resourceSpans.push({ resource: { attributes: null }, scopeSpans }, { scopeSpans: null });
    expect((await post(JSON.stringify(request))).status).toBe(200);
    expect(await store.getSpans(TRACE)).toMatchObject([{ status: { code: "ok" }, metadata: { left: null, a: 5 } }]);
    for (const body of ['{"resourceSpans":null}', "{}"]) expect((await post(body)).status).toBe(200);
  });

  it.each([{ resource_spans: [] }, { resourceMetrics: [] }, { resourceLogs: [] }, { request: {} }])(
    "does not say that it stored %j",
    async (body) => {
      const answer = await post(JSON.stringify(body));
      expect([answer.status, await answer.json()]).toEqual([
        400,
        { status: "failure", message: expect.stringMatching(/^resourceSpans: expected; of OpenTelemetry only traces/) },
      ]);
    },
  );

  it.each(["application/protobuf", "application/x-google-protobuf", "application/grpc", "application/octet-stream"])(
    "tells who sends %s by which name it would be taken",
    async (type) => {
      const answer = await post(new Uint8Array([10, 0]), type);
      expect([answer.status, await answer.json()]).toEqual([
        415,
        { status: "failure", message: "content-type: expected application/json or application/x-protobuf" },
      ]);
    },
  );

  describe("refuses in the encoding of the request", () => {
    const BIG = new Uint8Array(1_000);
    const KEY = "a-key-of-sixteen-characters";
    const send = (to: CollectorApp, body: Uint8Array<ArrayBuffer>, headers = {}): Response | Promise<Response> =>
      to.request("/v1/otel/v1/traces", {
        method: "POST",
        body,
        headers: { "content-type": "Application/x-protobuf; v=1", accept: "*/*", ...headers },
      });
    const broken = (code: string, message: string): Store =>
      ({ ...store, insert: () => Promise.reject(Object.assign(new Error(message), { code })) }) satisfies Store;

    it.each<[number, () => CollectorApp, object, string, boolean]>([
      [401, () => createApp({ store, apiKey: KEY }), {}, "this collector wants its API key", false],
      [403, () => app, { origin: "https://evil.example" }, "this collector takes no requests", false],
      [413, () => createApp({ store, maxBodyBytes: 10 }), {}, "body: expected at most 10 bytes", false],
      [415, () => app, { "content-encoding": "br" }, "content-encoding: expected gzip or none", false],
      [429, () => createApp({ store, maxRequestsPerSecond: 0.1 }), {}, "too many requests", true],
      [500, () => createApp({ store: broken("E", "bug") }), {}, "the collector failed", false],
      [503, () => createApp({ store: broken("ECONNREFUSED", "no") }), {}, "the store cannot be used now", true],
    ])("with %i", async (status, create, headers, message, mayTryAgain) => {
      const body = status === 413 ? BIG : new Uint8Array();
      const answer = await send(create(), body, { ...headers, "accept-encoding": "gzip" });
      expect([answer.status, answer.headers.get("content-type")]).toEqual([status, "application/x-protobuf"]);
      const bytes = new PbfReader(new Uint8Array(await answer.arrayBuffer()));
      const said = bytes.readFields((tag, fields: Record<number, string>, pbf) => (fields[tag] = pbf.readString()), {});
      expect(said).toEqual({ 2: expect.stringContaining(message) });
      expect(Number(answer.headers.get("retry-after")) > 0).toBe(mayTryAgain);
    });

    it("however long the message", () => {
      fc.assert(
        fc.property(fc.string({ maxLength: 300, unit: "binary" }), (message) => {
          const pbf = new PbfReader(encodeStatus(message));
          const said = pbf.readFields((tag, fields: Record<number, string>, at) => (fields[tag] = at.readString()), {});
          expect(said).toEqual({ 2: message.toWellFormed() });
        }),
      );
      const long = "ä".repeat(20_000);
      expect(new PbfReader(encodeStatus(long).subarray(1)).readString()).toBe(long);
    });

    it("and says the same in JSON to who sends JSON", async () => {
      const answer = await send(app, BIG, { "content-type": "application/json", "content-encoding": "br" });
      expect([answer.status, await answer.json()]).toEqual([
        415,
        { status: "failure", message: "content-encoding: expected gzip or none" },
      ]);
    });
  });

  it("refuses values that are nested too deep, in either encoding", async () => {
    const deep = Array.from({ length: 100 }).reduce<unknown>((inner) => [inner], "x");
    expect((await post(JSON.stringify(aRequest({ deep })))).status).toBe(400);
    const bottomless = `${'{"arrayValue":{"values":['.repeat(50_000)}{}${"]}}".repeat(50_000)}`;
    const bottom = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"a","value":${bottomless}}]}]}]}]}`;
    const roomy = createApp({ store });
    expect((await roomy.request("/v1/otel/v1/traces", { method: "POST", body: bottom })).status).toBe(400);
    const nest = (levels: number, pbf: PbfWriter): void => {
      if (levels === 0) return;
      // AnyValue.array_value → ArrayValue.values
      pbf.writeMessage(
        5,
        (_, array) => array.writeMessage(1, (left: number, value) => nest(left, value), levels - 1),
        0,
      );
    };
    const attribute = (_: unknown, pbf: PbfWriter): void => pbf.writeMessage(2, (_none, value) => nest(100, value), 0);
    const pbf = new PbfWriter();
    const inner = (field: number, write: (none: unknown, into: PbfWriter) => void) => (_: unknown, into: PbfWriter) =>
      into.writeMessage(field, write, 0);
    inner(1, inner(2, inner(2, inner(9, attribute))))(0, pbf);
    const bytes = new Uint8Array(pbf.finish());
    expect(() => decodeProtobuf(bytes)).toThrow("nested too deep");
    expect((await post(bytes, "application/x-protobuf")).status).toBe(400);
  });

  it("answers 413 to more values or spans than it takes, however short, in either encoding", async () => {
    const roomy = createApp({ store });
    const send = async (body: string | Uint8Array<ArrayBuffer>, type: string): Promise<number> =>
      (await roomy.request("/v1/otel/v1/traces", { method: "POST", body, headers: { "content-type": type } })).status;
    // resource_spans → scope_spans → what is repeated, with nothing in it.
    const binary = (field: number, times: number): Uint8Array<ArrayBuffer> => {
      const pbf = new PbfWriter();
      const inner = Buffer.from([field * 8 + 2, 0]);
      const many = Buffer.concat(Array.from({ length: times }, () => inner));
      const within = (bytes: Buffer) => (_: unknown, into: PbfWriter) => {
        into.writeTag(2, 2);
        into.writeBytes(bytes);
      };
      pbf.writeMessage(1, within(many), 0);
      return new Uint8Array(pbf.finish());
    };
    expect(await send(binary(2, 10_001), "application/x-protobuf")).toBe(413);
    expect(await send(binary(1, 1_000_001), "application/x-protobuf")).toBe(413);
    const spans = Array.from({ length: 10_001 }, () => ({}));
    expect(await send(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }), "application/json")).toBe(413);
    const values = `{"resourceSpans":[${"{},".repeat(500_000)}{}]}`;
    expect(await send(values, "application/json")).toBe(413);
  });

  it.each(["1234567890123456789", "-9223372036854775808", "9223372036854775807", "-1", "9007199254740991", "0"])(
    "keeps every digit of %s, in either encoding",
    async (digits) => {
      const attributes = [{ key: "user.id", value: { intValue: digits } }];
      expect((await post(JSON.stringify(aRequest({}, { attributes })))).status).toBe(200);
      const varint = Buffer.from(
        Array.from({ length: 10 }, (_, index) => {
          const rest = BigInt.asUintN(64, BigInt(digits)) >> BigInt(index * 7);
          return Number(rest & 0x7fn) | (index < 9 ? 0x80 : 0);
        }),
      );
      const field = (number: number, ...parts: Uint8Array[]): Buffer => {
        const inner = Buffer.concat(parts);
        return Buffer.concat([Buffer.from([number * 8 + 2, inner.length]), inner]);
      };
      const value = field(2, Buffer.from([3 * 8]), varint);
      const attribute = field(9, field(1, Buffer.from("user.id")), value);
      const ids = Buffer.concat([
        field(1, Buffer.from(TRACE, "hex")),
        field(2, Buffer.from("00000000000000aa", "hex")),
      ]);
      const bytes = new Uint8Array(field(1, field(2, field(2, ids, attribute))));
      expect((await post(bytes, "application/x-protobuf")).status).toBe(200);
      const spans = await store.getSpans(TRACE);
      expect(spans.map((span) => span.metadata["_user"])).toEqual([digits, digits]);
    },
  );

  it("takes or refuses any bytes, and never fails", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          for (const span of decodeProtobuf(bytes).spans) fromOtlpSpan(span);
        } catch (error) {
          expect(error).toBeInstanceOf(OtlpError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("takes or refuses any JSON, and never fails", () => {
    const key = fc.constantFrom(
      "resourceSpans",
      "scopeSpans",
      "spans",
      "attributes",
      "value",
      "key",
      "arrayValue",
      "values",
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 8 }, fc.jsonValue({ maxDepth: 1 }), tie("list"), tie("object")),
      list: fc.array(tie("any"), { maxLength: 3 }),
      object: fc.array(fc.tuple(key, tie("any")), { maxLength: 4 }).map(Object.fromEntries),
    })).any;
    fc.assert(
      fc.property(value, (json) => {
        try {
          for (const span of decodeJson(JSON.parse(JSON.stringify(json)))) fromOtlpSpan(span);
        } catch (error) {
          expect(error).toBeInstanceOf(OtlpError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
