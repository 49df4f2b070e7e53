import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const SERVER = fileURLToPath(new URL("../../fixtures/collector/clickhouse-server.mjs", import.meta.url));

/** ClickHouse's engine in a process of its own, behind an interface that takes one question at a time. */
export async function startChdb(folder) {
  const child = spawn(process.execPath, [SERVER, folder], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  const [text] = await Promise.race([
    once(child.stdout, "data"),
    ended.then(() => Promise.reject(new Error("chDB ended"))),
  ]);
  return {
    address: `${String(text).trim()}/traces`,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
