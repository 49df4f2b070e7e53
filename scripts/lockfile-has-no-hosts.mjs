// A lockfile that names a registry's host installs from nowhere else.
import { readFileSync } from "node:fs";

const lines = readFileSync(new URL("../pnpm-lock.yaml", import.meta.url), "utf8").split("\n");
const found = lines.flatMap((line, index) =>
  /tarball:|https?:\/\//.test(line) ? [`${index + 1}: ${line.trim()}`] : [],
);
if (found.length > 0) {
  console.error(`pnpm-lock.yaml names addresses:\n${found.join("\n")}`);
  process.exit(1);
}
