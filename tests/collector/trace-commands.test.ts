import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { toLogRecord } from "@portkey-tracing/core/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CommandOptions, endAll, type RunningCommand, runCommand } from "../support/collector-process.ts";
import { aCall, aSpan } from "../support/spans.ts";

let folder: string;
let data: string;
const all: RunningCommand[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "portkey-traces-"));
  data = join(folder, "traces.db");
});
afterEach(async () => {
  await endAll(all);
  await rm(folder, { recursive: true });
});

function run(args: readonly string[], input?: string, options: CommandOptions = {}): RunningCommand {
  const env = { HOME: folder, XDG_DATA_HOME: "", ...options.env };
  const running = runCommand(args, { ...options, env, ...(input === undefined ? {} : { input }) });
  all.push(running);
  return running;
}

const SPANS = [aCall("ask", { parentSpanId: "root", name: "ChatOpenAI" }), aSpan("root", { name: "agent" })];
const LINES = SPANS.map((span) => JSON.stringify(toLogRecord(span))).join("\n");

async function importLines(): Promise<void> {
  const importing = run(["import", "-", "--data", data], LINES);
  expect([await importing.ended, importing.out()]).toEqual([0, "imported 2 spans\n"]);
}

describe("portkey-traces import, show, export", () => {
  it("put spans into a file, show their tree, and write them again", async () => {
    await importLines();
    const show = run(["show", "trace", "--data", data]);
    expect(await show.ended).toBe(0);
    expect(show.out()).toMatch(/^trace trace {2}2 spans .*\nagent .*\n└─ ChatOpenAI .* 10\n$/);
    const json = run(["show", "trace", "--data", data, "--json"]);
    expect(await json.ended).toBe(0);
    expect(JSON.parse(json.out())).toMatchObject({
      trace: { spans: 2 },
      spans: [{ spanId: "root" }, { spanId: "ask" }],
    });
    const file = join(folder, "out.jsonl");
    const exporting = run(["export", "--data", data, "--output", file, "--json"]);
    expect([await exporting.ended, exporting.out(), exporting.err()]).toEqual([0, "", '{"exported":2}\n']);
    const written = await readFile(file, "utf8");
    expect(
      written
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual(SPANS.map((span) => JSON.parse(JSON.stringify(toLogRecord(span)))));
    expect((await stat(file)).mode & 0o077).toBe(0);
  });

  it("take a gzipped file, and tell which lines were no logs", async () => {
    const file = join(folder, "in.jsonl.gz");
    await writeFile(file, gzipSync(`${LINES}\n{oops\n`));
    const importing = run(["import", file, "--data", data, "--json"]);
    expect([await importing.ended, JSON.parse(importing.out())]).toEqual([
      1,
      { imported: 2, rejected: 1, reasons: ["line 3: expected JSON"] },
    ]);
  });

  it("end in peace when nobody reads what they write", async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => JSON.stringify(toLogRecord(aSpan(`s${index}`))));
    const importing = run(["import", "-", "--data", data], many.join("\n"));
    expect(await importing.ended).toBe(0);
    const exporting = run(["export", "--data", data]);
    exporting.child.stdout?.once("data", () => exporting.child.stdout?.destroy());
    expect(await exporting.ended).toBe(0);
    expect(exporting.err()).toMatch(/^exported \d/);
  });

  it.each([
    [["show"], "expected the id of a trace"],
    [["show", "none", "--data", "DATA"], "no span of this trace"],
    [["show", "x", "--data", "DATA/none.db"], "--data: there is no file"],
    [["show", "x", "--data", "DATA-empty"], "there is nothing in it"],
    [["show", "x", "--data", "DATA-other"], "file is not a database"],
    [["export", "--data", "DATA", "--output", "/dev/null/x"], "cannot write"],
    [["import", "/nothing/here", "--data", "DATA"], 'cannot read "/nothing/here"'],
    [["export", "--trace", "none", "--data", "DATA"], "no span of this trace"],
    [["tail", "--jsno"], "unknown option --jsno: did you mean --json?"],
    [["show", "x", "--clickhouse", "nonsense"], "--clickhouse: expected an address"],
  ])("refuse %j", async (args, problem) => {
    await importLines();
    await writeFile(`${data}-empty`, "");
    await writeFile(`${data}-other`, "something else");
    const refused = run(args.map((one) => one.replace("DATA", data)));
    expect(await refused.ended).toBe(2);
    expect(refused.err()).toContain(problem);
    expect(refused.err()).not.toContain("    at ");
    expect(await readFile(`${data}-empty`, "utf8")).toBe("");
  });

  it("say how they are used where that was wrong, and only there", async () => {
    const [wrong, missing] = [run(["show"]), run(["import", "/nothing/here", "--data", data])];
    expect(await Promise.all([wrong.ended, missing.ended])).toEqual([2, 2]);
    expect(wrong.err()).toContain("portkey-traces show --help lists the options");
    expect(missing.err()).not.toContain("--help");
    await expect(stat(data)).rejects.toThrow("ENOENT");
  });

  it("say in a line that the disk is full", async () => {
    const path = join(folder, "many.jsonl");
    const line = (index: number): string =>
      JSON.stringify(toLogRecord(aSpan(`s${index}`, { input: "x".repeat(3_000) })));
    await writeFile(path, Array.from({ length: 1_500 }, (_, index) => line(index)).join("\n"));
    const script = `trap '' XFSZ; ulimit -f 2000; exec "$@"`;
    const importing = run(["import", path, "--data", data], undefined, { before: ["bash", "-c", script, "bash"] });
    expect(await importing.ended).toBe(2);
    expect(importing.err()).toMatch(
      /^portkey-traces: the store cannot be used: (disk I\/O error|database or disk is full)\n$/,
    );
  });

  it("take what begins like an option behind --", async () => {
    const importing = run(["import", "-", "--data", data], LINES.replaceAll('"trace"', '"-t"'));
    expect(await importing.ended).toBe(0);
    const show = run(["show", "--data", data, "--", "-t"]);
    expect(await show.ended).toBe(0);
    expect(show.out()).toMatch(/^trace -t /);
  });

  it("take a trace by its id as it is, also one that no path of an address may have", async () => {
    const importing = run(["import", "-", "--data", data], LINES.replaceAll('"trace"', '".."'));
    expect(await importing.ended).toBe(0);
    const show = run(["show", "..", "--data", data]);
    expect(await show.ended).toBe(0);
    expect(show.out()).toMatch(/^trace \.\. {2}2 spans/);
    const exporting = run(["export", "--trace", "..", "--data", data]);
    expect(await exporting.ended).toBe(0);
    expect(exporting.out().match(/"trace_id":"\.\."/g)).toHaveLength(2);
  });

  it.each([
    ["export", "--help"],
    ["help", "export"],
  ])("list their options: %s %s", async (...args) => {
    const help = run(args, undefined, { env: { NO_COLOR: "" } });
    expect(await help.ended).toBe(0);
    for (const option of ["--output", "--trace", "--data", "--clickhouse"]) expect(help.out()).toContain(option);
    expect(help.out()).not.toContain("\u001b");
  });
});

describe("portkey-traces tail", () => {
  it("follows what another process stores, and ends with Ctrl-C", async () => {
    await importLines();
    const tail = run(["tail", "--data", data]);
    await expect.poll(tail.err).toBe("waits for spans; Ctrl-C ends it\n");
    const more = run(["import", "-", "--data", data], JSON.stringify(toLogRecord(aSpan("new", { name: "arrived" }))));
    expect(await more.ended).toBe(0);
    await expect.poll(tail.out).toMatch(/^00:00:01\.000 {2}trace {2}chain .* arrived {2}10 ms\n$/);
    tail.child.kill("SIGINT");
    expect(await tail.ended).toBe(0);
  });
});
