import { type Context, Hono } from "hono";
import { createPageFiles, type PageFile } from "../page-files.ts";

/** Addresses of the page: the list, a trace, a session. What they show stands in the rest of the address. */
const PLACES = ["/", "/traces/:traceId", "/sessions/:sessionId"];

/** The Traces page: one document for all its places, and its assets. */
export function createPageRoutes(): Hono {
  const app = new Hono();
  const files = createPageFiles();
  for (const place of PLACES) app.get(place, (context) => send(context, files.document()));
  app.get("/assets/:name", (context, next) => {
    const asset = files.asset(context.req.param("name"));
    return asset === undefined ? next() : send(context, asset);
  });
  return app;
}

/** A newer page is seen at once; one that is known is not sent again. */
function send(context: Context, { type, text, etag }: PageFile): Response {
  context.header("etag", etag);
  context.header("cache-control", "no-cache");
  const known = context.req.header("if-none-match")?.replace(/^W\//, "");
  return known === etag ? context.body(null, 304) : context.body(text, 200, { "content-type": type });
}
