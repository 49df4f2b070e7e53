import { Hono } from "hono";
import { readPage } from "../page-files.ts";

/** The Traces page: one document for the list and for each trace, and its assets. */
export function createPageRoutes(): Hono {
  const app = new Hono();
  const { html, assets } = readPage();
  app.get("/", (context) => context.html(html));
  app.get("/traces/:traceId", (context) => context.html(html));
  app.get("/assets/:name", (context, next) => {
    const asset = assets.get(context.req.param("name"));
    if (asset === undefined) return next();
    return context.body(asset.text, 200, { "content-type": asset.type, "cache-control": "no-cache" });
  });
  return app;
}
