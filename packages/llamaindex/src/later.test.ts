import { describe, expect, it } from "vitest";
import { sleep } from "../../../tests/support/user-programs.ts";
import { Later } from "./later.ts";

describe("Later", () => {
  const listeners = (): number => process.listenerCount("beforeExit");

  it("does the work after the pause, and forgets what was planned under the same key before", async () => {
    const later = new Later();
    const key = {};
    const done: string[] = [];
    later.plan(key, 1, () => done.push("first"));
    later.plan(key, 1, () => done.push("second"));
    expect(done).toEqual([]);
    while (done.length === 0) await sleep(1);
    await sleep(5);
    expect(done).toEqual(["second"]);
    expect(later.cancel(key)).toBe(false);
  });

  it("does at once what waits, and what is planned while it does", () => {
    const later = new Later();
    const done: string[] = [];
    later.plan({}, 1_000, () => {
      done.push("child");
      later.plan({}, 1_000, () => done.push("parent"));
    });
    later.settle();
    expect(done).toEqual(["child", "parent"]);
  });

  it("listens for the end of the process only while something waits, and before all others", () => {
    const later = new Later();
    const before = listeners();
    const done: string[] = [];
    const other = (): void => void done.push("other");
    process.on("beforeExit", other);
    const kept = {};
    later.plan(kept, 1_000, () => done.push("work"));
    later.plan({}, 1_000, () => done.push("more"));
    expect(listeners()).toBe(before + 2);
    expect(later.cancel(kept)).toBe(true);
    process.listeners("beforeExit")[0]?.call(process, 0);
    process.off("beforeExit", other);
    expect(done).toEqual(["more"]);
    expect(listeners()).toBe(before);
  });
});
