import { beforeEach, describe, expect, it } from "vitest";
import type { EventOrigin, TokenEvent } from "./event.ts";
import type { Span, Usage } from "./span.ts";
import type { Tracer } from "./tracer.ts";
import { tracerInto } from "./tracer-for-tests.ts";

const ORIGIN: EventOrigin = { source: "Langchain" };
let spans: Span[];
let tracer: Tracer;

beforeEach(() => {
  spans = [];
  tracer = tracerInto(spans);
  tracer.record({ kind: "start", runId: "r", type: "llm", name: "r", model: {} }, ORIGIN);
});

const usage = (prompt: number, completion: number, total = prompt + completion): Usage => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: total,
});
const chunk = (counted: Usage, counts?: TokenEvent["counts"]): void =>
  tracer.record({ kind: "token", runId: "r", text: "x", usage: counted, counts }, ORIGIN);
const counted = (): unknown => (spans[0]?.output as { usage?: unknown } | undefined)?.usage;

function left(): unknown {
  tracer.closeAll("shutdown");
  return counted();
}

function answered(given: Usage | undefined): unknown {
  tracer.record({ kind: "end", runId: "r", output: given === undefined ? {} : { usage: given } }, ORIGIN);
  return counted();
}

describe("a stream that is left", () => {
  it("has the counts of its chunks together", () => {
    chunk(usage(10, 1));
    chunk(usage(0, 2));
    expect(left()).toEqual(usage(10, 3));
  });

  it("has the last of those that count all before", () => {
    chunk(usage(10, 1), "so-far");
    chunk(usage(10, 3), "so-far");
    expect(left()).toEqual(usage(10, 3));
  });

  it("has the tokens of its beginning, until the whole is told", () => {
    chunk(usage(10, 3), "begun");
    expect(left()).toEqual(usage(10, 3));
  });

  it("counts its beginning once", () => {
    chunk(usage(10, 3), "begun");
    chunk(usage(0, 4));
    expect(left()).toEqual(usage(10, 4));
  });
});

describe("an answer", () => {
  it("whose sum holds the beginning twice has it once", () => {
    chunk(usage(10, 3), "begun");
    chunk(usage(0, 4));
    expect(answered(usage(10, 7))).toEqual(usage(10, 4));
  });

  it("whose sum holds it once stays as it is", () => {
    chunk(usage(10, 3), "begun");
    chunk(usage(0, 4));
    expect(answered(usage(10, 4))).toEqual(usage(10, 4));
  });

  it("whose total is not that of its parts has the counts of its chunks, where theirs is", () => {
    chunk(usage(32, 103, 135));
    expect(answered(usage(32, 9, 270))).toEqual(usage(32, 103, 135));
  });

  it("of which not all chunks were handed on keeps its own counts", () => {
    chunk(usage(10, 1));
    expect(answered(usage(10, 20))).toEqual(usage(10, 20));
  });

  it("of other tokens than its chunks keeps its own counts", () => {
    chunk(usage(9, 1));
    expect(answered(usage(10, 2, 99))).toEqual(usage(10, 2, 99));
  });

  it("without counts gets none", () => {
    chunk(usage(10, 1));
    expect(answered(undefined)).toBeUndefined();
  });
});
