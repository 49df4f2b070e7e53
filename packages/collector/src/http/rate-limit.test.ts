import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { createRateLimit } from "./rate-limit.ts";

function createLimited(perSecond: number): {
  ask: (address?: string) => Promise<Response>;
  pass: (ms: number) => void;
} {
  let nowMs = 0;
  const app = new Hono();
  app.use(createRateLimit({ perSecond, now: () => nowMs }).middleware);
  app.get("/", (context) => context.text("ok"));
  return {
    ask: async (remoteAddress = "127.0.0.1") => app.request("/", {}, { incoming: { socket: { remoteAddress } } }),
    pass: (ms) => (nowMs += ms),
  };
}

async function countOk(ask: () => Promise<Response>, tries: number): Promise<number> {
  let ok = 0;
  for (let index = 0; index < tries; index++) ok += Number((await ask()).status === 200);
  return ok;
}

describe("the rate limit", () => {
  it("lets twice the rate pass at once, then the rate", async () => {
    const { ask, pass } = createLimited(5);
    expect(await countOk(ask, 50)).toBe(10);
    pass(1_000);
    expect(await countOk(ask, 50)).toBe(5);
    pass(60_000);
    expect(await countOk(ask, 50)).toBe(10);
  });

  it("says when to come again", async () => {
    const { ask } = createLimited(1);
    await countOk(ask, 2);
    const answer = await ask();
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "1"]);
  });

  it("keeps clients apart by address, and those of one IPv6 network together", async () => {
    const { ask } = createLimited(1);
    expect(await countOk(() => ask("10.0.0.1"), 5)).toBe(2);
    expect(await countOk(() => ask("10.0.0.2"), 5)).toBe(2);
    expect(await countOk(() => ask("::ffff:10.0.0.3"), 5)).toBe(2);
    expect(await countOk(() => ask("2001:db8:0:1:a:b:c:d"), 5)).toBe(2);
    expect(await countOk(() => ask("2001:db8:0:1::9"), 5)).toBe(0);
    expect(await countOk(() => ask("2001:db8:0:2::9"), 5)).toBe(2);
    expect(await countOk(() => ask("2001:db8::9"), 5)).toBe(2);
  });

  it("forgets the client that was not seen for longest once there are many", async () => {
    const { ask } = createLimited(1);
    expect(await countOk(() => ask("first"), 5)).toBe(2);
    for (let client = 0; client < 10_000; client++) await ask(`client-${client}`);
    expect(await countOk(() => ask("client-9999"), 5)).toBe(1);
    expect(await countOk(() => ask("first"), 5)).toBe(2);
  });

  it("is none at 0", async () => {
    expect(await countOk(createLimited(0).ask, 1_000)).toBe(1_000);
  });
});
