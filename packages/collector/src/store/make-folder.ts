import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder, and those above it that are not there, for its owner alone. Not with Node's `recursive`: that one tries
 * for ever where a parent is there and says that nothing can be made in it by "no such file" (`/proc`). Rejects with what
 * the operating system says.
 */
export async function makeFolder(path: string): Promise<void> {
  if (await isMade(path)) return;
  await makeFolder(dirname(path));
  if (await isMade(path)) return;
  throw new Error(`ENOENT: no folder can be made in ${dirname(path)}`);
}

/** Answers `false` where the folder above is missing. */
async function isMade(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST") return true;
    if (code === "ENOENT" && path !== dirname(path)) return false;
    throw error;
  }
}
