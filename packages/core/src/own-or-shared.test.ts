import { describe, expect, it } from "vitest";
import { type OwnOrShared, ownOrShared } from "./own-or-shared.ts";
import { createTracing } from "./tracing.ts";

describe("the client of a handler", () => {
  it("is made from its options, or is the one that it was given", () => {
    const tracing = createTracing({ enabled: false });
    expect(ownOrShared({ tracing })).toBe(tracing);
    expect(ownOrShared({ enabled: false }).enabled).toBe(false);
  });

  it.each<[string, unknown, RegExp]>([
    [
      "options that would have no effect",
      { tracing: createTracing({ enabled: false }), apiKey: "pk" },
      /^apiKey: has no effect beside `tracing`/,
    ],
    ["a client that is none", { tracing: {} }, /^tracing: must be what createTracing\(\) returned$/],
    ["a client of another make", { tracing: { record: () => undefined } }, /^tracing: must be/],
    ["null as client", { tracing: null }, /^tracing: must be/],
  ])("%s are told", (_name, options, message) => {
    expect(() => ownOrShared(options as OwnOrShared)).toThrow(message);
  });
});
