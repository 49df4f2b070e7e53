import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/google-chrome"];

/** Path of a Chromium: what `CHROMIUM` names and no other, else where Debian puts it; `undefined` where there is none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env["CHROMIUM"] ?? "";
  return (named === "" ? PLACES : [named]).find((path) => existsSync(path));
}

/** Says aloud that a suite cannot run here. With CI set that is no excuse. */
export function explainMissingChromium(suite: string, env: NodeJS.ProcessEnv = process.env): void {
  const problem = `${suite}: no Chromium found. Install Debian's chromium-headless-shell, or set CHROMIUM to the path of one`;
  if (env["CI"] === "true") throw new Error(problem);
  process.stderr.write(`\nSKIPPED ${problem}.\n\n`);
}
