import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aModelCall, aSpan } from "../../../tests/support/spans.ts";
import { createApp } from "./app.ts";
import { createLiveFeed, type LiveEvent, type LiveFeed } from "./live-feed.ts";
import { serve } from "./serve.ts";
import { type Collector, startCollector } from "./start-collector.ts";
import { createSqliteStore } from "./store/sqlite-store.ts";
import type { Store } from "./store/store.ts";

let store: Store;
let feed: LiveFeed;
let failures: unknown[];
beforeEach(async () => {
  store = await createSqliteStore(":memory:");
  failures = [];
  feed = createLiveFeed(store, (error) => failures.push(error));
});
afterEach(async () => {
  feed.close();
  await store.close();
});

/** Watches, and hears of all that arrives once this has resolved. */
async function watch(events: LiveEvent[], from = feed): Promise<void> {
  await from.watch(async (event) => void events.push(event))?.ready;
}

/** A promise, and what lets it go. */
function hold(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe("the live feed", () => {
  it("tells those who watch which traces are new or have changed, and nothing from before", async () => {
    await store.insert([aSpan("before", { traceId: "old" })]);
    const events: LiveEvent[] = [];
    await watch(events);
    await store.insert([aSpan("a"), aSpan("b", { traceId: "other" }), aSpan("c")]);
    await expect.poll(() => events).toHaveLength(1);
    expect(events).toMatchObject([{ type: "traces", traces: [{ traceId: "trace", spans: 2 }, { traceId: "other" }] }]);
  });

  it("reads no spans for it, which may be large", async () => {
    const events: LiveEvent[] = [];
    const reading: Store = {
      ...store,
      arrivals: (after, limit) => {
        expect([after, limit]).toEqual([undefined, 0]);
        return store.arrivals(after, limit);
      },
      getSpans: () => Promise.reject(new Error("spans were read")),
    };
    const other = createLiveFeed(reading, (error) => failures.push(error));
    await watch(events, other);
    await store.insert([aSpan("a")]);
    await expect.poll(() => events).toHaveLength(1);
    other.close();
    expect(failures).toEqual([]);
  });

  it("tells of which traces feedback was given or changed, and of no trace that is not there", async () => {
    await store.insert([aSpan("a"), aSpan("b", { traceId: "other" })]);
    const feedback = { id: "f", traceId: "other", value: -1, weight: 1, metadata: {}, createdMs: 5, updatedMs: 5 };
    await store.putFeedback([{ ...feedback, id: "before", traceId: "trace" }]);
    const events: LiveEvent[] = [];
    await watch(events);
    await store.putFeedback([feedback, { ...feedback, id: "early", traceId: "not yet" }]);
    await expect.poll(() => events).toHaveLength(1);
    await store.putFeedback([{ ...feedback, value: 1, updatedMs: 6 }]);
    await expect.poll(() => events).toHaveLength(2);
    expect(events).toMatchObject([
      { type: "traces", traces: [{ traceId: "other", feedback: { count: 1, average: -1 } }] },
      { type: "traces", traces: [{ traceId: "other", feedback: { count: 1, average: 1 } }] },
    ]);
  });

  it("tells to look anew when much has changed", async () => {
    const events: LiveEvent[] = [];
    await watch(events);
    await store.insert(Array.from({ length: 101 }, (_, index) => aSpan("a", { traceId: `t${index}` })));
    await expect.poll(() => events).toEqual([{ type: "reload" }]);
  });

  it("has one event at a time on its way to a slow one", async () => {
    const events: string[] = [];
    const all: LiveEvent[] = [];
    let go: () => void = () => undefined;
    const slow = feed.watch(async ({ type }) => {
      events.push(type);
      await new Promise<void>((resolve) => {
        go = resolve;
      });
    });
    await slow?.ready;
    await watch(all);
    for (let count = 1; count <= 3; count++) {
      await store.insert([aSpan(`s${count}`)]);
      await expect.poll(() => all).toHaveLength(count);
    }
    expect(events).toEqual(["traces"]);
    go();
    await expect.poll(() => events).toEqual(["traces", "reload"]);
  });

  it("takes no more than a hundred, and another when one has left", () => {
    const watching = Array.from({ length: 100 }, () => feed.watch(async () => undefined));
    expect(feed.watch(async () => undefined)).toBeUndefined();
    watching[7]?.stop();
    expect(feed.watchers).toBe(99);
    expect(feed.watch(async () => undefined)).toBeDefined();
  });

  it("tells what a failure of the store kept from it", async () => {
    const events: LiveEvent[] = [];
    let isBroken = false;
    const broken: Store = {
      ...store,
      getSummary: (id) => (isBroken ? Promise.reject(new Error("no")) : store.getSummary(id)),
    };
    const other = createLiveFeed(broken, (error) => failures.push(error));
    await watch(events, other);
    isBroken = true;
    await store.insert([aSpan("a")]);
    await expect.poll(() => failures).not.toHaveLength(0);
    isBroken = false;
    await expect.poll(() => events).toMatchObject([{ type: "traces", traces: [{ traceId: "trace" }] }]);
    other.close();
  });

  it("tells to look anew where it could not begin, as the store failed", async () => {
    const events: LiveEvent[] = [];
    let isBroken = true;
    const broken: Store = {
      ...store,
      arrivals: (after, limit) => (isBroken ? Promise.reject(new Error("no")) : store.arrivals(after, limit)),
    };
    const other = createLiveFeed(broken, (error) => failures.push(error));
    await watch(events, other);
    expect(failures).toHaveLength(1);
    await store.insert([aSpan("a")]);
    isBroken = false;
    await expect.poll(() => events).toEqual([{ type: "reload" }]);
    await store.insert([aSpan("b")]);
    await expect.poll(() => events).toHaveLength(2);
    other.close();
  });
});

describe("GET /api/live", () => {
  let collector: Collector;
  beforeEach(async () => {
    collector = await startCollector({ quiet: true });
  });
  afterEach(() => collector.close());

  it("streams events, and lets its watchers go", async () => {
    const abort = new AbortController();
    const answer = await fetch(`${collector.url}/api/live`, { signal: abort.signal });
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    expect(answer.headers.get("content-encoding")).toBeNull();
    let text = "";
    const reading = (async () => {
      for await (const chunk of answer.body ?? []) text += new TextDecoder().decode(chunk);
    })().catch(() => undefined);
    await collector.store.insert([
      aModelCall("a", 1_000_000, 0, { traceId: "trace", name: "line\nbreak\n\nevent: evil" }),
    ]);
    await expect.poll(() => text).toMatch(/event: traces\ndata: \{"traces":\[\{"traceId":"trace"/);
    expect(text).not.toMatch(/^event: evil/m);
    expect(text).toContain('"cost":{"usd":');
    abort.abort();
    await reading;
    const watchers = async (): Promise<string> => (await fetch(`${collector.url}/metrics`)).text();
    await expect.poll(watchers).toContain("portkey_traces_live_watchers 0");
  });

  it("is not answered before it tells all that arrives", async () => {
    const order: string[] = [];
    const { promise: isOpen, resolve: open } = hold();
    const slow: Store = { ...store, arrivals: (after, limit) => isOpen.then(() => store.arrivals(after, limit)) };
    const app = createApp({ store: slow });
    const answering = (async () => {
      const answer = await app.request("/api/live");
      order.push("the head of the answer");
      return answer;
    })();
    await new Promise((resolve) => setTimeout(resolve, 50));
    order.push("up to where all is known");
    open();
    await (await answering).body?.cancel();
    expect(order).toEqual(["up to where all is known", "the head of the answer"]);
  });

  it("lets go who has gone before it could begin", async () => {
    const { promise: isOpen, resolve: open } = hold();
    const slow: Store = { ...store, arrivals: (after, limit) => isOpen.then(() => store.arrivals(after, limit)) };
    const serving = await serve(createApp({ store: slow }), "127.0.0.1", 0);
    const watchers = async (): Promise<string> => (await fetch(`${serving.url}/metrics`)).text();
    const abort = new AbortController();
    const asking = fetch(`${serving.url}/api/live`, { signal: abort.signal });
    await expect.poll(watchers).toContain("portkey_traces_live_watchers 1");
    abort.abort();
    await expect(asking).rejects.toThrow("aborted");
    open();
    await expect.poll(watchers).toContain("portkey_traces_live_watchers 0");
    await serving.stop();
  });

  it("has no watcher for who asks for the head alone", async () => {
    for (let count = 0; count < 101; count++) {
      const answer = await fetch(`${collector.url}/api/live`, { method: "HEAD" });
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    }
    expect(await (await fetch(`${collector.url}/metrics`)).text()).toContain("portkey_traces_live_watchers 0");
  });

  it("tells who comes again to look anew", async () => {
    const firstEvents = async (headers: Record<string, string>): Promise<string> => {
      const abort = new AbortController();
      const answer = await fetch(`${collector.url}/api/live`, { headers, signal: abort.signal });
      let text = "";
      for await (const chunk of answer.body ?? []) {
        text += new TextDecoder().decode(chunk);
        if (text.includes("event: ping")) break;
      }
      abort.abort();
      return text;
    };
    const first = await firstEvents({});
    expect(first).not.toContain("reload");
    const id = /^id: (.+)$/m.exec(first)?.[1] ?? "none";
    expect(await firstEvents({ "last-event-id": id })).toMatch(/^event: reload\ndata: \{\}\n\n/);
  });

  it("ends its streams when the collector does", async () => {
    const answers = await Promise.all([0, 1, 2].map(() => fetch(`${collector.url}/api/live`)));
    const texts = answers.map((answer) => answer.text());
    await collector.close();
    for (const text of await Promise.all(texts)) expect(text).toContain("event: ping");
  });
});
