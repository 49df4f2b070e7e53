import type * as ClickHouseModule from "@clickhouse/client";
import { isLoopback } from "../../http/loopback.ts";
import type { Row } from "./rows.ts";

/** Values of parameters: in ClickHouse they are data, never text of the question. */
export type Parameters = Readonly<Record<string, string | number | readonly string[]>>;

/** What is used of ClickHouse. */
export interface Database {
  ask(sql: string, parameters?: Parameters): Promise<readonly Row[]>;
  run(sql: string, parameters?: Parameters): Promise<void>;
  insert(table: string, rows: readonly Row[]): Promise<void>;
  close(): Promise<void>;
}

/** From so many rows on an insert is a part of its own; servers collect smaller ones, of many collectors, into one part. */
const ROWS_OF_A_PART = 2_000;

/** The answer comes when the rows are written, on all shards. What is imported may be of any number of days. */
const INSERT_SETTINGS = {
  wait_for_async_insert: 1,
  insert_distributed_sync: 1,
  async_insert_busy_timeout_ms: 200,
  max_partitions_per_insert_block: "0",
} as const;

/** Numbers of 64 bits that are asked for are exact as numbers; deletions are seen once they are answered. */
const SETTINGS = {
  output_format_json_quote_64bit_integers: 0,
  mutations_sync: "1",
  lightweight_deletes_sync: "1",
} as const;

/** Below the time after which servers close connections that are idle, which is 3 s and more. */
const IDLE_MS = 2_000;

/** Questions and inserts are lost after a minute; statements may rewrite tables. */
const ASK_MS = 60_000;
const RUN_MS = 15 * 60_000;

/**
 * Connects to ClickHouse's HTTP interface, and makes the database where it is not there. The address may hold user, password
 * and database: `http://user:password@host:8123/traces`. Rejects where the official client is not installed.
 */
export async function connect(address: string): Promise<Database> {
  const { createClient, ClickHouseLogLevel } = await load();
  const url = new URL(address);
  const database = decodeURIComponent(url.pathname.slice(1)) || "default";
  const { username, password } = url;
  const options = {
    url: url.origin,
    ...(username === "" ? {} : { username: decodeURIComponent(username) }),
    ...(password === "" ? {} : { password: decodeURIComponent(password) }),
    application: "portkey-traces",
    clickhouse_settings: { ...SETTINGS },
    // Its own log quotes questions.
    log: { level: ClickHouseLogLevel.OFF },
  };
  const first = createClient(options);
  await first.command({ query: `CREATE DATABASE IF NOT EXISTS \`${database.replaceAll("`", "")}\`` });
  await first.close();
  const clients = {
    kept: createClient({
      ...options,
      database,
      request_timeout: ASK_MS,
      // Between machines a quarter of the bytes.
      ...(isLoopback(url.hostname) ? {} : { compression: { request: { codec: "gzip", level: 1 } } }),
      keep_alive: { enabled: true, idle_socket_ttl: IDLE_MS, eagerly_destroy_stale_sockets: true },
    }),
    single: createClient({ ...options, database, request_timeout: RUN_MS, keep_alive: { enabled: false } }),
  };
  return toDatabase(clients);
}

type Client = ClickHouseModule.ClickHouseClient;

/** One that keeps its connections, and one that opens a connection for each request. */
interface Clients {
  readonly kept: Client;
  readonly single: Client;
}

function toDatabase({ kept, single }: Clients): Database {
  return {
    ask: (query, parameters = {}) =>
      onceMore({ kept, single }, async (client) => {
        const answer = await client.query({ query, query_params: { ...parameters }, format: "JSONEachRow" });
        return answer.json<Row>();
      }),
    run: async (query, parameters = {}) => {
      await single.command({ query, query_params: { ...parameters } });
    },
    insert: async (table, values) => {
      if (values.length === 0) return;
      const async_insert = values.length < ROWS_OF_A_PART ? 1 : 0;
      const clickhouse_settings = { ...INSERT_SETTINGS, async_insert } as const;
      await onceMore({ kept, single }, (client) =>
        client.insert({ table, values: [...values], format: "JSONEachRow", clickhouse_settings }),
      );
    },
    close: async () => {
      await Promise.all([kept.close(), single.close()]);
    },
  };
}

/**
 * Servers close connections that are idle, also while a question is on its way to them: then it is put once more, on a
 * connection of its own. Nothing that is said here does harm when it is heard twice.
 */
async function onceMore<T>({ kept, single }: Clients, work: (client: Client) => Promise<T>): Promise<T> {
  try {
    return await work(kept);
  } catch (error) {
    if (!isBroken(error)) throw error;
    return work(single);
  }
}

function isBroken(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ECONNRESET" || code === "EPIPE";
}

async function load(): Promise<typeof ClickHouseModule> {
  try {
    return await import("@clickhouse/client");
  } catch (error) {
    throw new Error("@clickhouse/client is not installed: npm install @clickhouse/client", { cause: error });
  }
}
