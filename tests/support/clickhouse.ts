import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SERVER = fileURLToPath(new URL("../../fixtures/collector/clickhouse-server.mjs", import.meta.url));

/** ClickHouse's engine in a process of its own. */
export interface ClickHouse {
  /** Address of a database that is not there yet; another one each time. */
  nextDatabase(): string;
  stop(): Promise<void>;
}

/** Starts the engine on 127.0.0.1, with its data in a folder that goes with it. */
export async function startClickHouse(): Promise<ClickHouse> {
  const folder = await mkdtemp(join(tmpdir(), "portkey-clickhouse-"));
  const child = spawn(process.execPath, [SERVER, folder], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (text) => resolve(String(text).trim()));
    void ended.then(() => reject(new Error("ClickHouse's engine ended")));
  });
  let databases = 0;
  return {
    nextDatabase: () => `${url}/test_${(databases += 1)}`,
    stop: async () => {
      child.stdin.end();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
