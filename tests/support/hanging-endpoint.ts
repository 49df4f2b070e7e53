import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** An address on which a connect hangs, as with a server whose packets are dropped. */
export interface HangingEndpoint {
  /** Address up to and including `/v1`. */
  readonly baseURL: string;
  close(): Promise<void>;
}

/** Starts it on 127.0.0.1, in a process of its own that stands still. */
export async function startHangingEndpoint(): Promise<HangingEndpoint> {
  const path = fileURLToPath(new URL("../programs/hanging-endpoint.mjs", import.meta.url));
  const child = spawn(process.execPath, [path], { stdio: ["ignore", "pipe", "inherit"] });
  const [text] = (await once(child.stdout, "data")) as [Buffer];
  return {
    baseURL: `http://127.0.0.1:${text.toString().trim()}/v1`,
    close: async () => {
      const closed = once(child, "close");
      child.kill("SIGKILL");
      await closed;
    },
  };
}
