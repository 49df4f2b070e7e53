import { once } from "node:events";
import { readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { numbered, type SpoolWorld, startSpoolWorld } from "./spool-world.ts";

let world: SpoolWorld;
beforeEach(async () => {
  world = await startSpoolWorld();
});
afterEach(() => world.close());

describe("spans in a directory that several share", () => {
  it("are sent by a process that runs already, without being asked", async () => {
    const { sink } = world;
    const witness = world.start("spool-stays.mjs");
    if (witness.stdout !== null) await once(witness.stdout, "data");
    sink.answerWith(() => ({ status: 503 }));
    await world.run("spool-records.mjs", { COUNT: "100", END: "kill" });
    sink.answerWith(() => undefined);
    await expect.poll(() => world.idsByName().size).toBe(100);
    witness.kill();
    await once(witness, "close");
  });

  it("of two processes at once arrive once each", async () => {
    const names = ["one: ", "two: "];
    await Promise.all(names.map((RUN) => world.run("spool-records.mjs", { RUN, COUNT: "400", END: "shutdown" })));
    const arrived = world.sink.spans().map(({ name }) => name);
    expect(arrived.toSorted()).toEqual(names.flatMap((name) => numbered(400, name)).toSorted());
    expect(readdirSync(world.directory)).toEqual([]);
  });

  it("of three processes never take more than the directory may hold", async () => {
    world.sink.answerWith(() => ({ status: 503 }));
    const maxBytes = 131_072;
    const all = [1, 2, 3].map(() => world.start("spool-fills.mjs", { MAX_BYTES: String(maxBytes) }));
    const ended = Promise.all(all.map((child) => once(child, "close")));
    let largest = 0;
    const looking = setInterval(() => {
      largest = Math.max(largest, world.segmentBytes());
    }, 5);
    await ended;
    clearInterval(looking);
    largest = Math.max(largest, world.segmentBytes());
    expect(largest).toBeGreaterThan(maxBytes / 2);
    expect(largest).toBeLessThanOrEqual(maxBytes);
  });

  it.each([
    ["the threads of a process", "threads"],
    ["the workers of a cluster", "cluster"],
  ])("of %s survive", async (_who, kind) => {
    world.sink.answerWith(() => ({ status: 503 }));
    const run = await world.run("spool-threads.mjs", { KIND: kind });
    expect(run.signal).toBe("SIGKILL");
    world.sink.answerWith(() => undefined);
    await world.run("spool-recovers.mjs");
    expect(world.idsByName().size).toBe(90);
  });
});
