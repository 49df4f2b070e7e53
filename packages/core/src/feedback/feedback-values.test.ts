import { beforeEach, describe, expect, it } from "vitest";
import { createTracing, type Tracing } from "../tracing.ts";
import type { Feedback } from "./feedback.ts";

let tracing: Tracing;
let told: string[];
beforeEach(() => {
  told = [];
  tracing = createTracing({ apiKey: "pk", onDiagnostic: ({ message }) => void told.push(message) });
});

describe("feedback", () => {
  it.each<[string, unknown, string]>([
    ["no object", 7, "feedback must be an object"],
    ["no value", { traceId: "t" }, "value must be a whole number from −10 to 10, not a undefined"],
    ["a fraction", { traceId: "t", value: 0.5 }, "value must be a whole number from −10 to 10, not 0.5"],
    ["too much", { traceId: "t", value: 11 }, "value must be a whole number from −10 to 10, not 11"],
    ["a text", { traceId: "t", value: "1" }, "value must be a whole number from −10 to 10, not a string"],
    ["too much weight", { traceId: "t", value: 1, weight: 1.5 }, "weight must be a number from 0 to 1, not 1.5"],
    ["no number", { traceId: "t", value: 1, weight: Number.NaN }, "weight must be a number from 0 to 1, not NaN"],
    ["metadata of another kind", { traceId: "t", value: 1, metadata: [1] }, "metadata must be an object"],
    ["no trace", { value: 1 }, "traceId must be a text that is not empty"],
    [
      "one bad among good ones",
      [
        { traceId: "t", value: 1 },
        { traceId: "t", value: 99 },
      ],
      "feedback[1].value must be a whole number from −10 to 10, not 99",
    ],
  ])("with %s is refused before it is sent, with a clear message", async (_name, given, message) => {
    expect(await tracing.feedback(given as Feedback)).toEqual({ status: "refused", reason: "invalid", message });
    expect(tracing.stats().feedback.recorded).toBe(0);
    expect(told).toEqual([`feedback was not taken: ${message}`]);
  });
});
