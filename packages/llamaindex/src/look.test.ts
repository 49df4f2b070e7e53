import { createTracing } from "@portkey-tracing/core";
import { describe, expect, it } from "vitest";
import { look } from "./look.ts";
import { Observer } from "./observer.ts";

describe("a look at a live object", () => {
  const observer = (): Observer =>
    new Observer(createTracing({ enabled: false }), { look: () => undefined, onModel: () => undefined });

  it("reads few members of one that has very many, as an index has nodes", () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `node ${index}`);
    let reads = 0;
    const nodes = new Proxy(Object.fromEntries(names.map((name) => [name, {}])), {
      getOwnPropertyDescriptor(target, name) {
        reads += 1;
        return Reflect.getOwnPropertyDescriptor(target, name);
      },
    });
    look(observer(), { index: { nodes } });
    expect(reads).toBeGreaterThan(10);
    expect(reads).toBeLessThan(200);
  });

  it("runs no getter of the program", () => {
    let runs = 0;
    look(observer(), { index: Object.defineProperty({}, "nodes", { get: () => (runs += 1), enumerable: true }) });
    expect(runs).toBe(0);
  });
});
