import { describe, expect, it } from "vitest";
import { createCompressionPolicy } from "./compression.ts";
import { parseRetryAfter, serverNowMs, toBody, toHeaders, toNetworkOutcome, toOutcome } from "./http.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("the request", () => {
  it("is one JSON array of the records", () => {
    const records = ['{"a":1}', '{"b":"é"}'].map(bytes);
    const batch = { records, bytes: records.reduce((sum, record) => sum + record.length, 0) };
    expect(new TextDecoder().decode(toBody(batch))).toBe('[{"a":1},{"b":"é"}]');
  });

  it("carries the key, and a bearer token for the newer gateway only", () => {
    expect(toHeaders({ baseURL: "https://api.portkey.ai/v1", apiKey: "pk", compression: "none" })).toEqual({
      "content-type": "application/json",
      "x-portkey-api-key": "pk",
    });
    expect(toHeaders({ baseURL: "https://aigw.portkey.ai/v1", apiKey: "pk", compression: "none" })).toMatchObject({
      authorization: "Bearer pk",
    });
    expect(toHeaders({ baseURL: "http://127.0.0.1:1/v1", apiKey: undefined, compression: "none" })).toEqual({
      "content-type": "application/json",
    });
  });
});

describe("what an answer means", () => {
  it.each([
    [200, "accepted"],
    [204, "accepted"],
    [408, "retryable"],
    [425, "retryable"],
    [429, "retryable"],
    [500, "retryable"],
    [503, "retryable"],
    [400, "rejected"],
    [402, "rejected"],
    [404, "rejected"],
    [302, "rejected"],
  ])("%d is %s", (status, kind) => {
    expect(toOutcome(status, undefined, "", 0).kind).toBe(kind);
  });

  it.each([
    [401, { reason: "unauthorized" }],
    [403, { reason: "unauthorized" }],
    [413, { reason: "too_large", aboutContent: true }],
    [400, { reason: "rejected", aboutContent: true }],
    [404, { reason: "rejected", aboutContent: false }],
  ])("%d: %o", (status, expected) => {
    expect(toOutcome(status, undefined, "", 0)).toMatchObject(expected);
  });
});

describe("Retry-After", () => {
  const now = Date.UTC(2026, 0, 1);
  it.each<[string | null | undefined, number | undefined]>([
    ["5", 5_000],
    ["0", 0],
    ["1.5", 1_500],
    ["Thu, 01 Jan 2026 00:00:30 GMT", 30_000],
    ["Thu, 01 Jan 2025 00:00:00 GMT", 0],
    ["-3", undefined],
    ["soon", undefined],
    ["", undefined],
    [null, undefined],
    [undefined, undefined],
  ])("%s is %s ms", (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });

  it("as a date counts from the date of the answer, whatever the time is here", () => {
    const nowMs = serverNowMs("Thu, 01 Jan 2026 00:00:00 GMT");
    expect(parseRetryAfter("Thu, 01 Jan 2026 00:00:30 GMT", nowMs)).toBe(30_000);
  });
});

describe("network errors", () => {
  it("are told by code and text", () => {
    const cause = Object.assign(new Error("connect refused"), { code: "ECONNREFUSED" });
    expect(toNetworkOutcome(new TypeError("fetch failed", { cause }))).toEqual({
      kind: "retryable",
      message: "ECONNREFUSED: connect refused",
    });
  });
});

describe("compression by itself", () => {
  const policy = (baseURL: string) => createCompressionPolicy({ baseURL, apiKey: undefined, compression: "auto" });

  it("begins once a far endpoint has said that it takes gzip, and for batches that are worth it", () => {
    const far = policy("https://traces.example/v1");
    expect(far.wantsGzip(100_000)).toBe(false);
    far.noteAccepted("br, gzip");
    expect(far.wantsGzip(100_000)).toBe(true);
    expect(far.wantsGzip(100)).toBe(false);
    far.noteAccepted("gzip;q=0");
    expect(far.wantsGzip(100_000)).toBe(false);
  });

  it("never begins on this machine", () => {
    const near = policy("http://127.0.0.1:1/v1");
    near.noteAccepted("gzip");
    expect(near.wantsGzip(100_000)).toBe(false);
  });
});
