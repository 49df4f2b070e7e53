import { toLogRecord } from "@portkey-tracing/core/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aCall, aLargeTrace, aSpan } from "../../../../tests/support/spans.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { exportLogs } from "./export.ts";
import { importLogs, toLines } from "./import.ts";
import type { Output } from "./output.ts";
import { toSafeJson } from "./safe-json.ts";
import { showTrace } from "./show.ts";
import { describeSpan, tailSpans } from "./tail.ts";

const HOSTILE = "\u001b[2J\u0007 \u202e evil \u009b31m \u2028 \u{e0041} \ud800 \n ok";

/** Whatever could act on a terminal, or hide. */
const DANGEROUS = /[\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Cs}\u2028\u2029]/u;

const silent = { count: (): void => undefined, end: (): void => undefined };

let store: Store;
let lines: string[];
let output: Output;
beforeEach(async () => {
  store = await createSqliteStore(":memory:");
  lines = [];
  let open = "";
  const write = async (text: string): Promise<boolean> => {
    open += text;
    return true;
  };
  output = {
    line: async (text) => {
      lines.push(open + text);
      open = "";
      return true;
    },
    write,
    close: async () => undefined,
  };
});
afterEach(() => store.close());

async function* chunksOf(...texts: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

describe("JSON for terminals and files", () => {
  it("has nothing in it that acts, and means the same", () => {
    const value = { [HOSTILE]: [HOSTILE, { plain: "äöü 👩‍👩‍👧" }] };
    expect(toSafeJson(value)).not.toMatch(DANGEROUS);
    expect(JSON.parse(toSafeJson(value))).toEqual(value);
  });
});

describe("export and import", () => {
  it("give the same traces in another store, and the same again when done twice", async () => {
    const spans = [
      aCall("a", { parentSpanId: "root", tags: ["x"], metadata: { n: 1 }, input: { model: "m", messages: [] } }),
      aSpan("root", { name: HOSTILE, status: { code: "error", error: { type: "E", message: HOSTILE } } }),
      ...Array.from({ length: 1_200 }, (_, index) => aSpan(`s${index}`, { traceId: `t${index % 7}` })),
    ];
    await store.insert(spans);
    expect(await exportLogs(store, output, silent)).toBe(1_202);
    expect(lines.join("")).not.toMatch(DANGEROUS);
    const other = await createSqliteStore(":memory:");
    for (let times = 0; times < 2; times++) {
      const report = await importLogs(toLines(chunksOf(lines.join("\n"))), other, silent);
      expect(report).toEqual({ imported: 1_202, rejected: 0, reasons: [] });
    }
    for (const traceId of ["trace", "t0", "t6"]) {
      const byId = new Map((await other.getSpans(traceId)).map((span) => [span.spanId, span]));
      const expected = spans.filter((span) => span.traceId === traceId);
      expect(byId.size).toBe(expected.length);
      for (const span of expected) expect(byId.get(span.spanId)).toEqual(span);
    }
    await other.close();
  });

  it("write one trace where one is asked for, and stop when nobody reads", async () => {
    await store.insert([aSpan("a"), aSpan("b", { traceId: "other" })]);
    expect(await exportLogs(store, output, silent, "other")).toBe(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ trace_id: "other", span_id: "b" });
    const gone: Output = { ...output, line: async () => false };
    expect(await exportLogs(store, gone, silent)).toBe(0);
  });

  it("write a large trace in the order of its tree", async () => {
    const spans = aLargeTrace(700);
    await store.insert(spans.toReversed());
    expect(await exportLogs(store, output, silent, "large")).toBe(700);
    expect(lines.map((line) => JSON.parse(line))).toEqual(spans.map((span) => toLogRecord(span)));
  });

  it("tell which lines could not be read, and take the others", async () => {
    const good = JSON.stringify(toLogRecord(aSpan("a")));
    const bad = ["{oops", "[1]", "7", '{"request":1}', `{"request":{"body":${"[".repeat(9_000)}${"]".repeat(9_000)}}}`];
    bad.push(`{"request":{"body":{"a":[${"{},".repeat(500_000)}{}]}}}`);
    const text = [good, ...bad, "", "  ", good.replaceAll('"a"', '"b"')].join("\n");
    const report = await importLogs(toLines(chunksOf(text)), store, silent, () => 5_000);
    expect(report).toEqual({
      imported: 2,
      rejected: 6,
      reasons: [
        "line 2: expected JSON",
        "line 3: expected one log, not a list",
        "line 4: expected object",
        "line 5: request: expected object",
        expect.stringMatching(/^line 6: /),
        "line 7: expected at most 1000000 values",
      ],
    });
    expect(await store.getSpans("trace")).toHaveLength(2);
  });

  it("hold no more than some megabytes of a file at a time", async () => {
    const line = (index: number): string =>
      JSON.stringify(toLogRecord(aSpan(`s${index}`, { input: "x".repeat(3_000_000) })));
    const sizes: number[] = [];
    const watched: Store = { ...store, insert: async (spans) => void sizes.push(spans.length) };
    const large = (async function* () {
      for (let index = 0; index < 8; index++) yield Buffer.from(line(index));
    })();
    expect(await importLogs(large, watched, silent, () => 5_000)).toMatchObject({ imported: 8 });
    expect(sizes).toEqual([3, 3, 2]);
  });

  it.each([1, 2, 3, 5, 100])("split lines wherever the bytes are cut (%i)", async (size) => {
    const text = Buffer.from("äb\n\nlonger than ten\ncd\r\nend");
    const cut = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
      text.subarray(at * size, (at + 1) * size),
    );
    const seen: string[] = [];
    for await (const line of toLines(chunksOf(...cut), 10)) seen.push(line === "too long" ? line : line.toString());
    expect(seen).toEqual(["äb", "", "too long", "cd\r", "end"]);
  });
});

describe("show", () => {
  beforeEach(() =>
    store.insert([aSpan("root", { name: HOSTILE }), aCall("ask", { parentSpanId: "root", name: "ChatOpenAI" })]),
  );

  it("prints the tree, harmless", async () => {
    await showTrace(store, "trace", output, { json: false, color: false, width: 100 });
    const [text = ""] = lines;
    expect(text).toMatch(/└─ ChatOpenAI .*7 → 3 = 10/);
    for (const line of text.split("\n")) expect(line).not.toMatch(DANGEROUS);
  });

  it("prints summary, spans and feedback as JSON", async () => {
    await store.putFeedback([
      { id: "f", traceId: "trace", value: 1, weight: 1, metadata: {}, createdMs: 1, updatedMs: 1 },
    ]);
    await showTrace(store, "trace", output, { json: true, color: true });
    expect(lines.join("")).not.toMatch(DANGEROUS);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      trace: { spans: 2 },
      spans: [{ spanId: "root", name: HOSTILE }, { spanId: "ask" }],
      feedback: [{ id: "f" }],
    });
  });

  it("prints a large trace as one line of JSON, in the order of its tree", async () => {
    const spans = aLargeTrace(700);
    await store.insert(spans);
    await showTrace(store, "large", output, { json: true, color: false });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "").spans).toEqual(spans);
  });

  it("says when there is no such trace", async () => {
    await expect(showTrace(store, "none", output, { json: false, color: false })).rejects.toThrow(
      "no span of this trace",
    );
  });
});

describe("tail", () => {
  /** Begins, and prints all that arrives once this has resolved. */
  async function follow(to: Output, json: boolean, signal: AbortSignal): Promise<{ following: Promise<void> }> {
    let onReady: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => {
      onReady = resolve;
    });
    const following = tailSpans(store, to, { json, signal, onReady });
    await ready;
    return { following };
  }

  it("prints what arrives, each span once, until it is told to stop", async () => {
    await store.insert([aSpan("before")]);
    const end = new AbortController();
    const { following } = await follow(output, true, end.signal);
    await store.insert([aSpan("a"), aSpan("b")]);
    await expect.poll(() => lines).toHaveLength(2);
    await store.insert([aSpan("a"), aSpan("c")]);
    await expect.poll(() => lines).toHaveLength(3);
    end.abort();
    await following;
    expect(lines.map((line) => JSON.parse(line).span_id)).toEqual(["a", "b", "c"]);
  });

  it("ends when nobody reads any more", async () => {
    const gone: Output = { ...output, line: async () => false };
    const { following } = await follow(gone, false, new AbortController().signal);
    await store.insert([aSpan("a")]);
    await following;
  });

  it("has one harmless line a span", () => {
    const error = { type: "RangeError", message: HOSTILE };
    const line = describeSpan(aCall("a", { name: HOSTILE, status: { code: "error", error } }));
    expect(line).not.toMatch(DANGEROUS);
    expect(line).toMatch(/^00:00:01\.000 {2}trace {2}llm .* a-model {2}10 ms {2}10 tokens {2}error: RangeError: /);
  });
});
