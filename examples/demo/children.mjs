import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** LlamaIndex says this itself on an install with two copies of its core, whoever looks at it. */
const SAID_BY_LLAMAINDEX = "llamaindex was already imported. This breaks constructor checks";
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

const children = new Set();
process.once("exit", () => {
  for (const child of children) child.kill();
});

/** Resolves with the exit code that belongs to it when this program is told to end. */
export const told = new Promise((resolve) => {
  for (const [signal, code] of Object.entries(SIGNALS)) process.once(signal, () => resolve(code));
});

/** Starts a Node program that ends when this one does, however that comes about. */
export function startChild(args, env = process.env) {
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  children.add(child);
  child.once("exit", () => children.delete(child));
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (!line.startsWith(SAID_BY_LLAMAINDEX)) process.stderr.write(`${line}\n`);
  });
  return child;
}
