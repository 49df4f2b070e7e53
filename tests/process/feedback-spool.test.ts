import { once } from "node:events";
import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FeedbackServer, startFeedbackServer } from "../support/feedback-server.ts";
import { numbered, type SpoolWorld, startSpoolWorld } from "./spool-world.ts";

let world: SpoolWorld;
let server: FeedbackServer;
let env: { SINK: string };
beforeEach(async () => {
  world = await startSpoolWorld();
  server = await startFeedbackServer();
  env = { SINK: server.baseURL };
});
afterEach(async () => {
  await server.stop();
  await world.close();
});

const names = (): string[] => server.taken.map(({ body }) => body.metadata?.name ?? "");
const files = (): string[] => readdirSync(join(world.directory, "feedback"));
const report = (stdout: string): unknown => JSON.parse(stdout.split("\n").at(-1) ?? "");

describe("feedback that was given, with the spool on", () => {
  it.each(["", "exit", "kill", "shutdown"])(
    "survives a server that is not there and an end by '%s'; the next process sends it, once and in order",
    async (END) => {
      await server.stop();
      await world.run("feedback-records.mjs", { ...env, COUNT: "60", END });
      await server.start();
      const next = await world.run("feedback-recovers.mjs", { ...env, AWAITS: "60" });
      expect(names()).toEqual(numbered(60));
      const changes = server.taken.filter(({ method, path }) => method === "PUT" && path === "/v1/feedback/changed");
      expect(changes.map(({ body }) => body.metadata?.name)).toEqual(numbered(20).map((name) => `${Number(name) * 3}`));
      const counts = { recorded: 60, sent: 60, dropped: 0, pending: 0, droppedByReason: {}, recovered: 60 };
      expect(report(next.stdout)).toEqual(counts);
      expect(files()).toEqual([]);
    },
  );

  it("stays pending in the books of a process that shuts down while the server is not there", async () => {
    await server.stop();
    const run = await world.run("feedback-records.mjs", { ...env, COUNT: "9", END: "shutdown" });
    await server.start();
    expect(run.stderr).toContain('{"recorded":9,"sent":0,"dropped":0,"pending":9,"droppedByReason":{},"recovered":0}');
    expect(run.stderr).not.toContain("lost");
  });

  it("is sent by a process that runs already", async () => {
    const witness = world.start("feedback-recovers.mjs", { ...env, AWAITS: "7" });
    if (witness.stdout !== null) await once(witness.stdout, "data");
    server.answerWith(() => 503);
    await world.run("feedback-records.mjs", { ...env, COUNT: "7", END: "kill" });
    server.answerWith(() => undefined);
    await once(witness, "close");
    expect(names()).toEqual(numbered(7));
  });

  it("is not sent where its end is torn, which is counted and told", async () => {
    await server.stop();
    await world.run("feedback-records.mjs", { ...env, COUNT: "5", END: "kill" });
    const segment = files().find((file) => file.endsWith(".spool1")) ?? "";
    appendFileSync(join(world.directory, "feedback", segment), '\n000001f0a1b2c3d4 {"body":{"val');
    await server.start();
    const next = await world.run("feedback-recovers.mjs", { ...env, AWAITS: "6" });
    expect(report(next.stdout)).toMatchObject({ recorded: 6, sent: 5, droppedByReason: { spool_damaged: 1 } });
    expect(next.stderr).toContain("1 feedback of an earlier process are damaged");
    expect(names()).toEqual(numbered(5));
  });
});

it("feedback survives kill -9 at any moment, of 30 processes that share the directory; each repeats one at most", async () => {
  server.answerWith((index) => (index % 3 === 0 ? 503 : undefined));
  const given: string[] = [];
  let number = 0;
  const killOne = async (RUN: string): Promise<void> => {
    const child = world.start("feedback-records.mjs", { ...env, RUN });
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      if (text === "") setTimeout(() => child.kill("SIGKILL"), Math.random() * 150);
      text += chunk.toString();
    });
    await once(child, "close");
    // What stands behind the last newline may be a number that was cut short.
    given.push(...text.split("\n").slice(0, -1));
  };
  const killThem = async (): Promise<void> => {
    while (number < 30) await killOne(`run ${(number += 1)}: `);
  };
  await Promise.all([killThem(), killThem(), killThem()]);
  server.answerWith(() => undefined);
  await world.run("feedback-recovers.mjs", { ...env, AWAITS: "0" });

  const arrived = names();
  const distinct = new Set(arrived);
  expect(given.length).toBeGreaterThan(30);
  expect(given.filter((name) => !distinct.has(name))).toEqual([]);
  expect(arrived.length - distinct.size).toBeLessThanOrEqual(31);
  expect(files().filter((file) => file.endsWith(".spool1"))).toEqual([]);
});
