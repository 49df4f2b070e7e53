import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { aSpan } from "../../../../../tests/support/spans.ts";
import { openEngine, type SqliteEngine } from "./engine.ts";

const PAGE = 4_096;
const input = "x".repeat(3 * PAGE);

let folder: string;
let engine: SqliteEngine;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "portkey-traces-"));
  engine = await openEngine(join(folder, "traces.db"));
});
afterEach(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

it("the log goes back into the file with work that nobody waits for, and not with an insert while it is short", async () => {
  insert(500);
  expect(await pagesOf("traces.db")).toBeLessThan(100);
  engine.indexSome(1);
  expect(await pagesOf("traces.db")).toBeGreaterThan(1_500);
});

it("the log is bounded where there is nothing but inserts", async () => {
  for (let round = 0; round < 12; round++) insert(250, round);
  expect(await pagesOf("traces.db")).toBeGreaterThan(7_000);
  expect(await pagesOf("traces.db-wal")).toBeLessThan(6_000);
});

it("the log is gone once the engine is closed", async () => {
  insert(10);
  expect(await pagesOf("traces.db-wal")).toBeGreaterThan(10);
  engine.close();
  const left = await stat(join(folder, "traces.db-wal")).catch(() => undefined);
  expect(left?.size ?? 0).toBe(0);
  engine = await openEngine(join(folder, "traces.db"));
});

/** Spans of four pages each. */
function insert(count: number, round = 0): void {
  engine.insert(Array.from({ length: count }, (_, index) => aSpan(`s${round}.${index}`, { input })));
}

async function pagesOf(name: string): Promise<number> {
  return Math.floor((await stat(join(folder, name))).size / PAGE);
}
