import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toSoundId } from "../sound.ts";
import { continueTrace } from "./incoming.ts";
import { toTraceHeaders } from "./trace-headers.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const TRACEPARENT = `00-${TRACE}-${SPAN}-01`;

describe("the trace that a request belongs to", () => {
  it.each([
    ["fetch's Headers", new Headers({ Traceparent: TRACEPARENT })],
    ["Node's headers", { traceparent: TRACEPARENT }],
    ["headers as somebody wrote them", { TraceParent: TRACEPARENT }],
    ["headers that were sent twice", { traceparent: [TRACEPARENT, "other"] }],
  ])("is read from %s", (_name, headers) => {
    expect(continueTrace({ headers })).toEqual({ traceId: TRACE, parent: { traceId: TRACE, spanId: SPAN } });
  });

  it("is Portkey's before it is W3C's, with the span that came with it", () => {
    const headers = { "x-portkey-trace-id": "order 17", "x-portkey-parent-span-id": "abc", traceparent: TRACEPARENT };
    expect(continueTrace({ headers })).toEqual({
      traceId: "order 17",
      parent: { traceId: "order 17", spanId: "abc" },
    });
  });

  it("goes on below the request's own span where that is named", () => {
    const headers = { "x-portkey-trace-id": "t", "x-portkey-span-id": "call", "x-portkey-parent-span-id": "chain" };
    expect(continueTrace({ headers }).parent?.spanId).toBe("call");
  });

  it("has no password, should its id be an address", () => {
    const headers = { "x-portkey-trace-id": "https://user:v-1@host/" };
    expect(continueTrace({ headers }).traceId).toBe("https://[redacted]@host/");
  });

  it("takes no parent from another trace", () => {
    const headers = { "x-portkey-trace-id": "order 17", traceparent: TRACEPARENT };
    expect(continueTrace({ headers })).toEqual({ traceId: "order 17", parent: undefined });
    expect(continueTrace({ traceId: "order 17", traceparent: TRACEPARENT }).parent).toBeUndefined();
    expect(continueTrace({ parentSpanId: SPAN })).toEqual({ traceId: undefined, parent: undefined });
  });

  it("is what the program says before what headers say", () => {
    const headers = { traceparent: `00-${"1".repeat(32)}-${SPAN}-01` };
    expect(continueTrace({ traceparent: TRACEPARENT, headers }).traceId).toBe(TRACE);
    expect(continueTrace({ traceId: "t", parentSpanId: "p", traceparent: TRACEPARENT, headers })).toEqual({
      traceId: "t",
      parent: { traceId: "t", spanId: "p" },
    });
  });

  it("is free text that was escaped for the way", () => {
    expect(continueTrace({ headers: { "x-portkey-trace-id": "Gr%C3%B6%C3%9Fe" } }).traceId).toBe("Größe");
  });

  it("is the one that the calling service had, whatever its id", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 512 }).filter((id) => id.length <= 512);
    fc.assert(
      fc.property(fc.oneof(text, fc.constantFrom(" ", "%41", "東京".repeat(256), "\n", "100%")), (given) => {
        const traceId = toSoundId(given) as string;
        const headers = new Headers(toTraceHeaders({ traceId, spanId: SPAN }));
        expect(continueTrace({ headers })).toEqual({ traceId, parent: { traceId, spanId: SPAN } });
      }),
    );
  });

  it.each([{}, undefined, null, { traceparent: "nonsense" }, { "x-portkey-trace-id": "x".repeat(1_000) }])(
    "is a new one where nothing sound is said: %j",
    (headers) => {
      expect(continueTrace({ headers })).toEqual({ traceId: undefined, parent: undefined });
    },
  );
});
