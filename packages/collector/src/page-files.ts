import { readFileSync } from "node:fs";

/** A file of the Traces page. They lie in `page/` beside this module, in the sources as in the build. */
export function readPageFile(name: string): string {
  return readFileSync(new URL(`./page/${name}`, import.meta.url), "utf8");
}
