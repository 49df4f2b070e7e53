import { setTimeout } from "node:timers/promises";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { streamSSE } from "hono/streaming";
import { fail } from "../http/failure.ts";
import { createRoutesApp } from "../http/routes-app.ts";
import { failureOf } from "../http/schemas.ts";
import type { LiveFeed } from "../live-feed.ts";

const PING_MS = 15_000;

/** `GET /api/live`: server-sent events. */
export function createLiveRoutes(feed: LiveFeed): OpenAPIHono {
  const app = createRoutesApp();
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/api/live",
    summary: "What arrives, as server-sent events, twice a second at most",
    responses: {
      200: {
        description:
          "`traces`: summaries of traces that are new or have changed, as `{ traces }`. `reload`: more has changed than " +
          "that. `ping`: nothing, every 15 seconds",
        content: { "text/event-stream": { schema: { type: "string" } } },
      },
      503: failureOf("Too many are watching"),
    },
  });
  app.get("/api/live", (context) => {
    const out: { write?: (event: string, data: string) => Promise<void> } = {};
    const stop = feed.watch(async ({ type, ...data }) => out.write?.(type, JSON.stringify(data)));
    if (stop === undefined) {
      context.header("retry-after", "10");
      return fail(context, 503, "too many are watching");
    }
    return streamSSE(context, async (stream) => {
      out.write = (event, data) => stream.writeSSE({ event, data });
      stream.onAbort(stop);
      try {
        while (!stream.aborted && !stream.closed) {
          await stream.writeSSE({ event: "ping", data: "" });
          // A pause that does not keep a process that ends.
          await setTimeout(PING_MS, undefined, { ref: false });
        }
      } finally {
        stop();
      }
    });
  });
  return app;
}
