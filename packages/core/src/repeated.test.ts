import { beforeEach, expect, it } from "vitest";
import type { EventOrigin, TraceEvent } from "./event.ts";
import type { Span } from "./span.ts";
import type { Tracer } from "./tracer.ts";
import { tracerInto } from "./tracer-for-tests.ts";

const ORIGIN: EventOrigin = { source: "Langchain" };
let spans: Span[];
let tracer: Tracer;

beforeEach(() => {
  spans = [];
  tracer = tracerInto(spans);
});

const start: TraceEvent = { kind: "start", runId: "r", type: "llm", name: "r", model: {} };
const mark = (name: string, of?: unknown): TraceEvent => ({ kind: "mark", runId: "r", name, of });
const token = (text: string, of?: unknown): TraceEvent => ({
  kind: "token",
  runId: "r",
  text,
  of,
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

/** Delivers each event so often, as a framework does to a handler that was given so often. */
function deliver(times: number, ...events: TraceEvent[]): void {
  for (const event of events) for (let n = 0; n < times; n++) tracer.record(event, ORIGIN);
}

const marks = (): string[] | undefined => spans[0]?.marks.map(({ name }) => name);

it.each([1, 2, 3])("marks that are delivered %i times count once, equal ones in a row each", (times) => {
  deliver(times, start, mark("a"), mark("a"), mark("b"), mark("a"));
  tracer.closeAll("shutdown");
  expect(marks()).toEqual(["a", "a", "b", "a"]);
});

it("tokens that are delivered twice count once, with their text and their usage", () => {
  deliver(2, start, token("ha "), token("ha "), token("ho"));
  tracer.closeAll("shutdown");
  expect(spans[0]?.output).toMatchObject({
    choices: [{ message: { content: "ha ha ho" } }],
    usage: { prompt_tokens: 3, completion_tokens: 3, total_tokens: 6 },
  });
});

it("marks that are delivered less often than the start are kept, where they are of different things", () => {
  deliver(3, start);
  deliver(1, mark("a", ["first"]), mark("a", ["second"]));
  deliver(2, mark("a", ["third"]));
  tracer.closeAll("shutdown");
  expect(marks()).toEqual(["a", "a", "a"]);
});

it("the start that another handler tells is no second delivery", () => {
  deliver(1, start);
  tracer.record(start, { source: "Langchain" });
  deliver(1, mark("a"), mark("a"));
  tracer.closeAll("shutdown");
  expect(marks()).toEqual(["a", "a"]);
});
