#!/usr/bin/env node
import { homedir } from "node:os";
import { defineCommand, runMain } from "citty";
import packageJson from "../package.json" with { type: "json" };
import { findArgumentProblem, readCount, readPort } from "./cli-options.ts";
import { ConfigError } from "./config-error.ts";
import { defaultDataPath } from "./data-path.ts";
import { DEFAULT_REQUESTS_PER_SECOND } from "./http/limits.ts";
import { type Collector, type CollectorOptions, startCollector } from "./start-collector.ts";

const DEFAULT_PORT = 8788;
const MEMORY = ":memory:";
const KEY_VARIABLE = "PORTKEY_TRACES_API_KEY";

const dataPath = defaultDataPath({ platform: process.platform, home: homedir(), env: process.env });

const command = defineCommand({
  meta: {
    name: "portkey-traces",
    version: packageJson.version,
    description: "Collects the traces of programs on this machine and shows them on a page",
  },
  args: {
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
    data: {
      type: "string",
      valueHint: "file",
      default: dataPath,
      description: `File of the traces, or ${MEMORY}`,
    },
  },
  run: async ({ args, rawArgs }) => {
    const port = readPort(args.port);
    const maxRequestsPerSecond = readCount(args["rate-limit"]);
    const problem =
      findArgumentProblem(rawArgs) ??
      (port === undefined ? "--port: expected 0 to 65535" : undefined) ??
      (maxRequestsPerSecond === undefined ? "--rate-limit: expected a whole number" : undefined);
    if (problem !== undefined) return stop(problem);
    const options: CollectorOptions = {
      port,
      host: args.host,
      data: args.data,
      maxRequestsPerSecond,
      apiKey: args["api-key"] ?? (process.env[KEY_VARIABLE] || undefined),
      allowedHosts: args["allow-host"]?.split(",").map((name) => name.trim()),
    };
    try {
      await serve(await startCollector(options), args.data);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      stop(`--${error.message}`);
    }
    return undefined;
  },
});

/** Says where it is, and stays until it is told to go. */
async function serve(collector: Collector, data: string): Promise<void> {
  console.log(`Traces page   ${collector.url}`);
  console.log(`Send traces   PORTKEY_BASE_URL=${collector.baseURL}`);
  console.log(`Kept in       ${data === MEMORY ? "memory, until this command ends" : data}`);
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

function stop(problem: string): void {
  console.error(`portkey-traces: ${problem}\nportkey-traces --help lists the options`);
  process.exitCode = 2;
}

await runMain(command);
