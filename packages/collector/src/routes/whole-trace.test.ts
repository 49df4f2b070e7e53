import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import type { Span } from "@portkey-tracing/core";
import { buildTree, walk } from "@portkey-tracing/core/tree";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { aLargeTrace, aSpan } from "../../../../tests/support/spans.ts";
import { createApp } from "../app.ts";
import { type Serving, serve } from "../serve.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";

const SPANS = 60;

/** Some 30 MB that cannot be made small: more than sockets hold. */
function aTraceOfNoise(): Span[] {
  return aLargeTrace(SPANS).map((span) => ({ ...span, input: randomBytes(375_000).toString("base64") }));
}

let store: Store;
let serving: Serving;
let said: string[];
/** How much was read of the store. */
let read: { pieces: number; isOver: boolean };
beforeEach(async () => {
  store = await createSqliteStore(":memory:");
  said = [];
  read = { pieces: 0, isOver: false };
  const watched: Store = {
    ...store,
    async *readSpans(traceId, ids) {
      try {
        for await (const piece of store.readSpans(traceId, ids)) {
          read.pieces += 1;
          yield piece;
        }
      } finally {
        read.isOver = true;
      }
    },
  };
  serving = await serve(createApp({ store: watched, onDiagnostic: (line) => said.push(line) }), "127.0.0.1", 0);
});
afterEach(async () => {
  await serving.stop();
  await store.close();
});

/** The head of an answer whose body nobody takes yet. */
async function ask(headers: Record<string, string>): Promise<IncomingMessage> {
  const request = get(`${serving.url}/api/traces/large`, { headers, agent: false });
  const [answer]: [IncomingMessage] = (await once(request, "response")) as [IncomingMessage];
  return answer;
}

async function untilStill(count: () => number): Promise<void> {
  for (let before = 0; before === 0 || before !== count(); await pause(250)) before = count();
}

const plain: Record<string, string> = {};

describe.each([plain, { "accept-encoding": "gzip" }])("a large trace, asked for with %j", (headers) => {
  it("has the bytes that it had as one text", async () => {
    const spans = [...aLargeTrace(2_300), aSpan("lost", { traceId: "large", parentSpanId: "gone", startTimeMs: 1 })];
    await store.insert(spans.toReversed());
    const nodes = [...walk(buildTree(spans))];
    const answer = await ask(headers);
    expect(answer.headers["content-length"]).toBeUndefined();
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(answer.headers["content-encoding"]).toBe(headers["accept-encoding"]);
    const body = await buffer(answer);
    expect((headers["accept-encoding"] === undefined ? body : gunzipSync(body)).toString()).toBe(
      JSON.stringify({
        trace: await store.getSummary("large"),
        spans: nodes.map(({ node }) => node.span),
        outline: nodes.map(({ node, depth }) => ({ spanId: node.span.spanId, depth, orphan: node.orphan === true })),
        feedback: [],
      }),
    );
    const again = await ask({ ...headers, "if-none-match": answer.headers.etag ?? "" });
    expect(again.resume().statusCode).toBe(304);
  });

  it("is read no faster than it is taken, and no further once the client has gone", async () => {
    await store.insert(aTraceOfNoise());
    const answer = await ask(headers);
    await untilStill(() => read.pieces);
    expect(read.pieces).toBeGreaterThan(0);
    expect(read.pieces).toBeLessThan(SPANS - 5);
    expect(read.isOver).toBe(false);
    answer.destroy();
    await expect.poll(() => read.isOver).toBe(true);
    expect(said).toEqual([]);
  });

  it("breaks off where it cannot be read to its end, so that nobody takes it for whole", async () => {
    const print = vi.spyOn(console, "error");
    await store.insert(aTraceOfNoise());
    const answer = await ask(headers);
    await untilStill(() => read.pieces);
    while ((await store.prune({ beforeMs: 1_000_000 })).more);
    const chunks: Buffer[] = [];
    const taking = (async () => {
      for await (const chunk of answer) chunks.push(Buffer.from(chunk));
    })();
    await expect(taking).rejects.toThrow("aborted");
    expect(answer.complete).toBe(false);
    expect(Buffer.concat(chunks).length).toBeGreaterThan(100_000);
    await expect.poll(() => said).toEqual([expect.stringMatching(/^an answer broke off: TraceGone at /)]);
    expect(print).not.toHaveBeenCalled();
    expect((await fetch(`${serving.url}/api/traces/large`)).status).toBe(404);
  });
});
