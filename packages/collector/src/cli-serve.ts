import { defineCommand } from "citty";
import packageJson from "../package.json" with { type: "json" };
import {
  type CommandShape,
  findArgumentProblem,
  PLACE_OPTIONS,
  readBytes,
  readCount,
  readPort,
} from "./cli-options.ts";
import { clickhouseOf, MEMORY, PLACE_ARGS, stopFor, stopForArguments } from "./cli-place.ts";
import { runCommand } from "./cli-run.ts";
import { DEFAULT_REQUESTS_PER_SECOND } from "./http/limits.ts";
import { type Collector, startCollector } from "./start-collector.ts";

const NAME = "portkey-traces";
const DEFAULT_PORT = 8788;
const DEFAULT_DAYS = 30;
const KEY_VARIABLE = "PORTKEY_TRACES_API_KEY";

const SHAPE: CommandShape = {
  values: [
    "port",
    "host",
    "api-key",
    "allow-host",
    "rate-limit",
    "keep-days",
    "max-size",
    "prices",
    "follow-gateway",
    ...PLACE_OPTIONS,
  ],
  flags: [],
  operands: [],
  commands: ["show", "tail", "export", "import", "help"],
};

const ARGS = {
  port: {
    type: "string",
    valueHint: "number",
    default: String(DEFAULT_PORT),
    description: "Port to listen on; 0 for a free one",
  },
  host: {
    type: "string",
    valueHint: "address",
    default: "127.0.0.1",
    description: "Address to listen on; any but those of this machine needs --api-key",
  },
  "api-key": {
    type: "string",
    valueHint: "key",
    description: `Wanted from clients, and from browsers as the password; better in ${KEY_VARIABLE}`,
  },
  "allow-host": {
    type: "string",
    valueHint: "names",
    description: "Names under which others reach it, with commas between them",
  },
  "rate-limit": {
    type: "string",
    valueHint: "number",
    default: String(DEFAULT_REQUESTS_PER_SECOND),
    description: "Requests a second of one client; 0 for no limit",
  },
  "keep-days": {
    type: "string",
    valueHint: "number",
    default: String(DEFAULT_DAYS),
    description: "Traces that are older are forgotten; 0 to keep them",
  },
  "max-size": {
    type: "string",
    valueHint: "size",
    description: "The oldest traces are forgotten beyond it: 500MB, 10GB",
  },
  prices: { type: "string", valueHint: "file", description: "Prices of models, before those that are built in" },
  "follow-gateway": {
    type: "string",
    valueHint: "address",
    description: "Open-source gateway on this machine, whose attempts are shown: http://127.0.0.1:8787",
  },
  ...PLACE_ARGS,
  data: { ...PLACE_ARGS.data, description: `File of the traces, or ${MEMORY}` },
} as const;

const command = defineCommand({
  meta: {
    name: NAME,
    version: packageJson.version,
    description:
      "Collects the traces of programs on this machine and shows them on a page.\n" +
      "Other commands: show TRACE, tail, export, import FILE; each has its --help",
  },
  args: ARGS,
  run: async ({ args, rawArgs }) => {
    const port = readPort(args.port);
    const maxRequestsPerSecond = readCount(args["rate-limit"]);
    const keepDays = readCount(args["keep-days"]);
    const maxBytes = args["max-size"] === undefined ? undefined : readBytes(args["max-size"]);
    const problem =
      findArgumentProblem(rawArgs, SHAPE) ??
      (port === undefined ? "--port: expected 0 to 65535" : undefined) ??
      (maxRequestsPerSecond === undefined ? "--rate-limit: expected a whole number" : undefined) ??
      (keepDays === undefined ? "--keep-days: expected a whole number" : undefined) ??
      (args["max-size"] !== undefined && maxBytes === undefined ? "--max-size: expected a size like 10GB" : undefined);
    if (problem !== undefined) return stopForArguments(problem, NAME);
    const clickhouse = clickhouseOf(args.clickhouse);
    try {
      const collector = await startCollector({
        port,
        host: args.host,
        data: args.data,
        clickhouse,
        maxRequestsPerSecond,
        maxBytes,
        prices: args.prices,
        followGateway: args["follow-gateway"],
        keepDays: keepDays === 0 ? undefined : keepDays,
        apiKey: args["api-key"] ?? (process.env[KEY_VARIABLE] || undefined),
        allowedHosts: args["allow-host"]?.split(",").map((name) => name.trim()),
      });
      const place = clickhouse === undefined ? args.data : `ClickHouse on ${new URL(clickhouse).host}`;
      const time = keepDays === 0 ? "" : `, for ${keepDays} days`;
      await stay(collector, place === MEMORY ? "memory, until this command ends" : place + time);
    } catch (error) {
      stopFor(error, NAME);
    }
    return undefined;
  },
});

/** `portkey-traces`: the collector, until it is told to go. */
export function runServe(args: string[]): Promise<void> {
  return runCommand(command, args);
}

/** Says where it is, and stays until it is told to go. */
async function stay(collector: Collector, place: string): Promise<void> {
  console.log(`Traces page   ${collector.url}`);
  console.log(`Send traces   PORTKEY_BASE_URL=${collector.baseURL}`);
  console.log(`Kept in       ${place}`);
  console.log("Stop with     Ctrl-C");
  const signal = await Promise.race([nextSignal("SIGINT"), nextSignal("SIGTERM")]);
  if (signal === "SIGINT") console.log("");
  await collector.close();
}

function nextSignal(name: "SIGINT" | "SIGTERM"): Promise<string> {
  return new Promise((resolve) => {
    process.once(name, () => resolve(name));
  });
}
