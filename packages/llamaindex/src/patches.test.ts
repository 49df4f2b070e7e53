import { describe, expect, it } from "vitest";
import { Patches } from "./patches.ts";
import type { Live } from "./shapes.ts";

class Engine {
  readonly #secret = 7;
  answer(): number {
    return this.#secret;
  }
  get mode(): string {
    return this.#mode;
  }
  set mode(mode: string) {
    this.#mode = mode;
  }
  #mode = "slow";
}

const live = (engine: Engine): Live => engine as unknown as Live;

const theirs = (): number => 8;

describe("Patches", () => {
  it("replaces nothing twice in a copy of an object, or behind a proxy", () => {
    const patches = new Patches();
    const calls: string[] = [];
    const thing = { answer: () => 7 };
    const replace = (target: object): void => {
      patches.method(target as Live, "answer", (original) => {
        return function (this: unknown) {
          calls.push("called");
          return original.call(this);
        };
      });
    };
    replace(new Proxy(thing, {}));
    replace(thing);
    const copy = { answer: thing.answer };
    replace(copy);
    expect(thing.answer()).toBe(7);
    expect(copy.answer()).toBe(7);
    expect(calls).toEqual(["called", "called"]);
  });

  it("keeps private members, the class and the prototype", () => {
    const engine = new Engine();
    const calls: unknown[] = [];
    const patches = new Patches();
    patches.method(live(engine), "answer", (original) => {
      return function (this: unknown) {
        calls.push(this);
        return original.call(this);
      };
    });
    expect(engine.answer()).toBe(7);
    expect(calls).toEqual([engine]);
    expect(engine.answer.name).toBe("answer");
    expect(Object.keys(engine)).toEqual([]);
    patches.undoAll();
    expect(Object.getOwnPropertyNames(engine)).toEqual([]);
  });

  it("wraps once, and wraps again after it was undone", () => {
    const engine = new Engine();
    const patches = new Patches();
    let wrapped = 0;
    const wrap = () =>
      patches.method(live(engine), "answer", (original) => {
        wrapped += 1;
        return original;
      });
    expect([wrap(), wrap()]).toEqual([true, true]);
    expect(wrapped).toBe(1);
    patches.undoAll();
    wrap();
    expect(wrapped).toBe(2);
  });

  it("hears of values that are set, and lets them be set", () => {
    const engine = new Engine();
    const patches = new Patches();
    const heard: unknown[] = [];
    patches.setter(live(engine), "mode", (value) => heard.push(value));
    engine.mode = "fast";
    expect(engine.mode).toBe("fast");
    patches.undoAll();
    engine.mode = "slow";
    expect(heard).toEqual(["fast"]);
  });

  it("leaves alone what somebody else has replaced since", () => {
    const engine = new Engine();
    const patches = new Patches();
    patches.method(live(engine), "answer", (original) => original.bind(undefined));
    engine.answer = theirs;
    patches.undoAll();
    expect(live(engine)["answer"]).toBe(theirs);
  });

  it("says no for what cannot be replaced", () => {
    const patches = new Patches();
    const frozen = Object.freeze({ answer: () => 1 }) as unknown as Live;
    expect(patches.method(frozen, "answer", (original) => original)).toBe(false);
    expect(patches.method({}, "missing", (original) => original)).toBe(false);
  });
});
