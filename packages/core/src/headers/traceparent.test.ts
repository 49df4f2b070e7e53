import { describe, expect, it } from "vitest";
import { readTraceparent, toTraceparent } from "./traceparent.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

describe("a traceparent", () => {
  it("names a trace and a span", () => {
    expect(readTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN });
    expect(readTraceparent(` 00-${TRACE}-${SPAN}-00 `)).toEqual({ traceId: TRACE, spanId: SPAN });
  });

  it("of a later version may say more", () => {
    expect(readTraceparent(`01-${TRACE}-${SPAN}-01-more`)).toEqual({ traceId: TRACE, spanId: SPAN });
  });

  it.each([
    "",
    "garbage",
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE}-${SPAN}`,
    undefined,
    17,
  ])("that is malformed names nothing: %s", (value) => {
    expect(readTraceparent(value)).toBeUndefined();
  });

  it("is made of W3C ids; a free trace id is hashed, the same way every time", () => {
    expect(toTraceparent({ traceId: TRACE, spanId: SPAN })).toBe(`00-${TRACE}-${SPAN}-01`);
    const hashed = toTraceparent({ traceId: "order 17", spanId: SPAN });
    expect(readTraceparent(hashed)?.spanId).toBe(SPAN);
    expect(toTraceparent({ traceId: "order 17", spanId: SPAN })).toBe(hashed);
  });

  it("is not made for a span whose id is none of W3C's", () => {
    expect(toTraceparent({ traceId: TRACE, spanId: "7" })).toBeUndefined();
  });
});
