import { once } from "node:events";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type SpoolWorld, startSpoolWorld } from "./spool-world.ts";

let world: SpoolWorld;
beforeEach(async () => {
  world = await startSpoolWorld();
});
afterEach(() => world.close());

/** Runs a program that records, kills it at some moment, and answers the names of the spans that had ended for sure. */
async function killAtSomeMoment(run: string): Promise<string[]> {
  const child = world.start("spool-records.mjs", { RUN: run });
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    if (text === "") setTimeout(() => child.kill("SIGKILL"), Math.random() * 150);
    text += chunk.toString();
  });
  await once(child, "close");
  // What stands behind the last newline may be a number that was cut short.
  return text.split("\n").slice(0, -1);
}

it("spans that ended survive kill -9 at any moment, of 50 processes that share the directory", async () => {
  const { sink } = world;
  sink.answerWith((_request, index) => (index % 3 === 0 ? { status: 503 } : undefined));
  const ended: string[] = [];
  let number = 0;
  const killThem = async (): Promise<void> => {
    while (number < 50) ended.push(...(await killAtSomeMoment(`run ${(number += 1)}: `)));
  };
  await Promise.all([killThem(), killThem(), killThem()]);
  sink.answerWith(() => undefined);
  await world.run("spool-recovers.mjs");

  const arrived = world.idsByName();
  expect(ended.length).toBeGreaterThan(50);
  expect(ended.filter((name) => !arrived.has(name))).toEqual([]);
  expect([...arrived].filter(([, ids]) => ids.size > 1)).toEqual([]);
  expect(world.segments()).toEqual([]);
});
