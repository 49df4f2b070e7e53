import { Hono } from "hono";
import { readPageFile } from "../page-files.ts";

const ASSETS: Readonly<Record<string, string>> = {
  "page.css": "text/css; charset=utf-8",
  "page.js": "text/javascript; charset=utf-8",
};

/** The Traces page: one document for the list and for each trace, and its assets. */
export function createPageRoutes(): Hono {
  const app = new Hono();
  const html = readPageFile("page.html");
  const assets = new Map(Object.entries(ASSETS).map(([name, type]) => [name, { type, text: readPageFile(name) }]));
  app.get("/", (context) => context.html(html));
  app.get("/traces/:traceId", (context) => context.html(html));
  app.get("/assets/:name", (context, next) => {
    const asset = assets.get(context.req.param("name"));
    if (asset === undefined) return next();
    return context.body(asset.text, 200, { "content-type": asset.type });
  });
  return app;
}
