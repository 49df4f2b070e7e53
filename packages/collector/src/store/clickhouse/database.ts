import type * as ClickHouseModule from "@clickhouse/client";
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

/** Servers collect small inserts of many collectors into one part; the answer comes when that is written. */
const INSERT_SETTINGS = { async_insert: 1, wait_for_async_insert: 1, async_insert_busy_timeout_ms: 200 } as const;

/** Numbers of 64 bits that are asked for are exact as numbers; deletions are seen once they are answered. */
const SETTINGS = {
  output_format_json_quote_64bit_integers: 0,
  mutations_sync: "1",
  lightweight_deletes_sync: "1",
} as const;

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
    compression: { request: true },
    clickhouse_settings: { ...SETTINGS },
    // Its own log quotes questions.
    log: { level: ClickHouseLogLevel.OFF },
  };
  const first = createClient(options);
  await first.command({ query: `CREATE DATABASE IF NOT EXISTS \`${database.replaceAll("`", "")}\`` });
  await first.close();
  return toDatabase(createClient({ ...options, database }));
}

function toDatabase(client: ClickHouseModule.ClickHouseClient): Database {
  return {
    ask: async (query, parameters = {}) => {
      const answer = await client.query({ query, query_params: { ...parameters }, format: "JSONEachRow" });
      return answer.json<Row>();
    },
    run: async (query, parameters = {}) => {
      await client.command({ query, query_params: { ...parameters } });
    },
    insert: async (table, values) => {
      if (values.length === 0) return;
      await client.insert({
        table,
        values: [...values],
        format: "JSONEachRow",
        clickhouse_settings: { ...INSERT_SETTINGS },
      });
    },
    close: () => client.close(),
  };
}

async function load(): Promise<typeof ClickHouseModule> {
  try {
    return await import("@clickhouse/client");
  } catch (error) {
    throw new Error("@clickhouse/client is not installed: npm install @clickhouse/client", { cause: error });
  }
}
