// A lockfile that names a registry's host installs from nowhere else.
import { readFileSync } from "node:fs";

const lines = readFileSync(new URL("../pnpm-lock.yaml", import.meta.url), "utf8").split("\n");
// A deprecation notice may quote an address to read; nothing is fetched from there.
const namesHost = (line) => /tarball:|https?:\/\//.test(line) && !/^\s*deprecated:/.test(line);
const found = lines.flatMap((line, index) => (namesHost(line) ? [`${index + 1}: ${line.trim()}`] : []));
if (found.length > 0) {
  console.error(`pnpm-lock.yaml names addresses:\n${found.join("\n")}`);
  process.exit(1);
}
