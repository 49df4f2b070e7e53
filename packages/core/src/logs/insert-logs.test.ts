import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { goldenTree, tree } from "../../../../tests/support/golden.ts";
import { type Sink, startSink } from "../../../../tests/support/sink.ts";
import { createTracing, type Tracing } from "../tracing.ts";
import type { LogInput } from "./insert-logs.ts";

let sink: Sink;
let tracing: Tracing;
let told: string[];

beforeEach(async () => {
  told = [];
  sink = await startSink();
  tracing = createTracing({ baseURL: sink.baseURL, onDiagnostic: ({ message }) => void told.push(message) });
});
afterEach(async () => {
  await tracing.shutdown();
  await sink.close();
});

/** As Portkey's docs show it. */
const log = (spanId: string, parentSpanId?: string): Record<string, unknown> => ({
  request: {
    url: "https://models.example.com/v1/chat/completions",
    provider: "custom",
    body: { model: "house", messages: [{ role: "user", content: "hi" }] },
  },
  response: {
    status: 200,
    response_time: 12,
    body: { choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } },
  },
  metadata: { traceId: "by hand", spanId, spanName: spanId, ...(parentSpanId === undefined ? {} : { parentSpanId }) },
});

describe("logs by hand", () => {
  it("are inserted one by one or many at once, and make a tree of any depth", async () => {
    expect(tracing.logs.insert(log("a"))).toEqual({ inserted: 1, refused: [] });
    expect(tracing.logs.insert([log("b", "a"), log("c", "b")])).toEqual({ inserted: 2, refused: [] });
    await tracing.flush();
    expect(goldenTree(sink.spans())).toBe(tree("llm a 3+4=7\n  llm b 3+4=7\n    llm c 3+4=7"));
    expect(tracing.stats()).toMatchObject({ recorded: 3, sent: 3 });
  });

  it("without ids hang below the span around the call", async () => {
    const { metadata: _none, ...bare } = log("x");
    tracing.withTrace({ name: "request" }, () => tracing.logs.insert(bare));
    await tracing.flush();
    expect(goldenTree(sink.spans())).toBe(tree("span request\n  llm house 3+4=7"));
  });

  it("that are none are refused with the field at fault, and the others are taken", () => {
    const logs = [log("a"), 7, { ...log("b"), request: "no object" }, log("c")] as LogInput[];
    const report = tracing.logs.insert(logs);
    expect(report).toEqual({
      inserted: 2,
      refused: [
        { index: 1, field: "", reason: "expected object" },
        { index: 2, field: "request", reason: "expected object" },
      ],
    });
    expect(told).toEqual(["a log was not taken: the log itself: expected object"]);
  });

  it("pass the same policies as spans", async () => {
    const strict = createTracing({ baseURL: sink.baseURL, capture: { inputs: false } });
    const secret = { ...log("a"), metadata: { traceId: "t", api_key: "sk-secret-of-somebody" } };
    strict.logs.insert(secret);
    await strict.shutdown();
    const sent = JSON.stringify(sink.records);
    expect(sent).not.toMatch(/sk-secret|"content":"hi"/);
    expect(sent).toContain('"house"');
  });

  it("are never thrown at, whatever they are", () => {
    const hostile = new Proxy([], {
      get() {
        throw new Error("no logs");
      },
    });
    expect(tracing.logs.insert(hostile)).toMatchObject({ inserted: 0 });
    expect(tracing.logs.insert(undefined as never)).toMatchObject({ inserted: 0 });
    expect(createTracing({ enabled: false }).logs.insert(log("a"))).toEqual({ inserted: 0, refused: [] });
  });
});
