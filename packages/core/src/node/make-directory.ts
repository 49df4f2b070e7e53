import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { ignoring, osErrorCode } from "./os-error.ts";

/**
 * Makes a directory, and those above it that are not there, for the user only. Not with Node's `recursive`: that one
 * tries for ever where a parent is there and says that nothing can be made in it by "no such file" (`/proc`).
 * @throws what the operating system says
 */
export function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    const code = osErrorCode(error);
    if (code === "EEXIST") return;
    const parent = dirname(directory);
    if (code !== "ENOENT" || parent === directory) throw error;
    makeDirectory(parent);
    ignoring(["EEXIST"], () => mkdirSync(directory, { mode: 0o700 }));
  }
}
