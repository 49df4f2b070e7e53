import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { gzipSync } from "node:zlib";

/** A file of the Traces page, as it is served. */
export interface PageFile {
  readonly type: string;
  readonly text: string;
  /** The same with gzip: packed once, not for each who asks. */
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

const DOCUMENT = "index.html";

/** Where the build puts the page, seen from the sources as from the build. */
const FOLDER = new URL("../dist/page/", import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The page's files, read when the first is asked for: the document, and its assets by name. */
export function createPageFiles(): { document(): PageFile; asset(name: string): PageFile | undefined } {
  let files: ReadonlyMap<string, PageFile> | undefined;
  const all = (): ReadonlyMap<string, PageFile> => (files ??= readAll());
  return {
    document: () => {
      const document = all().get(DOCUMENT);
      if (document === undefined) throw new Error("the Traces page is not built");
      return document;
    },
    asset: (name) => (name === DOCUMENT ? undefined : all().get(name)),
  };
}

function readAll(): ReadonlyMap<string, PageFile> {
  const names = readdirSync(FOLDER).filter((name) => TYPES[extname(name)] !== undefined);
  return new Map(names.map((name) => [name, readOne(name)]));
}

function readOne(name: string): PageFile {
  const text = readFileSync(new URL(name, FOLDER), "utf8");
  const etag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
  return { type: TYPES[extname(name)] ?? "", text, packed: new Uint8Array(gzipSync(text)), etag };
}
