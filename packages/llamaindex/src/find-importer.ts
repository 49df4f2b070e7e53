import { type CoreModule, type CorePlace, coreAt, createRequire, type Require } from "./find-copy.ts";
import { read } from "./shapes.ts";

/** A file in a line of a stack trace. */
const FILE = /(?:file:\/\/)?((?:\/|[A-Za-z]:[\\/])[^()]*?):\d+:\d+\)?$/;

/**
 * The copy of LlamaIndex's core behind the `llamaindex` that the calling file imports, or the file that calls that one.
 * It is loaded already: one of them has a `Settings` in its hand. `undefined` where files are bundled, or are none.
 */
export function coreOfImporter(stack: unknown): CoreModule | undefined {
  const files = typeof stack === "string" ? stack.split("\n").flatMap(fileIn) : [];
  for (const importer of new Set(files)) {
    if (importer === files[0]) continue;
    const place = placeFor(resolve(importer, "llamaindex") ?? importer);
    const core = place === undefined ? undefined : coreAt(place);
    if (core !== undefined) return core;
  }
  return undefined;
}

function fileIn(line: string): string[] {
  const file = FILE.exec(line)?.[1];
  return file === undefined ? [] : [decodeURI(file)];
}

function placeFor(importer: string): CorePlace | undefined {
  const file = resolve(importer, "@llamaindex/core/global");
  const path = file?.replace(/[\\/]global[\\/]dist[\\/][^\\/]*$/, "");
  if (file === undefined || path === undefined || path === file) return undefined;
  // What `require` has not loaded, `import` has.
  const isRequired = read(read(createRequire(importer), "cache"), file) !== undefined;
  return { path, extension: isRequired ? "cjs" : "js" };
}

function resolve(importer: string, name: string): string | undefined {
  const find: unknown = read(createRequire(importer), "resolve");
  if (typeof find !== "function") return undefined;
  try {
    return (find as Require)(name) as string;
  } catch {
    // The file's package does not depend on it.
    return undefined;
  }
}
