import { type Context, Hono } from "hono";
import { hasVersion } from "../http/has-version.ts";
import { createPageFiles, type PageFile } from "../page-files.ts";
import { fromPathPart, toPathPart } from "../view/path-part.ts";

/** Addresses of the page: the list, a trace, a session. What they show stands in the rest of the address. */
const PLACES = ["/", "/traces/:traceId", "/sessions/:sessionId"];

/** The Traces page: one document for all its places, and its assets. */
export function createPageRoutes(): Hono {
  const app = new Hono();
  const files = createPageFiles();
  for (const place of PLACES) {
    app.get(place, (context) => {
      const traceId = context.req.param("traceId");
      if (traceId !== undefined) context.header("link", toBeAsked(fromPathPart(traceId)));
      return send(context, files.document());
    });
  }
  app.get("/assets/:name", (context, next) => {
    const asset = files.asset(context.req.param("name"));
    return asset === undefined ? next() : send(context, asset);
  });
  return app;
}

/** What the page will ask for first: the browser asks at once, while the page's script is on its way. */
function toBeAsked(traceId: string): string {
  const address = `/api/traces/${toPathPart(traceId)}/outline`;
  return `<${address}>; rel=preload; as=fetch; crossorigin=anonymous`;
}

/** A newer page is seen at once; one that is known is not sent again. */
function send(context: Context, { type, text, packed, etag }: PageFile): Response {
  const takesGzip = /\bgzip\b/.test(context.req.header("accept-encoding") ?? "");
  context.header("etag", takesGzip ? `W/${etag}` : etag);
  context.header("cache-control", "no-cache");
  context.header("vary", "accept-encoding");
  if (hasVersion(context, etag)) return context.body(null, 304);
  const headers = { "content-type": type };
  if (!takesGzip) return context.body(text, 200, headers);
  return context.body(packed, 200, { ...headers, "content-encoding": "gzip" });
}
