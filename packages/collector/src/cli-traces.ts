import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { formatCounted } from "@portkey-tracing/core/tree";
import { type ArgsDef, type CommandDef, defineCommand } from "citty";
import { type CommandShape, findArgumentProblem, PLACE_OPTIONS } from "./cli-options.ts";
import { PLACE_ARGS, stopFor, stopForArguments, withStore } from "./cli-place.ts";
import { hasColors } from "./cli-run.ts";
import { CommandError } from "./commands/command-error.ts";
import { exportLogs } from "./commands/export.ts";
import { importLogs, toLines } from "./commands/import.ts";
import { createOutput } from "./commands/output.ts";
import { createProgress } from "./commands/progress.ts";
import { toSafeJson } from "./commands/safe-json.ts";
import { showTrace } from "./commands/show.ts";
import { summaryOf } from "./commands/summary-of.ts";
import { tailSpans } from "./commands/tail.ts";

const JSON_ARG = { json: { type: "boolean", description: "As JSON, on one line each" } } as const;

const show = toCommand({
  name: "show",
  description: "Prints the tree of a trace",
  shape: { values: PLACE_OPTIONS, flags: ["json"], operands: ["the id of a trace"] },
  args: { trace: { type: "positional", required: false, description: "Id of the trace" }, ...JSON_ARG },
  run: ({ trace = "", json, ...place }) =>
    withStore(place, "once", async (store) => {
      const options = { json: json === true, color: hasColors(), width: process.stdout.columns };
      await showTrace(store, trace, createOutput(), options);
    }),
});

const tail = toCommand({
  name: "tail",
  description: "Prints each span as it arrives, until Ctrl-C",
  shape: { values: PLACE_OPTIONS, flags: ["json"], operands: [] },
  args: JSON_ARG,
  run: ({ json, ...place }) =>
    withStore(place, "following", async (store) => {
      const end = new AbortController();
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => end.abort());
      await tailSpans(store, createOutput(), { json: json === true, signal: end.signal, onReady: sayThatItWaits });
    }),
});

const exporting = toCommand({
  name: "export",
  description: "Writes spans as JSON Lines in Portkey's log format",
  shape: { values: [...PLACE_OPTIONS, "output", "trace"], flags: ["json"], operands: [] },
  args: {
    output: { type: "string", valueHint: "file", description: "File to write, anew; else the standard output" },
    trace: { type: "string", valueHint: "id", description: "Of this trace only" },
    json: { type: "boolean", description: "What was done, as JSON on the standard error output" },
  },
  run: ({ output: path, trace, json, ...place }) =>
    withStore(place, "once", async (store) => {
      if (trace !== undefined) await summaryOf(store, trace);
      const output = createOutput(path);
      const progress = createProgress("exported");
      const exported = await exportLogs(store, output, progress, trace);
      progress.end();
      await output.close();
      console.error(json === true ? toSafeJson({ exported }) : `exported ${formatCounted(exported, "span")}`);
    }),
});

const importing = toCommand({
  name: "import",
  description: "Reads JSON Lines in Portkey's log format; what is there already changes nothing",
  shape: { values: PLACE_OPTIONS, flags: ["json"], operands: ["a file, or - for the standard input"] },
  args: {
    file: { type: "positional", required: false, description: "File to read, gzipped where it ends in .gz; or -" },
    json: { type: "boolean", description: "What was done, as JSON" },
  },
  run: async ({ file = "", json, ...place }) => {
    const chunks = await openChunks(file);
    await withStore(place, undefined, async (store) => {
      const progress = createProgress("imported");
      const report = await importLogs(toLines(chunks), store, progress);
      progress.end();
      if (json === true) console.log(toSafeJson(report));
      else {
        console.log(`imported ${formatCounted(report.imported, "span")}`);
        for (const reason of report.reasons) console.error(reason);
        if (report.rejected > 0) console.error(`${formatCounted(report.rejected, "line")} could not be read`);
      }
      if (report.rejected > 0) process.exitCode = 1;
    });
  },
});

function sayThatItWaits(): void {
  console.error("waits for spans; Ctrl-C ends it");
}

/** Commands beside the collector itself, by their names. */
export const traceCommands: ReadonlyMap<string, CommandDef> = new Map([
  ["show", show],
  ["tail", tail],
  ["export", exporting],
  ["import", importing],
]);

/** What commands are given: what they ask for, all as citty reads it. */
interface CommandArgs {
  readonly data: string;
  readonly clickhouse?: string;
  readonly trace?: string;
  readonly file?: string;
  readonly output?: string;
  readonly json?: boolean;
}

interface Command {
  readonly name: string;
  readonly description: string;
  readonly shape: CommandShape;
  readonly args: ArgsDef;
  readonly run: (args: CommandArgs) => Promise<void>;
}

function toCommand({ name, description, shape, args, run }: Command): CommandDef {
  const whole = `portkey-traces ${name}`;
  return defineCommand({
    meta: { name: whole, description },
    args: { ...args, ...PLACE_ARGS } as ArgsDef,
    run: async ({ args: given, rawArgs }) => {
      const problem = findArgumentProblem(rawArgs, shape);
      if (problem !== undefined) return stopForArguments(problem, whole);
      try {
        await run(given as unknown as CommandArgs);
      } catch (error) {
        stopFor(error, whole);
      }
      return undefined;
    },
  });
}

/** Opens a file first, so that where there is none no store is made. */
async function openChunks(path: string): Promise<AsyncIterable<Buffer>> {
  const explain = (error: unknown): CommandError =>
    new CommandError(`cannot read "${path}": ${error instanceof Error ? error.message : String(error)}`);
  const file = path === "-" ? undefined : await open(path).catch((error: unknown) => Promise.reject(explain(error)));
  return readChunks(file?.createReadStream() ?? process.stdin, path.endsWith(".gz"), explain);
}

async function* readChunks(
  source: Readable,
  isGzip: boolean,
  explain: (error: unknown) => CommandError,
): AsyncGenerator<Buffer> {
  const stream = isGzip ? source.pipe(createGunzip()) : source;
  if (stream !== source) source.on("error", (error: Error) => stream.destroy(error));
  try {
    for await (const chunk of stream) yield Buffer.from(chunk);
  } catch (error) {
    throw explain(error);
  }
}
