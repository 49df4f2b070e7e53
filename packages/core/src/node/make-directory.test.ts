import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeDirectory } from "./make-directory.ts";

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "portkey-spool-"));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

it("makes a directory and those above it, for the user only, once", () => {
  const directory = join(base, "a", "b", "c");
  for (let times = 0; times < 2; times++) makeDirectory(directory);
  for (const made of [directory, join(base, "a")]) expect(statSync(made).isDirectory()).toBe(true);
  if (process.platform !== "win32") expect(statSync(directory).mode & 0o777).toBe(0o700);
});

it("throws what the system says below a file", () => {
  writeFileSync(join(base, "file"), "");
  expect(() => makeDirectory(join(base, "file", "a", "b"))).toThrow("ENOTDIR");
});

it.skipIf(process.platform !== "linux")("throws where the system lets nobody make anything", () => {
  expect(() => makeDirectory("/proc/there/is/none")).toThrow("ENOENT");
});
