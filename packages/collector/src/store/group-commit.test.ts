import { describe, expect, it } from "vitest";
import { createGroupCommit } from "./group-commit.ts";

describe("a group commit", () => {
  it("commits what came meanwhile together, in order, and no more than fits at a time", async () => {
    const commits: (readonly string[])[] = [];
    const group = createGroupCommit<string>(async (items) => void commits.push(items), 4);
    await Promise.all(
      [["a"], ["b", "c"], ["d"], ["e", "f"], ["g", "h", "i", "j", "k"], ["l"]].map((items) => group.add(items)),
    );
    expect(commits).toEqual([["a"], ["b", "c", "d"], ["e", "f"], ["g", "h", "i", "j", "k"], ["l"]]);
    expect(group.isBusy).toBe(false);
  });

  it("that lingers waits for those who come a little later, and not for them when it is full", async () => {
    const commits: (readonly string[])[] = [];
    const group = createGroupCommit<string>(async (items) => void commits.push(items), 3, 20);
    const add = async (item: string, turns: number): Promise<void> => {
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      await group.add([item]);
    };
    const added = [add("a", 0), add("b", 2)];
    expect(group.waiting).toBe(1);
    await Promise.all(added);
    expect(commits).toEqual([["a", "b"]]);
    const many = ["c", "d", "e", "f"].map((item) => group.add([item]));
    expect(group.waiting).toBe(4);
    await Promise.all(many);
    expect(commits.slice(1)).toEqual([["c", "d", "e"], ["f"]]);
    expect(group.waiting).toBe(0);
  });

  it("tells only the one to blame that it failed", async () => {
    const stored: string[] = [];
    const commit = async (items: readonly string[]): Promise<void> => {
      if (items.includes("bad")) throw new Error("no");
      stored.push(...items);
    };
    const group = createGroupCommit<string>(commit, 100);
    const results = await Promise.allSettled(["first", "good", "bad", "better"].map((item) => group.add([item])));
    expect(results.map((result) => result.status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect(stored).toEqual(["first", "good", "better"]);
  });

  it("settles when nothing is under way", async () => {
    let done = false;
    const group = createGroupCommit<string>(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      done = true;
    }, 1);
    const added = group.add(["a"]);
    await group.settled();
    expect(done).toBe(true);
    await added;
  });
});
