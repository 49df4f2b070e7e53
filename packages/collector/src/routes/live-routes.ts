import type { OpenAPIHono } from "@hono/zod-openapi";
import { streamSSE } from "hono/streaming";
import type { PriceFile } from "../cost/price-file.ts";
import { costOfTrace } from "../cost/span-cost.ts";
import { fail } from "../http/failure.ts";
import { createRoutesApp } from "../http/routes-app.ts";
import { failureOf } from "../http/schemas.ts";
import type { LiveEvent, LiveFeed } from "../live-feed.ts";
import { pause } from "../pause.ts";

const PING_MS = 15_000;

/** Whoever had it and comes again is told to look anew: what happened meanwhile is not told one by one. */
const EVENT_ID = "1";

/** `GET /api/live`: server-sent events. */
export function createLiveRoutes(feed: LiveFeed, prices?: PriceFile): OpenAPIHono {
  const app = createRoutesApp();
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/api/live",
    operationId: "watchTraces",
    summary: "What arrives, as server-sent events, twice a second at most",
    responses: {
      200: {
        description:
          "`traces`: summaries of traces that are new or have changed, as `{ traces }`. `reload`: more has changed than " +
          "that, or the client has been here before (`Last-Event-ID`). `ping`: nothing, every 15 seconds",
        content: { "text/event-stream": { schema: { type: "string" } } },
      },
      503: failureOf("Too many are watching"),
    },
  });
  app.get("/api/live", async (context) => {
    // HEAD is answered by GET, and what follows the head is thrown away without a word.
    if (context.req.method === "HEAD") return context.body(null, 200, { "content-type": "text/event-stream" });
    const end = new AbortController();
    const out: { write?: (event: string, data: string) => Promise<void> } = {};
    const watching = feed.watch(
      async (event) => out.write?.(event.type, dataOf(event, prices)),
      () => end.abort(),
    );
    if (watching === undefined) {
      context.header("retry-after", "10");
      return fail(context, 503, "too many are watching");
    }
    const hasMissed = context.req.header("last-event-id") !== undefined;
    // Who has the head of the answer can look, and misses nothing of what comes after that.
    await watching.ready;
    return streamSSE(context, async (stream) => {
      out.write = (event, data) => stream.writeSSE({ event, data });
      stream.onAbort(() => end.abort());
      try {
        if (hasMissed) await out.write("reload", "{}");
        while (!end.signal.aborted) {
          await stream.writeSSE({ event: "ping", data: "", id: EVENT_ID });
          await pause(PING_MS, end.signal);
        }
      } finally {
        watching.stop();
      }
    });
  });
  return app;
}

/** Summaries are as the list has them. */
function dataOf(event: LiveEvent, prices: PriceFile | undefined): string {
  if (event.type === "reload") return "{}";
  return JSON.stringify({ traces: event.traces.map((trace) => ({ ...trace, cost: costOfTrace(trace, prices) })) });
}
