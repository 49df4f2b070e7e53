import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toLogRecord } from "@portkey-tracing/core/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqlite } from "../../packages/collector/src/store/sqlite/database.ts";
import { createSqliteStore } from "../../packages/collector/src/store/sqlite-store.ts";
import {
  endAll,
  type RunningCollector,
  type RunningCommand,
  runCommand,
  startCommand,
} from "../support/collector-process.ts";
import { aCall, aSpan } from "../support/spans.ts";

/** To the superuser all files may be written, unless this is taken away. */
const AS_OTHERS =
  process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"] : [];

const SPANS = [aSpan("root", { name: "agent" }), aCall("ask", { parentSpanId: "root", name: "ChatOpenAI" })];

let home: string;
let folder: string;
let data: string;
const all: RunningCommand[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "portkey-traces-"));
  // What a URI would read otherwise.
  folder = join(home, "a #1 folder?%41");
  data = join(folder, "traces.db");
  await mkdir(folder);
  const made = join(home, "made.db");
  const store = await createSqliteStore(made);
  await store.insert(SPANS);
  await store.close();
  // What SQLite keeps beside a file stays until the connections of this process are collected as garbage.
  await copyFile(made, data);
});
afterEach(async () => {
  await endAll(all);
  await chmod(folder, 0o755);
  await rm(home, { recursive: true });
});

/** Nothing in the folder may be written from now on, but by who has it open. */
async function close(mode = 0o555): Promise<void> {
  for (const name of await readdir(folder)) await chmod(join(folder, name), 0o444);
  await chmod(folder, mode);
}

function run(...args: string[]): RunningCommand {
  const running = runCommand([...args, "--data", data], { before: AS_OTHERS });
  all.push(running);
  return running;
}

async function start(): Promise<RunningCollector> {
  const running = await startCommand(["--data", data, "--keep-days", "0"]);
  all.push(running);
  return running;
}

async function show(): Promise<string> {
  const running = run("show", "trace");
  expect([await running.ended, running.err()]).toEqual([0, ""]);
  return running.out();
}

async function exported(): Promise<number> {
  const running = run("export");
  expect([await running.ended, running.err()]).toEqual([0, expect.stringMatching(/^exported \d+ spans?\n$/)]);
  return running.out().trim().split("\n").length;
}

async function post(collector: RunningCollector, spanId: string): Promise<void> {
  const body = JSON.stringify(toLogRecord(aSpan(spanId, { parentSpanId: "root", name: spanId })));
  expect((await fetch(`${collector.baseURL}/logs`, { method: "POST", body })).status).toBe(200);
}

/** All files, with what they hold and who may write them. */
async function everything(): Promise<unknown> {
  const names = await readdir(folder);
  const read = async (name: string): Promise<unknown> => {
    const { mode } = await stat(join(folder, name));
    return [name, mode, (await readFile(join(folder, name))).toString("base64")];
  };
  return Promise.all(names.map(read));
}

describe.skipIf(process.platform !== "linux")("a file that may not be written", () => {
  it.each([
    ["with its folder", 0o555],
    ["in a folder that may", 0o755],
  ])("is shown and exported, and left as it is: %s", async (_where, mode) => {
    await close(mode);
    const before = await everything();
    expect(await show()).toMatch(/^trace trace {2}2 spans .*\nagent .*\n└─ ChatOpenAI .* 10\n$/);
    expect(await exported()).toBe(2);
    expect(await everything()).toEqual(before);
  });

  it("may itself be written where its folder may not, and is shown and exported", async () => {
    await chmod(folder, 0o555);
    expect(await show()).toContain("2 spans");
    expect(await exported()).toBe(2);
  });

  it("is shown and exported as it is now while a collector writes, and after that was killed", async () => {
    const collector = await start();
    await post(collector, "first");
    await close();
    expect(await show()).toContain("3 spans");
    await post(collector, "second");
    expect([await show(), await exported()]).toEqual([expect.stringContaining("second"), 4]);
    collector.child.kill("SIGKILL");
    await collector.ended;
    expect([await show(), await exported()]).toEqual([expect.stringContaining("4 spans"), 4]);
  });

  it("is followed while a collector writes", async () => {
    const collector = await start();
    await post(collector, "first");
    await close();
    const tail = run("tail");
    const arrived = async (): Promise<string> => {
      await post(collector, `s${sent++}`);
      return tail.out();
    };
    let sent = 0;
    await expect.poll(arrived, { timeout: 20_000, interval: 500 }).toMatch(/ s\d+ /);
    tail.child.kill("SIGINT");
    expect(await tail.ended).toBe(0);
  });

  it("is not followed where no collector runs", async () => {
    await close();
    const tail = run("tail");
    expect([await tail.ended, tail.err()]).toEqual([
      2,
      expect.stringContaining("it may not be written, and no collector runs on it: start one first\n"),
    ]);
  });

  it("is refused in words where part of it is in a log that SQLite cannot read then", async () => {
    const collector = await start();
    await post(collector, "first");
    const copy = join(home, "copy");
    await mkdir(copy);
    for (const end of ["", "-wal"]) await copyFile(data + end, join(copy, `traces.db${end}`));
    [folder, data] = [copy, join(copy, "traces.db")];
    await close();
    const refused = run("show", "trace");
    expect([await refused.ended, refused.out(), refused.err()]).toEqual([
      2,
      "",
      expect.stringMatching(
        /^portkey-traces: --data: cannot open .*traces\.db-wal", which then cannot be read: copy both .*\n/,
      ),
    ]);
    await chmod(copy, 0o755);
    for (const name of await readdir(copy)) await chmod(join(copy, name), 0o644);
    expect(await show()).toContain("3 spans");
  });

  it("is refused in words where it is of an older format, of something else, or may not be read", async () => {
    const refusal = async (): Promise<string> => {
      await close();
      const refused = run("show", "trace");
      expect([await refused.ended, refused.out()]).toEqual([2, ""]);
      await chmod(folder, 0o755);
      await chmod(data, 0o644);
      return refused.err();
    };
    const change = async (sql: string): Promise<void> => {
      const database = await openSqlite(data);
      database.exec(sql);
      database.close();
    };
    await change("PRAGMA user_version = 4");
    expect(await refusal()).toContain("written by an older version of portkey-traces (format 4)");
    await change("PRAGMA user_version = 99");
    expect(await refusal()).toContain("written by a newer version of portkey-traces (format 99)");
    await change("ALTER TABLE traces RENAME TO others");
    expect(await refusal()).toContain("it is the database of something else");
    await chmod(data, 0o000);
    const refused = run("export");
    expect([await refused.ended, refused.err()]).toEqual([2, expect.stringContaining("permission denied")]);
  });
});
