import { describe, expect, it } from "vitest";
import { createHeaders } from "./create-headers.ts";

describe("headers for a request through the gateway", () => {
  it.each(["traceID", "traceId", "trace_id", "TRACE_ID", "trace-id", "x-portkey-trace-id"])(
    "know a trace id by the name %s",
    (name) => {
      expect(createHeaders({ [name]: "t" })).toEqual({ "x-portkey-trace-id": "t" });
    },
  );

  it.each([
    ["spanId", "x-portkey-span-id"],
    ["span_id", "x-portkey-span-id"],
    ["parentSpanId", "x-portkey-parent-span-id"],
    ["parentSpanID", "x-portkey-parent-span-id"],
    ["parent_span_id", "x-portkey-parent-span-id"],
    ["spanName", "x-portkey-span-name"],
    ["span_name", "x-portkey-span-name"],
    ["apiKey", "x-portkey-api-key"],
    ["virtual_key", "x-portkey-virtual-key"],
    ["customHost", "x-portkey-custom-host"],
    ["cacheForceRefresh", "x-portkey-cache-force-refresh"],
    ["awsS3Bucket", "x-portkey-aws-s3-bucket"],
    ["traceparent", "traceparent"],
    ["baggage", "baggage"],
    ["Authorization", "authorization"],
  ])("write %s as %s", (name, header) => {
    expect(createHeaders({ [name]: "value" })).toEqual({ [header]: "value" });
  });

  it("leave out what is absent, and where the request goes", () => {
    expect(createHeaders({ traceId: undefined, spanId: null, spanName: "", baseURL: "https://a/v1" })).toEqual({});
    expect(createHeaders(undefined as never)).toEqual({});
  });

  it("keep 0 and false, which are values", () => {
    expect(createHeaders({ traceId: 0, cacheForceRefresh: false })).toEqual({
      "x-portkey-trace-id": "0",
      "x-portkey-cache-force-refresh": "false",
    });
  });

  it("write objects as JSON in ASCII, metadata as texts of at most 128 characters", () => {
    const headers = createHeaders({
      config: { retry: { attempts: 2 }, note: "schön" },
      metadata: { _user: "Zoë", attempt: 3, nothing: null, long: "x".repeat(200), nested: { a: 1 } },
    });
    expect(headers["x-portkey-config"]).toBe('{"retry":{"attempts":2},"note":"sch\\u00f6n"}');
    expect(JSON.parse(headers["x-portkey-metadata"] ?? "")).toEqual({
      _user: "Zoë",
      attempt: "3",
      long: "x".repeat(128),
      nested: '{"a":1}',
    });
  });

  it("take metadata that is JSON already", () => {
    expect(createHeaders({ metadata: '{"_user":"u"}' })["x-portkey-metadata"]).toBe('{"_user":"u"}');
    expect(createHeaders({ metadata: '{"_user":"Zoë"}' })["x-portkey-metadata"]).toBe('{"_user":"Zo\\u00eb"}');
    expect(createHeaders({ metadata: "ö" })).toEqual({});
  });

  it("pass the named headers on under their own names", () => {
    expect(createHeaders({ forwardHeaders: ["customId", "x-team"], customId: "7", "x-team": "a" })).toEqual({
      "x-portkey-forward-headers": "custom-id,x-team",
      "custom-id": "7",
      "x-team": "a",
    });
  });

  it("name those that are passed on as they are spelt, and nothing that is no name", () => {
    const forwardHeaders = ["X-RequestID", "x-my_id", "a\r\nx-evil: 1", "bad\n", "", "with blank", 5 as never];
    expect(createHeaders({ forwardHeaders, "X-RequestID": "7", "x-my_id": "8" })).toEqual({
      "x-portkey-forward-headers": "x-requestid,x-my_id",
      "x-requestid": "7",
      "x-my_id": "8",
    });
    expect(createHeaders({ forward_headers: ["x-team"], "x-team": "a" })).toMatchObject({ "x-team": "a" });
  });

  it("have nothing of what throws when it is read", () => {
    const hostile = {
      spanId: "s",
      get traceId(): never {
        throw new Error("no id");
      },
    };
    expect(createHeaders(hostile as never)).toEqual({ "x-portkey-span-id": "s" });
  });

  it("survive values that no header could carry", () => {
    const cyclic: Record<string, unknown> = { big: 1n };
    cyclic["self"] = cyclic;
    const headers = createHeaders({
      spanName: "Größe\r\nx-portkey-api-key: stolen",
      traceparent: "a\nb",
      metadata: cyclic,
      config: cyclic,
      provider: () => "fn",
      apiKey: Symbol("key"),
      "bad name\n": "x",
    });
    expect(() => new Headers(headers)).not.toThrow();
    expect(Object.keys(headers).toSorted()).toEqual([
      "traceparent",
      "x-portkey-config",
      "x-portkey-metadata",
      "x-portkey-span-name",
    ]);
    expect(headers["x-portkey-span-name"]).toBe("Gr%C3%B6%C3%9Fe%0D%0Ax-portkey-api-key: stolen");
  });

  it("are new for each call: nothing of one sticks to the next", () => {
    const options = Object.freeze({ traceId: "a", metadata: Object.freeze({ _user: "u" }) });
    const first = createHeaders(options);
    first["x-portkey-span-id"] = "mine";
    expect(createHeaders(options)).toEqual({ "x-portkey-trace-id": "a", "x-portkey-metadata": '{"_user":"u"}' });
  });

  it("are made of what can be read", () => {
    const { proxy, revoke } = Proxy.revocable<string[]>([], {});
    revoke();
    expect(createHeaders({ traceId: "t", forwardHeaders: proxy, metadata: proxy as never })).toMatchObject({
      "x-portkey-trace-id": "t",
    });
    expect(createHeaders(proxy as never)).toEqual({});
  });
});
