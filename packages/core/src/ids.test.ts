import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSpanId, createTraceId, isSpanId, isTraceId, toSpanId, toTraceId } from "./ids.ts";

describe("ids from run ids", () => {
  const runId = "0198f7a2-1c3d-7e4f-8a5b-6c7d8e9fa0b1";

  it("takes the whole UUID as the trace id and its random tail as the span id", () => {
    expect(toTraceId(runId)).toBe("0198f7a21c3d7e4f8a5b6c7d8e9fa0b1");
    expect(toSpanId(runId)).toBe("8a5b6c7d8e9fa0b1");
  });

  it("gives UUIDv7 ids of one millisecond different span ids", () => {
    expect(toSpanId("0198f7a2-1c3d-7e4f-8a5b-6c7d8e9fa0b2")).not.toBe(toSpanId(runId));
  });

  it("keeps ids that are W3C ids already", () => {
    expect(toTraceId("4bf92f3577b34da6a3ce929d0e0e4736")).toBe("4bf92f3577b34da6a3ce929d0e0e4736");
    expect(toSpanId("00f067aa0ba902b7")).toBe("00f067aa0ba902b7");
  });

  it("never gives an all-zero id", () => {
    expect(isTraceId(toTraceId("00000000-0000-0000-0000-000000000000"))).toBe(true);
    expect(isSpanId(toSpanId("00000000-0000-0000-0000-000000000000"))).toBe(true);
  });

  it("makes valid, stable ids of any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(isTraceId(toTraceId(text))).toBe(true);
        expect(isSpanId(toSpanId(text))).toBe(true);
        expect(toTraceId(text)).toBe(toTraceId(text));
      }),
    );
  });
});

describe("minted ids", () => {
  it("are W3C ids and differ", () => {
    expect(isTraceId(createTraceId())).toBe(true);
    expect(isSpanId(createSpanId())).toBe(true);
    expect(new Set(Array.from({ length: 1000 }, createSpanId)).size).toBe(1000);
  });
});
