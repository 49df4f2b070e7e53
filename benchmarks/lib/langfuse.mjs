import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../langfuse/", import.meta.url));
const STAMP = `${FOLDER}node_modules/.installed`;

/** Installs Langfuse's handler beside the workspace, the first time. It finds the workspace's LangChain by itself. */
export function ensureLangfuse() {
  const lock = readFileSync(`${FOLDER}package-lock.json`, "utf8");
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === lock) return;
  process.stdout.write("· installing @langfuse/langchain for the comparison\n");
  const args = ["ci", "--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  const options = { cwd: FOLDER, stdio: "inherit", shell: process.platform === "win32" };
  const { status } = spawnSync("npm", args, options);
  if (status !== 0) throw new Error(`npm ci in ${FOLDER} ended with ${status}`);
  writeFileSync(STAMP, lock);
}
