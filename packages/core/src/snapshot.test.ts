import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { REDACTED } from "./redacted.ts";
import { DEFAULT_LIMITS, snapshot } from "./snapshot.ts";
import { utf8Length } from "./utf8.ts";

class Money {
  readonly amount: number;
  constructor(amount: number) {
    this.amount = amount;
  }
  get doubled(): number {
    return this.amount * 2;
  }
}

describe("what a snapshot keeps", () => {
  it.each([
    ["plain data", { a: [1, "x", null, true] }, { a: [1, "x", null, true] }],
    ["undefined members", { a: undefined, b: 1 }, { b: 1 }],
    ["holes and undefined items", [undefined, 1], [null, 1]],
    ["functions", { f: () => 1, g: 2 }, { g: 2 }],
    ["BigInt", { n: 123n }, { n: "123" }],
    ["numbers that JSON has not", [Number.NaN, -Infinity], ["NaN", "-Infinity"]],
    ["Map with text keys", new Map([["a", 1]]), { a: 1 }],
    ["Map with other keys", new Map([[1, "a"]]), [[1, "a"]]],
    ["Set", new Set([1, 2]), [1, 2]],
    ["Date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["invalid Date", new Date("x"), "Invalid Date"],
    ["URL", new URL("http://localhost/a"), "http://localhost/a"],
    [
      "binary",
      { b: new Uint8Array(12), c: Buffer.from("abc") },
      { b: "[Uint8Array: 12 bytes]", c: "[Buffer: 3 bytes]" },
    ],
    ["class instances by their own fields", new Money(2), { amount: 2 }],
    ["lone surrogates", "a\ud800b", "a\ufffdb"],
    ["no prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ])("%s", (_name, value, expected) => {
    expect(snapshot(value)).toEqual(expected);
  });

  it("errors by name, message and cause", () => {
    const error = new RangeError("too far", { cause: new Error("wind") });
    expect(snapshot({ error })).toEqual({
      error: { name: "RangeError", message: "too far", cause: { name: "Error", message: "wind" } },
    });
  });

  it("a member named __proto__ as data", () => {
    const copy = snapshot(JSON.parse('{"__proto__":{"polluted":1}}'));
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"polluted":1}}');
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("an object twice where it stands twice, and once where it holds itself", () => {
    const shared = { x: 1 };
    const ring: Record<string, unknown> = { a: shared, b: shared };
    ring["self"] = ring;
    expect(snapshot(ring)).toEqual({ a: { x: 1 }, b: { x: 1 }, self: "[circular]" });
  });

  it("no reference: later changes do not show", () => {
    const live = { list: [{ a: 1 }] };
    const copy = snapshot(live);
    live.list[0] = { a: 2 };
    live.list.push({ a: 3 });
    expect(copy).toEqual({ list: [{ a: 1 }] });
  });
});

describe("hostile values", () => {
  it("a getter that throws costs its own member only", () => {
    const value = {
      a: 1,
      get b(): never {
        throw new Error("boom");
      },
      c: 3,
    };
    expect(snapshot(value)).toEqual({ a: 1, b: "[unreadable: boom]", c: 3 });
  });

  it.each([
    [
      "toJSON that throws",
      {
        toJSON: (): never => {
          throw new Error("no");
        },
      },
    ],
    [
      "toJSON that returns itself",
      new (class {
        toJSON(): this {
          return this;
        }
      })(),
    ],
    [
      "a revoked proxy",
      (() => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      })(),
    ],
    [
      "a proxy that throws on everything",
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error("keys");
          },
          get: () => {
            throw new Error("get");
          },
        },
      ),
    ],
    [
      "a date that answers with itself",
      new (class extends Date {
        override toISOString(): string {
          return { date: this } as unknown as string;
        }
      })(0),
    ],
    [
      "a map without end",
      new (class extends Map {
        override *keys(): MapIterator<string> {
          for (;;) yield "a";
        }
      })(),
    ],
    [
      "an error whose message throws",
      Object.defineProperty(new Error("x"), "message", {
        get() {
          throw new Error("m");
        },
      }),
    ],
    [
      "a throw of something that cannot be text",
      {
        get a(): never {
          throw {
            toString() {
              throw new Error("t");
            },
          };
        },
      },
    ],
  ])("%s", (_name, value) => {
    const copy = snapshot({ value, after: 1 });
    expect(copy).toMatchObject({ after: 1 });
    expect(() => JSON.stringify(copy)).not.toThrow();
  });

  it("nesting of 50,000 levels ends at the depth limit", () => {
    let deep: unknown = "end";
    for (let level = 0; level < 50_000; level++) deep = { deep };
    const text = JSON.stringify(snapshot(deep));
    expect(text).toContain(`[truncated: deeper than ${DEFAULT_LIMITS.maxDepth} levels]`);
  });

  it("a text of 50 MB is cut at the byte limit, whole characters only", () => {
    let cuts = 0;
    const copy = snapshot("é".repeat(25_000_000), { maxBytes: 1001, maxDepth: 5, onTruncated: () => cuts++ }) as string;
    expect(copy).toBe(`${"é".repeat(500)}[truncated: ${50_000_000 - 1001} bytes]`);
    expect(cuts).toBe(1);
  });

  it("a web of shared objects, endless when written out, ends at the byte limit", () => {
    let web: unknown = ["x"];
    for (let level = 0; level < 38; level++) web = [web, web];
    const text = JSON.stringify(snapshot(web, { maxBytes: 10_000, maxDepth: 50 }));
    expect(text.length).toBeLessThan(100_000);
    expect(text).toContain("[truncated");
  });
});

describe("the work is bounded by the budget", () => {
  it("of a long text only the beginning is searched", () => {
    const seen: number[] = [];
    const cleanText = (text: string): string => {
      seen.push(text.length);
      return text;
    };
    const copy = snapshot("x".repeat(10_000_000), { maxBytes: 1_000, maxDepth: 5, cleanText });
    expect(seen).toEqual([1_256]);
    expect(copy).toBe(`${"x".repeat(1_000)}[truncated: ${10_000_000 - 1_000} bytes]`);
  });

  it("a long text that shrinks when it is cleaned still tells what was not read", () => {
    const cleanText = (): string => "-";
    const copy = snapshot("x".repeat(10_000), { maxBytes: 1_000, maxDepth: 5, cleanText });
    expect(copy).toBe(`-[truncated: ${10_000 - 1_256} bytes]`);
  });

  it.each([0, 1])("no character is split, %s", (shift) => {
    const text = `${"x".repeat(shift)}${"😀".repeat(5_000)}`;
    const copy = snapshot(text, { maxBytes: 1_000 + shift, maxDepth: 5 }) as string;
    expect(copy).toBe(`${"x".repeat(shift)}${"😀".repeat(250)}[truncated: 19000 bytes]`);
  });

  it.each<[string, () => unknown]>([
    [
      "that holds itself",
      () => {
        const ring: unknown[] = [];
        for (let index = 0; index < 20_000; index++) ring.push(ring);
        return ring;
      },
    ],
    ["of lists that are too deep", () => [Array.from({ length: 20_000 }, () => [[[[]]]])]],
    ["of dates", () => Array.from({ length: 20_000 }, () => new Date(0))],
  ])("a list %s takes no more room than one of texts", (_name, make) => {
    const text = JSON.stringify(snapshot(make(), { maxBytes: 10_000, maxDepth: 3 }));
    expect(text.length).toBeLessThan(20_000);
  });

  it("members without a value cost as much as others", () => {
    let reads = 0;
    const nothing = { get: () => void (reads += 1), enumerable: true };
    const value = Object.defineProperties(
      {},
      Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, nothing])),
    );
    snapshot(value, { maxBytes: 1_000, maxDepth: 5 });
    expect(reads).toBeLessThan(500);
  });

  it("a huge name is cut", () => {
    const copy = snapshot({ ["n".repeat(5_000_000)]: 1, after: 2 });
    expect(copy).toEqual({ [`${"n".repeat(1_024)}[truncated: 5000000 characters]`]: 1, after: 2 });
  });

  it("members, items and entries beyond it are not read", () => {
    let reads = 0;
    const read = (): number => (reads += 1);
    const many = Array.from({ length: 10_000 }, (_, index) => `k${index}`);
    const items = many.map(() => ({
      toJSON: read,
      value: Object.defineProperty({}, "x", { get: read, enumerable: true }),
    }));
    const object = Object.fromEntries(many.map((key, index) => [key, items[index]]));
    const limits = { maxBytes: 1_000, maxDepth: 5 };
    for (const value of [items, object, new Set(items), new Map(Object.entries(object)), new Map(items.entries())]) {
      reads = 0;
      const text = JSON.stringify(snapshot(value, limits));
      expect(reads).toBeGreaterThan(10);
      expect(reads).toBeLessThan(200);
      expect(text).toMatch(/\[truncated: .*more (members|items|entries)\]/);
    }
  });
});

const isSecretKey = (key: string): boolean => key === "apiKey";

describe("secrets and views", () => {
  it("replaces the values of secret keys at any depth", () => {
    expect(snapshot({ a: [{ apiKey: "sk-1", b: 2 }] }, { ...DEFAULT_LIMITS, isSecretKey })).toEqual({
      a: [{ apiKey: REDACTED, b: 2 }],
    });
  });

  it.each<[string, unknown]>([
    ["a map with text keys", new Map([["apiKey", "v-1"]])],
    [
      "a map with other keys too",
      new Map<unknown, unknown>([
        [1, "a"],
        ["apiKey", "v-1"],
      ]),
    ],
    ["a map with boxed keys", new Map([[new String("apiKey"), "v-1"]])],
    ["entries", { headers: [["apiKey", { a: "v-1" }]] }],
    [
      "a name and its value",
      [
        { name: "apiKey", value: "v-1" },
        { value: ["v-1"], key: "apiKey" },
      ],
    ],
    [
      "a map of a name and its value",
      new Map([
        ["name", "apiKey"],
        ["value", "v-1"],
      ]),
    ],
  ])("replaces the value of a secret in %s", (_name, value) => {
    const text = JSON.stringify(snapshot(value, { ...DEFAULT_LIMITS, isSecretKey }));
    expect(text).toContain(REDACTED);
    expect(text).not.toContain("v-1");
  });

  it("keeps lists of two words, and values of other names", () => {
    const value = { required: ["apiKey", "city"], pairs: [["a", "b"]], one: { name: "a", value: "b" } };
    expect(snapshot(value, { ...DEFAULT_LIMITS, isSecretKey })).toEqual(value);
  });

  it("reads a framework's objects through the view", () => {
    const view = (value: object): unknown => (value instanceof Money ? { money: value.amount } : undefined);
    expect(snapshot([new Money(3)], { ...DEFAULT_LIMITS, view })).toEqual([{ money: 3 }]);
  });
});

describe("for any value", () => {
  it("the copy is JSON that comes back equal, and within the bound", () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withMap: true,
          withSet: true,
          withDate: true,
          withTypedArray: true,
          withSparseArray: true,
          withNullPrototype: true,
        }),
        (value) => {
          const copy = snapshot(value, { maxBytes: 200, maxDepth: 6 });
          if (copy === undefined) return;
          const text = JSON.stringify(copy);
          expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(JSON.parse(text))));
          expect(utf8Length(text)).toBeLessThan(200 * 6 + 2000);
        },
      ),
    );
  });
});
