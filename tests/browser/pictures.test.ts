import { execFile } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { explainMissingChromium, findChromium } from "./chromium.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/page-pictures.mjs", import.meta.url));
const FOLDER = fileURLToPath(new URL("../../artifacts/pictures", import.meta.url));
const STATES = ["list-nothing-yet", "list-5-traces", "trace-errors", "trace-30000-spans", "trace-missing", "session"];

const executablePath = findChromium();
if (executablePath === undefined) explainMissingChromium("pictures of the page");

describe.skipIf(executablePath === undefined)("pictures of the page", () => {
  it("are left in artifacts/pictures: each state wide and narrow, light and dark", { timeout: 180_000 }, async () => {
    await rm(FOLDER, { recursive: true, force: true });
    await promisify(execFile)(process.execPath, [SCRIPT], { env: { ...process.env, CHROMIUM: executablePath } });
    const names = await readdir(FOLDER);
    for (const state of STATES) {
      const bytes = new Map<string, Buffer>();
      for (const width of [1_400, 400]) {
        for (const scheme of ["light", "dark"]) {
          expect(names).toContain(`${state}-${width}-${scheme}.png`);
          const picture = await readFile(join(FOLDER, `${state}-${width}-${scheme}.png`));
          expect(picture.readUInt32BE(16)).toBe(width);
          bytes.set(scheme, picture);
        }
        expect(bytes.get("light")?.equals(bytes.get("dark") ?? Buffer.alloc(0))).toBe(false);
      }
    }
  });
});
