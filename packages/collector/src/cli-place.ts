import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { CommandError } from "./commands/command-error.ts";
import { ConfigError } from "./config-error.ts";
import { defaultDataPath } from "./data-path.ts";
import { openStore } from "./open-store.ts";
import type { Reading } from "./open-to-read.ts";
import type { Store } from "./store/store.ts";
import { whyUnavailable } from "./store/why-unavailable.ts";

/** What stands for no file. */
export const MEMORY = ":memory:";

/** The file that commands use unless told. */
export const DEFAULT_DATA: string = defaultDataPath({ platform: process.platform, home: homedir(), env: process.env });

const CLICKHOUSE_VARIABLE = "PORTKEY_TRACES_CLICKHOUSE";

interface TextArg {
  readonly type: "string";
  readonly valueHint: string;
  readonly description: string;
}

/** Where traces are, as options of every command. */
export const PLACE_ARGS: { readonly data: TextArg & { readonly default: string }; readonly clickhouse: TextArg } = {
  data: {
    type: "string",
    valueHint: "file",
    default: DEFAULT_DATA,
    description: "File of the traces",
  },
  clickhouse: {
    type: "string",
    valueHint: "address",
    description: `A ClickHouse database instead: http://user:password@host:8123/traces; better in ${CLICKHOUSE_VARIABLE}`,
  },
};

/** The address of ClickHouse, of the option or the environment. */
export function clickhouseOf(option: string | undefined): string | undefined {
  return option ?? (process.env[CLICKHOUSE_VARIABLE] || undefined);
}

/** Opens the store for a command, has it used, and closes it. For who reads no file is made. */
export async function withStore(
  args: { readonly data: string; readonly clickhouse?: string | undefined },
  reading: Reading | undefined,
  use: (store: Store) => Promise<void>,
): Promise<void> {
  const clickhouse = clickhouseOf(args.clickhouse);
  if (reading !== undefined && clickhouse === undefined && !existsSync(args.data)) {
    throw new CommandError(`--data: there is no file "${args.data}"`);
  }
  const store = await openStore({ data: args.data, clickhouse, reading });
  try {
    await use(store);
  } finally {
    await store.close();
  }
}

/** Says in one line what cannot be done, and has the process end with 2; anything else is a fault, and thrown. */
export function stopFor(error: unknown, command: string): void {
  if (error instanceof ConfigError) return stopForArguments(`--${error.message}`, command);
  if (error instanceof CommandError) return stop(error.message);
  const why = whyUnavailable(error);
  if (why !== undefined) return stop(`the store cannot be used: ${why}`);
  throw error;
}

/** Says what is wrong with the arguments, and has the process end with 2. */
export function stopForArguments(problem: string, command: string): void {
  stop(`${problem}\n${command} --help lists the options`);
}

function stop(problem: string): void {
  console.error(`portkey-traces: ${problem}`);
  process.exitCode = 2;
}
