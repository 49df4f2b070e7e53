import { once } from "node:events";
import { type Collector, startCollector } from "@portkey-tracing/collector";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Relay, startRelay } from "../support/relay.ts";
import { type SpoolWorld, startSpoolWorld } from "./spool-world.ts";

let world: SpoolWorld;
let collector: Collector;
let relay: Relay;
beforeEach(async () => {
  world = await startSpoolWorld();
  collector = await startCollector({ maxRequestsPerSecond: 0 });
  relay = await startRelay(collector.baseURL);
});
afterEach(async () => {
  await relay.close();
  await collector.close();
  await world.close();
});

/** Runs a program that records, kills it at some moment, and answers the names of the spans that had ended for sure. */
async function killAtSomeMoment(run: string): Promise<string[]> {
  const child = world.start("spool-records.mjs", { RUN: run, SINK: relay.baseURL });
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    if (text === "") setTimeout(() => child.kill("SIGKILL"), Math.random() * 150);
    text += chunk.toString();
  });
  await once(child, "close");
  // What stands behind the last newline may be a number that was cut short.
  return text.split("\n").slice(0, -1);
}

/** The name of each span that the collector has: each of these programs' spans is a trace. */
async function namesInCollector(): Promise<string[]> {
  const names: string[] = [];
  for (let list = await collector.store.listTraces({ limit: 500 }); ; ) {
    names.push(...list.traces.flatMap(({ name, spans }) => Array.from({ length: spans }, () => name)));
    if (list.next === undefined) return names;
    list = await collector.store.listTraces({ limit: 500, after: list.next });
  }
}

it("spans that ended survive kill -9 at any moment, of 50 processes that share the directory", async () => {
  relay.answerWith((index) => (index % 3 === 0 ? 503 : undefined));
  const ended: string[] = [];
  let number = 0;
  const killThem = async (): Promise<void> => {
    while (number < 50) ended.push(...(await killAtSomeMoment(`run ${(number += 1)}: `)));
  };
  await Promise.all([killThem(), killThem(), killThem()]);
  relay.answerWith(() => undefined);
  await world.run("spool-recovers.mjs", { SINK: relay.baseURL, WAIT_MS: "30000" });

  const arrived = await namesInCollector();
  const distinct = new Set(arrived);
  expect(ended.length).toBeGreaterThan(50);
  expect(ended.filter((name) => !distinct.has(name))).toEqual([]);
  // A resend is the same span: none is there twice.
  expect(arrived).toHaveLength(distinct.size);
  expect(world.segments()).toEqual([]);
});
