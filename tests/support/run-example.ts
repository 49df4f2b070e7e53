import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Runs a program of the examples folder, as a user would: no Portkey variables but those given, and no OpenAI key. */
export function runExample(
  name: string,
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const inherited = Object.entries(process.env).filter(([key]) => !/^(PORTKEY_|OPENAI_|NODE_OPTIONS|VITEST)/.test(key));
  const child = spawn(process.execPath, [`examples/${name}`], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), ...env },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text: Buffer) => {
    stdout += text.toString();
  });
  child.stderr.on("data", (text: Buffer) => {
    stderr += text.toString();
  });
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
