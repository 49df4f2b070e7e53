import { readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";

/** The Traces page as it is served. */
export interface PageFiles {
  readonly html: string;
  /** By file name. */
  readonly assets: ReadonlyMap<string, { readonly type: string; readonly text: string }>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Reads the page. Its files lie in `page/` beside this module, in the sources as in the build. */
export function readPage(): PageFiles {
  const assets = readdirSync(fileOf("")).flatMap((name) => {
    const type = TYPES[extname(name)];
    return type === undefined ? [] : [[name, { type, text: read(name) }] as const];
  });
  return { html: read("page.html"), assets: new Map(assets) };
}

function read(name: string): string {
  return readFileSync(fileOf(name), "utf8");
}

function fileOf(name: string): URL {
  return new URL(`./page/${name}`, import.meta.url);
}
