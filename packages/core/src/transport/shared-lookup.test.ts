import { describe, expect, it } from "vitest";
import { createSharedLookup, type Lookup } from "./shared-lookup.ts";

type Answer = Parameters<Lookup>[2];

/** A resolver that answers when it is told to, by a clock that stands still until it is moved. */
function world(): {
  readonly asked: string[];
  readonly answers: Answer[];
  readonly find: (name: string, family?: number) => Promise<unknown>;
  readonly move: (ms: number) => void;
} {
  const asked: string[] = [];
  const answers: Answer[] = [];
  let nowMs = 0;
  const lookup = createSharedLookup(
    (name, _options, callback) => {
      asked.push(name);
      answers.push(callback);
    },
    () => nowMs,
  );
  return {
    asked,
    answers,
    find: (name, family = 0) =>
      new Promise((resolve) => {
        lookup(name, { family }, (error, address) => resolve(error?.message ?? address));
      }),
    move: (ms) => {
      nowMs += ms;
    },
  };
}

describe("the lookup of a name", () => {
  it("is made once at a time, and answers all who wait for it", async () => {
    const { asked, answers, find } = world();
    const found = [find("a.test"), find("a.test"), find("b.test"), find("a.test", 6)];
    expect(asked).toEqual(["a.test", "b.test", "a.test"]);
    for (const answer of answers) answer(null, "192.0.2.1", 4);
    expect(await Promise.all(found)).toEqual(Array.from({ length: 4 }, () => "192.0.2.1"));
    void find("a.test");
    expect(asked).toHaveLength(4);
  });

  it("is not repeated at once after the resolver gave up", async () => {
    const { asked, answers, find, move } = world();
    const first = find("a.test");
    move(15_000);
    answers[0]?.(new Error("EAI_AGAIN"), "");
    expect(await first).toBe("EAI_AGAIN");
    expect(await find("a.test")).toBe("EAI_AGAIN");
    expect(asked).toHaveLength(1);
    move(10_000);
    void find("a.test");
    expect(asked).toHaveLength(2);
  });

  it("is repeated after a failure that came at once", async () => {
    const { asked, answers, find } = world();
    const first = find("a.test");
    answers[0]?.(new Error("ENOTFOUND"), "");
    expect(await first).toBe("ENOTFOUND");
    void find("a.test");
    expect(asked).toHaveLength(2);
  });
});
