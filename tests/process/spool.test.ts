import { readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { numbered, type SpoolWorld, startSpoolWorld } from "./spool-world.ts";

let world: SpoolWorld;
beforeEach(async () => {
  world = await startSpoolWorld();
});
afterEach(() => world.close());

describe("spans that ended, with the spool on", () => {
  it.each(["", "exit", "kill", "shutdown"])(
    "survive an outage and an end by '%s'; the next process sends them",
    async (end) => {
      const { sink } = world;
      sink.answerWith(() => ({ status: 503 }));
      await world.run("spool-records.mjs", { COUNT: "300", END: end });
      expect(sink.records).toEqual([]);
      sink.answerWith(() => undefined);
      const next = await world.run("spool-recovers.mjs");
      expect(next.stdout).toMatch(/^{"recorded":300,"sent":300,"dropped":0,"pending":0,"droppedByReason":{},.* 300$/);
      expect([...world.idsByName().keys()].toSorted()).toEqual(numbered(300).toSorted());
      expect(readdirSync(world.directory)).toEqual([]);
    },
  );

  it("stay pending in the books of a process that shuts down during an outage", async () => {
    world.sink.answerWith(() => ({ status: 503 }));
    const run = await world.run("spool-records.mjs", { COUNT: "40", END: "shutdown" });
    expect(run.code).toBe(0);
    expect(run.stderr).toContain('{"recorded":40,"sent":0,"dropped":0,"pending":40,"droppedByReason":{},');
    expect(run.stderr).not.toContain("lost");
  });
});
